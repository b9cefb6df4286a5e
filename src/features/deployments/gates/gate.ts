// Pure: a gate, a PAUSE hook at which a deployment waits for a person: what continuing does, and what settled it.
// Source: ECS developer guide, pause lifecycle hooks; ECS API reference, ContinueServiceDeployment.

import { createHash } from 'node:crypto'
import type { EcsCall, PlannedGate } from '../../../engine/change/plan.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { DeploymentHook, DeploymentRecord } from '../../../model/service-detail.ts'

/** The durable execution of a gate: the same hook is the same operation, however often its event comes. */
export const gateOperation = ({ hookId, deployment }: Pick<PlannedGate, 'hookId' | 'deployment'>): string =>
  createHash('sha256').update(`gate\n${deployment}\n${hookId}`).digest('hex').slice(0, 40)

/** `action` is always sent: ECS reads a missing one as CONTINUE. */
export const answerCall = (
  { arn }: Pick<ServiceRef, 'arn'>,
  { deployment, hookId, action }: Pick<PlannedGate, 'deployment' | 'hookId' | 'action'>,
): EcsCall => ({
  service: 'ecs',
  action: 'ContinueServiceDeployment',
  input: { serviceDeploymentArn: deployment, hookId, action },
  resources: [arn, deployment],
  repeatable: false,
})

export const isWaiting = ({ type, status }: DeploymentHook): boolean => type === 'PAUSE' && status === 'AWAITING_ACTION'

export const hookIn = (record: DeploymentRecord | undefined, hookId: string): DeploymentHook | undefined =>
  record?.hooks?.find(({ id }) => id === hookId)

/** `expired`: nobody answered. `closed`: somebody, or something, else settled it. */
export type GateEnd = { readonly kind: 'expired' | 'closed'; readonly text: string }

const TIMEOUT_TEXT = {
  ROLLBACK: 'Nobody answered in time: ECS rolls the deployment back',
  CONTINUE: 'Nobody answered in time: the deployment went on without approval',
} as const

export const timeoutText = (onTimeout: PlannedGate['onTimeout']): string => TIMEOUT_TEXT[onTimeout]

/** The answer that somebody was about to send with Quarterdeck. It may not have arrived. */
export type GateAnswer = { readonly name: string; readonly action: PlannedGate['action'] }

const byWhom = (action: PlannedGate['action'], by: GateAnswer | undefined): string =>
  by?.action === action ? `by ${plainName(by.name, 40)}` : 'outside Quarterdeck'

/** What settled a gate; undefined while it waits. `now`: ISO 8601. */
export const endOf = (
  hookId: string,
  record: DeploymentRecord | undefined,
  now: string,
  by?: GateAnswer,
): GateEnd | undefined => {
  const hook = hookIn(record, hookId)
  if (record === undefined) return { kind: 'closed', text: 'ECS no longer has the deployment' }
  switch (hook?.status) {
    case 'SUCCEEDED':
      return { kind: 'closed', text: `Continued ${byWhom('CONTINUE', by)}` }
    case 'FAILED':
      return { kind: 'closed', text: `Rolled back ${byWhom('ROLLBACK', by)}` }
    case 'TIMED_OUT':
      return { kind: 'expired', text: timeoutText(hook.onTimeout) }
    default:
      return endOfDeployment(record, hook, now)
  }
}

const endOfDeployment = (
  record: DeploymentRecord,
  hook: DeploymentHook | undefined,
  now: string,
): GateEnd | undefined => {
  const words = OVER[record.status]
  if (words !== undefined) return { kind: 'closed', text: words }
  if (hook === undefined) return { kind: 'closed', text: 'The deployment no longer waits at this gate' }
  return hook.expiresAt !== undefined && hook.expiresAt <= now
    ? { kind: 'expired', text: timeoutText(hook.onTimeout) }
    : undefined
}

/** The states of a service deployment in which it waits for nobody. */
const OVER: Readonly<Record<string, string>> = {
  SUCCESSFUL: 'The deployment has succeeded',
  STOPPED: 'The deployment was stopped',
  STOP_REQUESTED: 'The deployment is being stopped',
  ROLLBACK_REQUESTED: 'The deployment is being rolled back',
  ROLLBACK_IN_PROGRESS: 'The deployment is being rolled back',
  ROLLBACK_SUCCESSFUL: 'The deployment was rolled back',
  ROLLBACK_FAILED: 'The rollback of the deployment failed',
}

/** What a stage releases, as a title with a verb first. `version`: such as `v42`. */
export type Release = {
  readonly stage: string
  readonly strategy: string
  readonly name: string
  readonly version: string
}

export const titleOf = ({ stage, strategy, name, version }: Release): string => {
  const what = `${name} *${version}*`
  switch (stage) {
    case 'RECONCILE_SERVICE':
      return `Start the deployment of ${what}`
    case 'PRE_SCALE_UP':
      return `Start tasks of ${what}`
    case 'POST_SCALE_UP':
      return strategy === 'ROLLING' ? `Finish the deployment of ${what}` : `Send test traffic to ${what}`
    case 'PRE_PRODUCTION_TRAFFIC_SHIFT':
      return `Send traffic to ${what}`
    case 'POST_PRODUCTION_TRAFFIC_SHIFT':
      return `Keep traffic on ${what}`
    default:
      return `Continue the deployment of ${what}`
  }
}

/** `orders-api:42` as `v42`, where the family has the name of the service. */
export const versionOf = (taskDefinition: string, service: string): string => {
  const [family = '', revision = ''] = taskDefinition.split(':')
  return family === service && revision !== '' ? `v${revision}` : taskDefinition
}
