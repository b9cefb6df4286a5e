// The types of a session, as its callers see it.

/** The result of ExecuteCommand. The token is a secret; so is a presigned URL. */
export type SessionRequest = {
  readonly sessionId: string
  readonly streamUrl: string
  readonly token: string
  /** `ecs:cluster_task_runtimeId`, the agent's target id in the KMS encryption context. */
  readonly targetId?: string | undefined
}

export type SessionEnd =
  /** The service closed the channel. `reason`: empty on a normal end, else the agent's message. */
  | { readonly kind: 'closed'; readonly reason: string; readonly exitCode?: number }
  /** The output is correct but may be incomplete. `isTerminated`: whether SSM accepted TerminateSession. */
  | { readonly kind: 'incomplete'; readonly reason: string; readonly isTerminated: boolean }

export type Session = {
  /** In order, each byte once. Unread output blocks the agent. */
  readonly output: AsyncIterable<Uint8Array>
  /** Never rejects. An incomplete end resolves after the session was terminated, or after `TERMINATE_MS`. */
  readonly end: Promise<SessionEnd>
  /** Sends Ctrl-C as soon as the agent can accept input. */
  readonly interrupt: () => void
  /** Sends the Enter key as soon as the agent can accept input. */
  readonly enter: () => void
  /** Idempotent. */
  readonly terminate: () => Promise<void>
}

export type SessionOptions = {
  /** Unix milliseconds. The session is terminated then, which takes up to `TERMINATE_MS`. */
  readonly deadline?: number
  /** Milliseconds that the agent may be disconnected, at the start or later. */
  readonly pauseMs?: number
  /** Bytes of unread output before the agent blocks; at least one frame. */
  readonly bufferBytes?: number
}

/** Milliseconds to wait for TerminateSession. */
export const TERMINATE_MS = 5_000
