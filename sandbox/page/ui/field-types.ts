// What a form field is to the page: its elements, and how it is read and written.

import type { Json } from '../../slack/types.ts'

/** What the server takes for a field: a text, several, or nothing. */
export type Entered = string | readonly string[] | null

/** `controls` get labels and descriptions; `read` is what stands in the field now. */
export type Field = {
  readonly element: HTMLElement
  readonly control: HTMLElement
  read(): Entered
  write(value: Entered): void
}

/** Asks the bot for the options of an external select. */
export type Suggest = (text: string) => Promise<readonly Json[]>
