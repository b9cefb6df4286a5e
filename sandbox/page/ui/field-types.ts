// The interface of a form field: its elements, and how it is read and written.

import type { Json } from '../../slack/types.ts'

/** The value of a field on the wire: one text, several, or null. */
export type Entered = string | readonly string[] | null

/** `controls` get labels and descriptions; `read` returns the current value. */
export type Field = {
  readonly element: HTMLElement
  readonly control: HTMLElement
  read(): Entered
  write(value: Entered): void
}

/** Asks the bot for the options of an external select. */
export type Suggest = (text: string) => Promise<readonly Json[]>
