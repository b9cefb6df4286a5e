// The progress of a change as data: the card shows it, and the operation waits until it is final.

/** The state of a deployment at earlier polls. */
export type Memory = {
  readonly deployment: string
  /** Task counts of this and other deployments. `since`: the first poll with these counts, ISO 8601. */
  readonly counts: string
  readonly since: string
}

/** JSON values only: durable steps return it. `share`: 0 to 1. */
export type Progress =
  | { readonly status: 'moving'; readonly text: string; readonly share?: number; readonly memory?: Memory }
  | { readonly status: 'done'; readonly text: string }
  | {
      readonly status: 'failed' | 'superseded' | 'blocked'
      readonly text: string
      readonly details?: readonly string[]
    }
