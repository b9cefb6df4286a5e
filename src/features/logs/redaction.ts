// What the configuration hides in text from outside, besides secrets.

import type { Asker } from '../../engine/rules/asker.ts'
import { ownPatterns } from '../../kit/redact/patterns.ts'
import { type RedactOptions, redact } from '../../kit/redact/redact.ts'

export const redactionOptions = ({ config: { redaction } }: Pick<Asker, 'config'>): RedactOptions => ({
  emails: redaction.emails,
  own: ownPatterns(redaction.patterns),
})

/** Text that a person wrote, before it is shown or stored. */
export const redactText = (text: string, asker: Pick<Asker, 'config'>): string =>
  redact(text, redactionOptions(asker)).text
