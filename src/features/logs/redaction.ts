// What the configuration hides in text from outside, besides secrets.

import type { Config } from '../../engine/rules/config.ts'
import { ownPatterns } from '../../kit/redact/patterns.ts'
import { type RedactOptions, redact } from '../../kit/redact/redact.ts'

type Configured = { readonly config: Pick<Config, 'redaction'> }

export const redactionOptions = ({ config: { redaction } }: Configured): RedactOptions => ({
  emails: redaction.emails,
  own: ownPatterns(redaction.patterns),
})

/** Text that a person wrote, before it is shown or stored. */
export const redactText = (text: string, asker: Configured): string => redact(text, redactionOptions(asker)).text
