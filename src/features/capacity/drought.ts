// The last time that Fargate Spot had no capacity in an account and region, from ECS events. Source: ECS developer
// guide, service action events: SERVICE_TASK_PLACEMENT_FAILURE names the capacity providers.

import type { ServiceRef } from '../../model/ecs.ts'
import { isRecord } from '../../model/json.ts'
import type { Key, Store } from '../../model/ports/store.ts'

/** `at`: ISO 8601. */
export type Drought = { readonly at: string }

/** How long after the last failure Spot counts as scarce. This is our choice. */
export const DROUGHT_MINUTES = 30

export const droughtKey = ({ accountId, region }: Pick<ServiceRef, 'accountId' | 'region'>): Key => ({
  pk: `drought#${accountId}#${region}`,
  sk: 'FARGATE_SPOT',
})

/** The drought that an event reports; undefined for other events. */
export const droughtIn = (event: unknown): { readonly key: Key; readonly drought: Drought } | undefined => {
  if (!isRecord(event) || event['source'] !== 'aws.ecs' || event['detail-type'] !== 'ECS Service Action')
    return undefined
  const { detail, account, region } = event
  if (!isRecord(detail) || detail['eventName'] !== 'SERVICE_TASK_PLACEMENT_FAILURE') return undefined
  const arns = Array.isArray(detail['capacityProviderArns']) ? detail['capacityProviderArns'] : []
  const at = Date.parse(String(event['time']))
  if (!arns.some(arn => String(arn).endsWith('capacity-provider/FARGATE_SPOT')) || Number.isNaN(at)) return undefined
  return {
    key: droughtKey({ accountId: String(account), region: String(region) }),
    drought: { at: new Date(at).toISOString() },
  }
}

/** Whether Spot had no capacity within DROUGHT_MINUTES before `now` (ISO 8601). */
export const isDry = async (
  ref: Pick<ServiceRef, 'accountId' | 'region'>,
  store: Pick<Store, 'get'>,
  now: string,
): Promise<boolean> => {
  const last = await store.get<Drought>(droughtKey(ref))
  return last !== undefined && Date.parse(now) - Date.parse(last.value.at) < DROUGHT_MINUTES * 60_000
}
