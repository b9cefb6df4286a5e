// Options for redaction, from the configuration: what is hidden in addition to secrets.

import type { Config } from '../../engine/rules/config.ts'
import { redactFields } from '../../kit/redact/free-text.ts'
import { ownPatterns } from '../../kit/redact/patterns.ts'
import { type RedactOptions, redact } from '../../kit/redact/redact.ts'
import type { Json } from '../../model/json.ts'
import type { Item, Store } from '../../model/ports/store.ts'

type Configured = { readonly config: Pick<Config, 'redaction'> }

export const redactionOptions = ({ config: { redaction } }: Configured): RedactOptions => ({
  emails: redaction.emails,
  own: ownPatterns(redaction.patterns),
})

/** Redacts text that a person wrote. Called before the text is shown or stored. */
export const redactText = (text: string, asker: Configured): string => redact(text, redactionOptions(asker)).text

/**
 * Redacts data that was stored from AWS events. Called before the data is shown. When an event is stored, the
 * configuration is not available and only secrets are hidden.
 */
export const redactKept = <T>(kept: T, asker: Configured): T => redactFields(kept, redactionOptions(asker))

/** Lists data that was stored from AWS events, redacted. */
export const listKept = async <T extends Json>(
  pk: string,
  options: Parameters<Store['list']>[1],
  { store, config }: Configured & { readonly store: Pick<Store, 'list'> },
): Promise<readonly Item<T>[]> =>
  (await store.list<T>(pk, options)).map(item => ({ ...item, value: redactKept(item.value, { config }) }))
