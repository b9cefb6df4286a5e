// What a session needs from outside: a WebSocket, a clock, and the four requests to AWS that it may have to make.

export type Headers = Readonly<Record<string, string>>

/** One WebSocket, being opened. Nothing is sent before `opened`, and nothing is told after `closed`. */
export type Socket = {
  /** A string is a text message, bytes are a binary one. */
  readonly send: (message: string | Uint8Array) => void
  readonly ping: () => void
  /** At once, without waiting for the other side. */
  readonly close: () => void
}

export type SocketListener = {
  readonly opened: () => void
  readonly received: (message: Uint8Array) => void
  readonly ponged: () => void
  /** Once, whatever happened. `status`: HTTP's, where the upgrade was refused. */
  readonly closed: (why: { readonly status?: number; readonly text: string }) => void
}

export type Clock = {
  /** Unix milliseconds. */
  readonly now: () => number
  /** Gives what cancels it. */
  readonly after: (ms: number, then: () => void) => () => void
}

export type SessionPorts = Clock & {
  /** The URL is taken as it is given. Nothing is told before this has returned. */
  readonly connect: (url: string, headers: Headers, listener: SocketListener) => Socket
  /** Undefined where the session is over (ResumeSession answers without a token). */
  readonly resume: (
    sessionId: string,
  ) => Promise<{ readonly token: string; readonly streamUrl?: string | undefined } | undefined>
  /** TerminateSession, on the SSM endpoint. */
  readonly terminate: (sessionId: string) => Promise<void>
  /** KMS GenerateDataKey of 64 bytes. */
  readonly dataKey: (
    keyId: string,
    encryptionContext: Headers,
  ) => Promise<{ readonly plaintext: Uint8Array; readonly ciphertext: Uint8Array }>
  /** Headers for the upgrade; none where the URL is presigned. */
  readonly signUpgrade: (url: string) => Headers
  /** A fresh lower-case UUID. */
  readonly newId: () => string
}
