// What the configuration hides in logs and command output, besides secrets.

import type { Asker } from '../../engine/rules/asker.ts'
import type { RedactOptions } from '../../kit/redact/redact.ts'

export const redactionOptions = ({ config: { redaction } }: Pick<Asker, 'config'>): RedactOptions => ({
  emails: redaction.emails,
  own: redaction.patterns.map(pattern => new RegExp(pattern, 'g')),
})
