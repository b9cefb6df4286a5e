// The ports of a session: WebSocket, clock, and requests to SSM and KMS.

export type Headers = Readonly<Record<string, string>>

/** One WebSocket. Nothing is sent before `opened`; no listener is called after `closed`. */
export type Socket = {
  /** A string is a text message, bytes are a binary message. */
  readonly send: (message: string | Uint8Array) => void
  readonly ping: () => void
  /** Closes at once, without a closing handshake. */
  readonly close: () => void
}

export type SocketListener = {
  readonly opened: () => void
  readonly received: (message: Uint8Array) => void
  readonly ponged: () => void
  /** Called once. `status`: the HTTP status of a refused upgrade. */
  readonly closed: (why: { readonly status?: number; readonly text: string }) => void
}

export type Clock = {
  /** Unix milliseconds. */
  readonly now: () => number
  /** Returns a function that cancels the timer. */
  readonly after: (ms: number, then: () => void) => () => void
}

export type SessionPorts = Clock & {
  /** Uses the URL unchanged. No listener is called before this returns. */
  readonly connect: (url: string, headers: Headers, listener: SocketListener) => Socket
  /** Undefined if the session has ended (ResumeSession answers without a token). */
  readonly resume: (
    sessionId: string,
  ) => Promise<{ readonly token: string; readonly streamUrl?: string | undefined } | undefined>
  /** TerminateSession, on the SSM endpoint. */
  readonly terminate: (sessionId: string) => Promise<void>
  /** KMS GenerateDataKey, 64 bytes. */
  readonly dataKey: (
    keyId: string,
    encryptionContext: Headers,
  ) => Promise<{ readonly plaintext: Uint8Array; readonly ciphertext: Uint8Array }>
  /** Headers for the upgrade; none if the URL is presigned. */
  readonly signUpgrade: (url: string) => Headers
  /** A fresh lower-case UUID. */
  readonly newId: () => string
}
