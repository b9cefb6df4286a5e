// The types of a session for its callers.

/** The result of ExecuteCommand. The token is a secret; a presigned URL is one too. */
export type SessionRequest = {
  readonly sessionId: string
  readonly streamUrl: string
  readonly token: string
  /** The agent's target id in the KMS encryption context: `ecs:cluster_task_runtimeId`. */
  readonly targetId?: string | undefined
}

export type SessionEnd =
  /** Session Manager closed the channel. `reason`: empty after a normal end, else the agent's message. */
  | { readonly kind: 'closed'; readonly reason: string; readonly exitCode?: number }
  /**
   * The session ended early: the output is correct but may be incomplete. `isTerminated`: whether SSM accepted
   * TerminateSession.
   */
  | { readonly kind: 'incomplete'; readonly reason: string; readonly isTerminated: boolean }

export type Session = {
  /** The output bytes in order, each once. The agent stops sending while too much output is unread. */
  readonly output: AsyncIterable<Uint8Array>
  /**
   * How the session ended. Never rejects. An incomplete end resolves after the session was terminated, or after
   * `TERMINATE_MS`.
   */
  readonly end: Promise<SessionEnd>
  /** Sends Ctrl-C to the command as soon as the agent can accept input. */
  readonly interrupt: () => void
  /** Sends the Enter key as soon as the agent can accept input. */
  readonly enter: () => void
  /** Terminates the session. Idempotent. */
  readonly terminate: () => Promise<void>
}

export type SessionOptions = {
  /** The time in Unix milliseconds at which the session is terminated. Terminating takes up to `TERMINATE_MS`. */
  readonly deadline?: number
  /** How long the agent may be disconnected, at the start or later, in milliseconds. */
  readonly pauseMs?: number
  /** The number of unread output bytes at which the agent stops sending; at least one frame. */
  readonly bufferBytes?: number
}

/** The maximum time to wait for TerminateSession, in milliseconds. */
export const TERMINATE_MS = 5_000
