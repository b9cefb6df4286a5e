// Logs as data: where containers write, queries, and the lines found.

/** A running or stopped task, and where its containers write. */
export type LogTask = {
  readonly id: string
  /** ISO 8601; absent while it runs. */
  readonly stoppedAt?: string
  /** In plain words. */
  readonly whyStopped?: string
  readonly containers: readonly LogContainer[]
}

export type LogContainer = { readonly name: string; readonly destination: Destination }

/** Where a container's output goes, by its task definition. `where`: follows "writes". */
export type Destination =
  | { readonly kind: 'cloudwatch'; readonly group: string; readonly region: string; readonly stream: string }
  | { readonly kind: 'elsewhere'; readonly where: string }

export type LogTasks = {
  readonly tasks: readonly LogTask[]
  /** Whether there are more than were read. */
  readonly isPartial: boolean
}

/** A query of one group's streams, or of all where `streams` is empty. Times: epoch milliseconds. */
export type LogQuery = {
  readonly group: string
  readonly region: string
  readonly streams: readonly string[]
  readonly since: number
  /** End, inclusive; absent for now. */
  readonly until?: number
  readonly filter?: string
  /** Maximum number of events: the newest, or with `oldestFirst` the oldest. */
  readonly limit: number
  readonly oldestFirst?: true
}

export type LogLine = {
  /** Epoch milliseconds. */
  readonly at: number
  readonly stream: string
  readonly message: string
  readonly id: string
  /** Arrival in CloudWatch Logs: epoch milliseconds. */
  readonly ingestedAt?: number
}

export type LogAnswer =
  | {
      readonly kind: 'lines'
      /** The oldest first. */
      readonly lines: readonly LogLine[]
      /** Whether older lines of the span were not read. */
      readonly isPartial: boolean
    }
  | { readonly kind: 'no group' }
  | { readonly kind: 'bad filter'; readonly why: string }

/** A Live Tail session. */
export type LiveTail = {
  /** Lines since the last call. `isSampled`: Live Tail exceeded its limit of 500 lines/s and sampled. */
  readonly take: () => { readonly lines: readonly LogLine[]; readonly isSampled: boolean; readonly isOver: boolean }
  readonly close: () => void
}
