// Reads the events of ECS about hooks. Source: ECS developer guide, ECS hook state change events.

import type { PlannedGate } from '../../../engine/change/plan.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { isRecord } from '../../../model/json.ts'
import type { Key } from '../../../model/ports/store.ts'

/** A gate as an event or a read names it. `service`: without the name of its account, which only the configuration has. */
export type FoundGate = Pick<PlannedGate, 'hookId' | 'deployment' | 'stage' | 'expiresAt'> & {
  readonly service: Omit<ServiceRef, 'account'>
}

/** `waits`: a deployment stopped at a gate. `settled`: a gate was answered, or timed out. */
export type HookEvent = { readonly kind: 'waits' | 'settled'; readonly gate: FoundGate }

const SERVICE = /^arn:[\w-]+:ecs:([\w-]+):(\d{12}):service\/([\w-]{1,255})\/([\w-]{1,255})$/
const DEPLOYMENT = /^arn:[\w-]+:ecs:([\w-]+):(\d{12}):service-deployment\/([\w-]{1,255})\/([\w-]{1,255})\/[\w-]{1,128}$/
const HOOK = /^[\w.:-]{6,128}$/

const KINDS: Readonly<Record<string, HookEvent['kind']>> = {
  HOOK_AWAITING_ACTION: 'waits',
  HOOK_SUCCEEDED: 'settled',
  HOOK_FAILED: 'settled',
  HOOK_TIMED_OUT: 'settled',
}

/** The ARN of a service whose deployment ended, or is rolled back: its gates wait for nobody any more. */
export const endedDeploymentIn = (event: unknown): string | undefined => {
  if (!isRecord(event) || event['source'] !== 'aws.ecs' || event['detail-type'] !== 'ECS Deployment State Change')
    return undefined
  const [arn] = Array.isArray(event['resources']) ? event['resources'] : []
  const service = serviceOf(String(arn))
  return service === undefined || service.accountId !== event['account'] ? undefined : service.arn
}

/** The services at whose gates a deployment stopped within months: a bounded look finds those whose event was lost. */
export const HOOKED = 'hooked'
export const hookedKey = (serviceArn: string): Key => ({ pk: HOOKED, sk: serviceArn })

/** Undefined for other events, and for hooks that run a Lambda function. */
export const hookEventIn = (event: unknown): HookEvent | undefined => {
  if (!isRecord(event) || event['source'] !== 'aws.ecs' || event['detail-type'] !== 'ECS Hook State Change')
    return undefined
  const { detail } = event
  if (!isRecord(detail) || detail['hookType'] !== 'PAUSE') return undefined
  const kind = Object.hasOwn(KINDS, String(detail['eventName'])) ? KINDS[String(detail['eventName'])] : undefined
  const gate = gateIn(detail)
  if (kind === undefined || gate === undefined || gate.service.accountId !== event['account']) return undefined
  // A gate that was settled may have no time left.
  if (kind === 'waits' && gate.expiresAt === '') return undefined
  return { kind, gate }
}

const gateIn = (detail: Readonly<Record<string, unknown>>): FoundGate | undefined => {
  const { hookId, serviceArn, serviceDeploymentArn, lifecycleStage, expiresAt } = detail
  const service = serviceOf(String(serviceArn))
  const of = DEPLOYMENT.exec(String(serviceDeploymentArn))
  const at = Date.parse(String(expiresAt))
  if (service === undefined || of === null || !HOOK.test(String(hookId))) return undefined
  const { region, accountId, cluster, service: name } = service
  if ([region, accountId, cluster, name].some((part, index) => of[index + 1] !== part)) return undefined
  return {
    hookId: String(hookId),
    deployment: String(serviceDeploymentArn),
    stage: String(lifecycleStage).slice(0, 60),
    expiresAt: Number.isNaN(at) ? '' : new Date(at).toISOString(),
    service,
  }
}

const serviceOf = (arn: string): FoundGate['service'] | undefined => {
  const [, region, accountId, cluster, service] = SERVICE.exec(arn) ?? []
  return region === undefined || accountId === undefined || cluster === undefined || service === undefined
    ? undefined
    : { accountId, region, cluster, service, arn }
}
