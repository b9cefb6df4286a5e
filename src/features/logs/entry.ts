// Log entries as data: level, text, fields, and counts for each minute.

import type { Hidden } from '../../kit/redact/redact.ts'

export type LogFields = Readonly<Record<string, string>>

export type Level = 'error' | 'warn' | 'info' | 'debug' | 'other'

export type Entry = {
  readonly at: number
  /** The stream; of the last one, for repeats from several. */
  readonly stream: string
  readonly streams: number
  readonly level: Level
  readonly text: string
  readonly fields: LogFields
  /** Repeats in a row, this one included. */
  readonly times: number
  /** Lines merged into this entry. */
  readonly lines: number
}

/** `at`: start of the minute, epoch milliseconds. `lines`: its entries. `errors`: those at level error. */
export type Minute = { readonly at: number; readonly lines: number; readonly errors: number }

export type Entries = {
  /** The oldest first. */
  readonly entries: readonly Entry[]
  /** Fields with the same value in every entry that has fields. */
  readonly common: LogFields
  readonly levels: Readonly<Record<Level, number>>
  /** Minutes with entries, in order. */
  readonly minutes: readonly Minute[]
  readonly hidden: Hidden
}
