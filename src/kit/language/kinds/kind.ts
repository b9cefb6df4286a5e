// What every kind of argument has: a usage text, an example, a parser and a printer.

import type { Problem } from '../../../model/errors.ts'

export type Kind<Value> = {
  /** The argument as usage lines show it, such as `<count>`. */
  readonly usage: string
  readonly example: string
  /** One sentence of plain text that lists all accepted formats, if the example does not show them. */
  readonly help?: string
  /** All accepted values, if there are few. */
  readonly choices?: readonly string[]
  readonly parse: (text: string) => Value | Problem
  /** Prints the value as canonical text, which `parse` reads back. */
  readonly print: (value: Value) => string
}

/** Removes the backticks from a sentence, for a form field, which shows plain text only. */
export const withoutMarks = (sentence: string): string => sentence.replaceAll('`', '')

/** Parses a whole number of at most nine digits; undefined for any other text. */
export const wholeNumber = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)
