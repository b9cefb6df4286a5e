// What every kind of argument has: a usage text, an example, a parser and a printer.

import type { Problem } from '../../../model/errors.ts'

export type Kind<Value> = {
  /** In usage lines, such as `<count>`. */
  readonly usage: string
  readonly example: string
  /** Every accepted form, in one sentence of plain text, where the example does not show it. */
  readonly help?: string
  /** Every accepted value, where there are few. */
  readonly choices?: readonly string[]
  readonly parse: (text: string) => Value | Problem
  /** Canonical text, which `parse` reads back. */
  readonly print: (value: Value) => string
}

/** A sentence of markup for a form, which shows plain text. */
export const withoutMarks = (sentence: string): string => sentence.replaceAll('`', '')

/** At most nine digits; undefined for anything else. */
export const wholeNumber = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)
