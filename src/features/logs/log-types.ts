// Logs in our own words: where containers write, and the lines that were found there.

/** A container that runs or ran, and where it writes. */
export type LogTask = {
  readonly id: string
  /** ISO 8601; not there while it runs. */
  readonly stoppedAt?: string
  /** In plain words. */
  readonly whyStopped?: string
  readonly containers: readonly LogContainer[]
}

export type LogContainer = { readonly name: string; readonly destination: Destination }

/** Where a container's output goes, by its task definition. */
export type Destination =
  | { readonly kind: 'cloudwatch'; readonly group: string; readonly region: string; readonly stream: string }
  | { readonly kind: 'elsewhere'; readonly where: string }

export type LogTasks = {
  readonly tasks: readonly LogTask[]
  /** There are more than were looked at. */
  readonly isPartial: boolean
}

/** Streams of one group, all of them where none is named, and what is asked of them. Times: epoch milliseconds. */
export type LogQuery = {
  readonly group: string
  readonly region: string
  readonly streams: readonly string[]
  readonly since: number
  /** Up to and with this time; now without it. */
  readonly until?: number
  readonly filter?: string
  /** How many events at most: the newest, or the oldest. */
  readonly limit: number
  readonly oldestFirst?: true
}

export type LogLine = {
  /** Epoch milliseconds. */
  readonly at: number
  readonly stream: string
  readonly message: string
  readonly id: string
  /** When CloudWatch Logs got it: epoch milliseconds. */
  readonly ingestedAt?: number
}

export type LogAnswer =
  | {
      readonly kind: 'lines'
      /** The oldest first. */
      readonly lines: readonly LogLine[]
      /** Older ones within the time asked for were not looked at. */
      readonly isPartial: boolean
    }
  | { readonly kind: 'no group' }
  | { readonly kind: 'bad filter'; readonly why: string }

/** A session of Live Tail. */
export type LiveTail = {
  /** What has arrived since it was asked last. `isSampled`: at some time there was more than it tells. */
  readonly take: () => { readonly lines: readonly LogLine[]; readonly isSampled: boolean; readonly isOver: boolean }
  readonly close: () => void
}
