// The three kinds of failure: a problem in the user's input, an expected refusal, and an error of AWS or Slack.

/** An error in the user's input, with a hint that corrects it. A value, never thrown across modules. */
export type Problem = { readonly kind: 'problem'; readonly text: string; readonly hint?: string }

export const problem = (text: string, hint?: string): Problem =>
  hint === undefined ? { kind: 'problem', text } : { kind: 'problem', text, hint }

export const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'problem'

/** An expected refusal, as plain JSON: the reason, a hint with the next step, and alternative invocations. */
export type Refusal = {
  readonly kind: 'refusal'
  readonly text: string
  readonly hint?: string
  readonly offers?: readonly Offer[]
  /** A link, built by Slack or by Quarterdeck from encoded parts. */
  readonly link?: { readonly text: string; readonly url: string }
}

/**
 * An alternative invocation for a button, in canonical text. It runs as if the person who clicks had typed it. `asks`: the form
 * of the line is opened, filled in with it.
 */
export type Offer = { readonly label: string; readonly invocation: string; readonly asks?: true }

export const refuse = (text: string, hint?: string, offers?: readonly Offer[]): Refusal => ({
  kind: 'refusal',
  text,
  ...(hint !== undefined && { hint }),
  ...(offers !== undefined && offers.length > 0 && { offers }),
})

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'refusal'

/**
 * An error of AWS or Slack: a refused request, or no answer. The message starts with our words and ends with those of
 * AWS or Slack.
 */
export class RemoteError extends Error {
  /** The error code of AWS or Slack, for example `AccessDeniedException`. */
  readonly code: string
  /** True if a retry of the same request may succeed. */
  readonly passing: boolean
  constructor(message: string, { code, passing, cause }: { code: string; passing: boolean; cause?: unknown }) {
    super(message, { cause })
    // The name must not change, because durable steps store it.
    this.name = 'PeerError'
    this.code = code
    this.passing = passing
  }
}

/** The error code if the answer was lost: AWS may or may not have carried out the request. */
export const LOST = 'AnswerLost'
