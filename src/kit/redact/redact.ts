// The door: text from outside passes here before it reaches Slack, the store or the history of an operation.

import { type FindOptions, findSecrets } from './find.ts'
import { neutralise } from './neutralise.ts'
import { plainLine } from './plain.ts'
import { hideSpans, type Redacted } from './spans.ts'

export { addHidden, type Hidden, type Redacted } from './spans.ts'

export type RedactOptions = FindOptions

/** Redacts a text and counts the hidden secrets. `raw` may have several lines, separated by `\n`. */
export const redact = (raw: string, options: RedactOptions = {}): Redacted => {
  const text = neutralise(raw)
  return hideSpans(text, findSecrets(text, options))
}

/**
 * One line as a terminal shows it. If text was written over and the whole of it holds a secret, the whole stays, so that
 * the secret is found.
 */
export const lineOf = (raw: string, options: RedactOptions): string => {
  const shown = plainLine(raw)
  const whole = neutralise(raw)
  return shown === whole || findSecrets(whole, options).length === 0 ? shown : whole
}
