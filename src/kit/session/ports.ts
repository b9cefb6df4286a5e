// The ports of a session: WebSocket, clock, and requests to SSM and KMS.

export type Headers = Readonly<Record<string, string>>

/** One WebSocket. Nothing may be sent before `opened` is called; no listener is called after `closed`. */
export type Socket = {
  /** Sends a message: a string as a text message, bytes as a binary message. */
  readonly send: (message: string | Uint8Array) => void
  readonly ping: () => void
  /** Closes the WebSocket at once, without a closing handshake. */
  readonly close: () => void
}

export type SocketListener = {
  readonly opened: () => void
  readonly received: (message: Uint8Array) => void
  readonly ponged: () => void
  /** Called once, when the WebSocket has closed. `status`: the HTTP status, if the upgrade was refused. */
  readonly closed: (why: { readonly status?: number; readonly text: string }) => void
}

export type Clock = {
  /** The current time in Unix milliseconds. */
  readonly now: () => number
  /** Calls `then` after `ms` milliseconds. Returns a function that cancels the timer. */
  readonly after: (ms: number, then: () => void) => () => void
}

export type SessionPorts = Clock & {
  /** Opens a WebSocket to the unchanged URL. No listener is called before this function returns. */
  readonly connect: (url: string, headers: Headers, listener: SocketListener) => Socket
  /** Calls ResumeSession. Undefined if the session has ended (ResumeSession then answers without a token). */
  readonly resume: (
    sessionId: string,
  ) => Promise<{ readonly token: string; readonly streamUrl?: string | undefined } | undefined>
  /** Calls TerminateSession on the SSM endpoint. */
  readonly terminate: (sessionId: string) => Promise<void>
  /** Calls KMS GenerateDataKey for 64 bytes. */
  readonly dataKey: (
    keyId: string,
    encryptionContext: Headers,
  ) => Promise<{ readonly plaintext: Uint8Array; readonly ciphertext: Uint8Array }>
  /** The headers that sign the WebSocket upgrade; none if the URL is presigned. */
  readonly signUpgrade: (url: string) => Headers
  /** A new UUID in lower case. */
  readonly newId: () => string
}
