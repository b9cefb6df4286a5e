// Log entries as data: level, fields, and how many there are in each minute.

import type { Hidden } from '../../kit/redact/redact.ts'

export type LogFields = Readonly<Record<string, string>>

export type Level = 'error' | 'warn' | 'info' | 'debug' | 'other'

export type Entry = {
  readonly at: number
  /** Of the last one, where it came in a row from several. */
  readonly stream: string
  readonly streams: number
  readonly level: Level
  readonly text: string
  readonly fields: LogFields
  /** How often it came in a row. */
  readonly times: number
  /** Lines that it is made of. */
  readonly lines: number
}

/** `at`: when it began, epoch milliseconds. Entries in it, and those that are errors. */
export type Minute = { readonly at: number; readonly lines: number; readonly errors: number }

export type Entries = {
  /** The oldest first. */
  readonly entries: readonly Entry[]
  /** The same in every entry that has fields. */
  readonly common: LogFields
  readonly levels: Readonly<Record<Level, number>>
  /** Those in which there was something, in order. */
  readonly minutes: readonly Minute[]
  readonly hidden: Hidden
}
