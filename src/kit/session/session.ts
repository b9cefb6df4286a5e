// What whoever runs a session sees of it.

/** As ExecuteCommand gave it. The token is a secret, and the URL too where it is presigned. */
export type SessionRequest = {
  readonly sessionId: string
  readonly streamUrl: string
  readonly token: string
  /** `ecs:cluster_task_runtimeId`: what the agent calls itself towards KMS. */
  readonly targetId?: string | undefined
}

export type SessionEnd =
  /** The service said so. `reason`: empty on a normal end, else the agent's own words. */
  | { readonly kind: 'closed'; readonly reason: string; readonly exitCode?: number }
  /** Whatever came is right, and nobody knows what did not. `isTerminated`: whether SSM took TerminateSession. */
  | { readonly kind: 'incomplete'; readonly reason: string; readonly isTerminated: boolean }

export type Session = {
  /** In order, each byte once. Read it: what is not read holds the agent up. */
  readonly output: AsyncIterable<Uint8Array>
  /** Never rejects. An end that is incomplete is told after its session was terminated, or after some seconds of trying. */
  readonly end: Promise<SessionEnd>
  /** Ctrl-C, as soon as the agent can take it. */
  readonly interrupt: () => void
  /** The Enter key, likewise. */
  readonly enter: () => void
  /** Idempotent. */
  readonly terminate: () => Promise<void>
}

export type SessionOptions = {
  /** Unix milliseconds. Then it is terminated; leave `TERMINATE_MS` for that. */
  readonly deadline?: number
  /** How long the agent may be away, or not attach in the first place. */
  readonly pauseMs?: number
  /** How much unread output is kept before the agent is held up: at least as much as one frame. */
  readonly bufferBytes?: number
}

/** The longest that terminating may hold up the end. */
export const TERMINATE_MS = 5_000
