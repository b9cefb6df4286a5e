// The person who sends a request, with the configuration and the state that the rules need.

import type { Actor } from '../../model/ecs.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Config } from './config.ts'
import type { RuleInputs } from './rule-inputs.ts'

/** The context of a query besides the AWS readers: the asker, rules, store and channel. */
export type Asker = {
  readonly who: Identity
  readonly config: Config
  readonly facts: RuleInputs
  readonly store: Pick<Store, 'get' | 'list'>
  /** The id of the request; absent for work that no person requested. */
  readonly operation?: string
  /** The reason of a change, as typed. */
  readonly reason?: string
  /** Glass is broken: the request is made without approval, and may stop a deployment in progress. */
  readonly isBreakGlass?: true
  /** The channel in which the request was made. */
  readonly channel: string
  /** The canonical text of the same command with other values, for a button. */
  readonly again: (values: Readonly<Record<string, unknown>>) => string
  /** The asker's time zone from Slack, an IANA name; UTC when Slack has none. */
  readonly zone: () => Promise<string>
}

/** The identity of work that no person requested. The accounts' roles allow it only to read. */
export const SYSTEM: Identity = {
  actor: { team: '', user: 'quarterdeck', name: 'Quarterdeck' },
  corporateId: 'quarterdeck',
}

/** A person in Slack and in AWS. The corporate id is the source identity of their AWS sessions. */
export type Identity = { readonly actor: Actor; readonly corporateId: string }
