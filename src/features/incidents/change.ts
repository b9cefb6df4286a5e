// One change of a service, from any source. Texts are plain: names from AWS are cut and without markup.

/** Who made a change. `unknown`: no source names them. */
export type Who =
  | {
      readonly kind: 'person'
      readonly name: string
      /** The Slack ids of those who approved. */
      readonly approvers: readonly string[]
      readonly isBreakGlass: boolean
    }
  | { readonly kind: 'caller'; readonly name: string }
  | { readonly kind: 'aws'; readonly name: string }
  | { readonly kind: 'unknown' }

export type Link = { readonly text: string; readonly url: string }

export type Change = {
  /** When it happened, or first happened; ISO 8601. */
  readonly at: string
  /** When it last happened, if it is several of one kind. */
  readonly last?: string
  readonly what: string
  /** A few words for a chain of changes: `deployed :8`. */
  readonly brief: string
  readonly who: Who
  /** Whether it is a problem, or failed. */
  readonly isBad: boolean
  readonly link?: Link
  /** Changes with the same cause have the same key, such as the id of a deployment. */
  readonly cause?: string
  /** Whether it ends its cause: ECS reports a stop some seconds after the rollback that the stop leads to. */
  readonly isEnd?: true
  /** Changes with the same run, one after the other, are one line with a count. */
  readonly run?: string
}

export const lastOf = ({ at, last = at }: Change): string => last

export const NOBODY: Who = { kind: 'unknown' }
