// The open incidents of services, as the rules and cards read them.

import type { Severity } from '../../../kit/language/severity.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Item, Key, Store } from '../../../model/ports/store.ts'

export const INCIDENTS = 'incidents'

/**
 * Why and how long the approval rules for incidents hold. `responder`: the Slack user of the second person who acknowledged; without
 * one, a problem that Quarterdeck did not cause confirms the incident. All times ISO 8601.
 */
export type Eased = { readonly since: string; readonly until: string; readonly responder?: string }

/** The open incident of a service. `isClaimed`: its opening is being decided. */
export type OpenIncident = {
  readonly incident: string
  readonly at: string
  readonly severity: Severity
  readonly isClaimed?: true
  readonly eased?: Eased
}

const PREFIX = 'open#'

export const openKey = ({ arn }: Pick<ServiceRef, 'arn'>): Key => ({ pk: INCIDENTS, sk: `${PREFIX}${arn}` })

/** `arn`: of the service. */
export type OpenOn = OpenIncident & { readonly arn: string }

/** All open incidents: one query. What is only claimed is left out. */
export const listOpen = async (store: Pick<Store, 'list'>): Promise<readonly OpenOn[]> => {
  const open: readonly Item<OpenIncident>[] = await store.list<OpenIncident>(INCIDENTS, { prefix: PREFIX })
  return open.flatMap(({ key, value }) =>
    value.isClaimed === true ? [] : [{ ...value, arn: key.sk.slice(PREFIX.length) }],
  )
}
