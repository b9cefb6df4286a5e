// One change of a service, from any source. Texts are plain: names from AWS are shortened and contain no markup.

/** Who made a change. `unknown`: no source names the person or caller. */
export type Who =
  | {
      readonly kind: 'person'
      readonly name: string
      /** The Slack ids of the people who approved the change. */
      readonly approvers: readonly string[]
      readonly isBreakGlass: boolean
    }
  | { readonly kind: 'caller'; readonly name: string }
  | { readonly kind: 'aws'; readonly name: string }
  | { readonly kind: 'unknown' }

export type Link = { readonly text: string; readonly url: string }

export type Change = {
  /** When the change happened; for several changes of one kind, when the first happened. ISO 8601. */
  readonly at: string
  /** For several changes of one kind: when the last happened, ISO 8601. */
  readonly last?: string
  readonly what: string
  /** A few words for a chain of changes: `deployed :8`. */
  readonly brief: string
  readonly who: Who
  /** Whether the change is a problem or failed. */
  readonly isBad: boolean
  readonly link?: Link
  /** Changes with the same cause have the same key, such as the id of a deployment. */
  readonly cause?: string
  /**
   * Whether the change is the last of its cause, even if its time is not the latest: ECS reports a stopped task some
   * seconds after the rollback that the stop leads to.
   */
  readonly isEnd?: true
  /** Consecutive changes with the same run are shown as one line with a count. */
  readonly run?: string
}

export const lastOf = ({ at, last = at }: Change): string => last

export const NOBODY: Who = { kind: 'unknown' }
