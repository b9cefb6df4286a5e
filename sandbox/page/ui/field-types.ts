// The interface of a form field: its elements, and functions that read and write its value.

import type { Json } from '../../slack/types.ts'

/** The value of a field as it is sent: one text, several texts, or null. */
export type Entered = string | readonly string[] | null

/** A form field. `control`: the element that gets the label and the description. `read`: returns the current value. */
export type Field = {
  readonly element: HTMLElement
  readonly control: HTMLElement
  read(): Entered
  write(value: Entered): void
}

/** Asks the bot for the options of an external select, for the typed text. */
export type Suggest = (text: string) => Promise<readonly Json[]>
