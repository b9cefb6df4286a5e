// What the configuration hides in text from outside, besides secrets.

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

/** Text that a person wrote, before it is shown or stored. */
export const redactText = (text: string, asker: Configured): string => redact(text, redactionOptions(asker)).text

/** What events of AWS left in the store, before it is shown. Events come without the configuration, so only secrets are hidden there. */
export const redactKept = <T>(kept: T, asker: Configured): T => redactFields(kept, redactionOptions(asker))

/** Lists what events of AWS left in the store, as it may be shown. */
export const listKept = async <T extends Json>(
  pk: string,
  options: Parameters<Store['list']>[1],
  { store, config }: Configured & { readonly store: Pick<Store, 'list'> },
): Promise<readonly Item<T>[]> =>
  (await store.list<T>(pk, options)).map(item => ({ ...item, value: redactKept(item.value, { config }) }))
