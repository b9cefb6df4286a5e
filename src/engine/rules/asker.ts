// Who asks, by which rules, and from where.

import type { Actor } from '../../model/ecs.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Config } from './config.ts'
import type { RuleInputs } from './rule-inputs.ts'

/** What some commands are about besides AWS: ourselves. */
export type Asker = {
  readonly who: Identity
  readonly config: Config
  readonly facts: RuleInputs
  readonly store: Pick<Store, 'get' | 'list'>
  /** Where it was asked. */
  readonly channel: string
  /** The canonical text of the same question with other values: for a button. */
  readonly again: (values: Readonly<Record<string, unknown>>) => string
  /** The asker's time zone, as Slack has it: an IANA name. UTC where Slack does not say. */
  readonly zone: () => Promise<string>
}

/** A person as AWS will see them: the corporate id becomes the source identity. */
export type Identity = { readonly actor: Actor; readonly corporateId: string }
