// What the configuration hides in text from outside, besides secrets.

import type { Asker } from '../../engine/rules/asker.ts'
import { compilePattern } from '../../kit/redact/patterns.ts'
import type { RedactOptions } from '../../kit/redact/redact.ts'

/** A pattern that RE2 refuses is left out: publishing refuses it, and an older configuration may still have one. */
export const redactionOptions = ({ config: { redaction } }: Pick<Asker, 'config'>): RedactOptions => ({
  emails: redaction.emails,
  own: redaction.patterns.flatMap(pattern => compilePattern(pattern) ?? []),
})
