// The interface of a form field: its elements, and functions that read and write its value.

import type { Json } from '../../slack/types.ts'

/** The value of a field as it is sent to the server: one text, several texts, or null for no value. */
export type Entered = string | readonly string[] | null

/** A form field. `control`: the element that gets the label and the description. `read`: returns the current value. */
export type Field = {
  readonly element: HTMLElement
  readonly control: HTMLElement
  read(): Entered
  write(value: Entered): void
}

/** Requests from the bot the options of an external select that match the typed text. */
export type Suggest = (text: string) => Promise<readonly Json[]>
