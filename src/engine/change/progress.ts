// The progress of a change as data: the card shows it, and the operation waits until it is final.

/** What earlier polls saw of a deployment. */
export type Memory = {
  readonly deployment: string
  /** The task counts of this and other deployments, as text. `since`: the first poll with these counts, ISO 8601. */
  readonly counts: string
  readonly since: string
}

/** The progress of a change. It has JSON values only, because durable steps return it. `share`: from 0 to 1. */
export type Progress =
  | {
      readonly status: 'moving'
      readonly text: string
      readonly share?: number
      readonly memory?: Memory
      /** ECS waits for an answer or for a time. The change has no lock from then on: what follows needs no call. */
      readonly isWaiting?: true
    }
  | {
      readonly status: 'done'
      readonly text: string
      /** The id of the deployment that the change started. */
      readonly deployment?: string
    }
  | {
      readonly status: 'failed' | 'superseded' | 'blocked'
      readonly text: string
      readonly details?: readonly string[]
    }
