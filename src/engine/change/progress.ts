// How far a change is, as data: shown on the card, and what ends the wait.

/** What the looks before have seen of a deployment. */
export type Memory = {
  readonly deployment: string
  /** Its tasks and those of others; `since` is when they were first seen so, by our clock. */
  readonly counts: string
  readonly since: string
}

/** How far a change is: shown on the card, and what ends the wait. `Json`, because it crosses steps. */
export type Progress =
  | { readonly status: 'moving'; readonly text: string; readonly share?: number; readonly memory?: Memory }
  | { readonly status: 'done'; readonly text: string }
  | {
      readonly status: 'failed' | 'superseded' | 'blocked'
      readonly text: string
      readonly details?: readonly string[]
    }
