// Redacts text from outside. All such text is redacted before it reaches Slack, the store or the history of an
// operation.

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
 * One line as a terminal shows it. If parts of the line were overwritten and the complete raw line contains a secret,
 * the complete line is returned, because the secret would not be found in the visible part alone.
 */
export const lineOf = (raw: string, options: RedactOptions): string => {
  const shown = plainLine(raw)
  const whole = neutralise(raw)
  return shown === whole || findSecrets(whole, options).length === 0 ? shown : whole
}
