// Where a plan acts, in words: the place of its service, or what the services of a change set have in common.

import { fullName } from '../../kit/language/target.ts'
import { placeText } from '../../kit/messages/place-line.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Plan, Targeted } from '../change/plan.ts'

export type PlanPlace = Pick<ServiceRef, 'account' | 'region' | 'cluster'>

/** `prod`, or `prod+staging`; one cluster by its name, several by their number. */
export const placeOf = ({ target, members }: Targeted): PlanPlace => {
  if (members === undefined) return target
  const named = (of: (ref: ServiceRef) => string) => [...new Set(members.map(({ ref }) => of(ref)))].toSorted()
  const clusters = named(({ accountId, region, cluster }) => `${accountId}/${region}/${cluster}`)
  return {
    account: named(({ account }) => account).join('+'),
    region: named(({ region }) => region).join(', '),
    cluster: clusters.length === 1 ? target.cluster : `${clusters.length} clusters`,
  }
}

/** For the dialog: the full name and the account id, or the number of services. */
export const fullPlace = (plan: Plan): string => {
  if (plan.members === undefined) return `${fullName(plan.target)}\n${placeText(plan.target)}`
  const { account, region, cluster } = placeOf(plan)
  return `${plan.members.length} services\n${account} · ${region} · ${cluster}`
}

/** The name in sentences about a request: the service, or the number of services. */
export const subjectOf = ({ target, members }: Plan): string =>
  members === undefined ? target.service : `${members.length} services`
