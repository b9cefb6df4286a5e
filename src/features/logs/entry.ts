// Log entries as data: level, text and fields, and counts for each minute.

import type { Hidden } from '../../kit/redact/redact.ts'

export type LogFields = Readonly<Record<string, string>>

export type Level = 'error' | 'warn' | 'info' | 'debug' | 'other'

export type Entry = {
  readonly at: number
  /** The log stream. For repeats from several streams, the stream of the last one. */
  readonly stream: string
  readonly streams: number
  readonly level: Level
  readonly text: string
  readonly fields: LogFields
  /** How many times the entry occurs in a row; 1 without repeats. */
  readonly times: number
  /** The number of lines that were merged into this entry. */
  readonly lines: number
}

/**
 * The counts of one minute. `at`: its start, epoch milliseconds. `lines`: its entries. `errors`: its entries at level
 * error.
 */
export type Minute = { readonly at: number; readonly lines: number; readonly errors: number }

export type Entries = {
  /** The entries, oldest first. */
  readonly entries: readonly Entry[]
  /** The fields that have the same value in every entry with fields. */
  readonly common: LogFields
  readonly levels: Readonly<Record<Level, number>>
  /** The minutes that have entries, in order. */
  readonly minutes: readonly Minute[]
  readonly hidden: Hidden
}
