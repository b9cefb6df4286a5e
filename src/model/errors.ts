// The three ways a thing can go wrong: a problem that the user can mend, an expected "no", a fault of a peer.

/** A problem with what was typed: what is wrong, and what would be right. A value, never thrown across modules. */
export type Problem = { readonly kind: 'problem'; readonly text: string; readonly hint?: string }

export const problem = (text: string, hint?: string): Problem =>
  hint === undefined ? { kind: 'problem', text } : { kind: 'problem', text, hint }

export const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'problem'

/** An expected "no": why, the next step, and other invocations that may be what was meant. JSON, so it crosses steps. */
export type Refusal = {
  readonly kind: 'refusal'
  readonly text: string
  readonly hint?: string
  readonly offers?: readonly Offer[]
}

/** Another invocation, in canonical text, for a button: run as if typed by whoever clicks it. */
export type Offer = { readonly label: string; readonly invocation: string }

export const refuse = (text: string, hint?: string, offers?: readonly Offer[]): Refusal => ({
  kind: 'refusal',
  text,
  ...(hint !== undefined && { hint }),
  ...(offers !== undefined && offers.length > 0 && { offers }),
})

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'refusal'

/** A peer (AWS, Slack) said no or did not answer: our words first, the peer's own kept. */
export class RemoteError extends Error {
  /** The peer's error code, for example `AccessDeniedException`. */
  readonly code: string
  /** Whether the same request may succeed when it is sent again. */
  readonly passing: boolean
  constructor(message: string, { code, passing, cause }: { code: string; passing: boolean; cause?: unknown }) {
    super(message, { cause })
    this.name = 'PeerError'
    this.code = code
    this.passing = passing
  }
}

/** The request may have been done: its answer never came. */
export const LOST = 'AnswerLost'
