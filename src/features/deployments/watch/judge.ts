// What one poll of a watch means: it goes on, a cause to roll back was found, or there is nothing left to watch.

import type { Watch } from '../../../engine/change/plan.ts'
import type { Deployment, Service, ServiceRef } from '../../../model/ecs.ts'
import type { AlarmState } from '../../../model/service-detail.ts'
import type { ServiceReads } from '../../services/reads.ts'
import type { StatusReads } from '../../status/reads.ts'
import { primaryOf } from '../rollout.ts'
import { troubleOf } from '../rollout-trouble.ts'
import { alarmName } from './alarms.ts'
import { beyondLimits } from './limits.ts'

/**
 * The deployment that the operation started. `id`: as ECS names it. `createdAt`: when the service was created. `began`: when the
 * watch began.
 */
export type Ours = {
  readonly id: string
  readonly definition: string
  readonly createdAt: string
  readonly began: string
}

/** `missing`: watched alarms that do not exist now. `at`: since when the alarm fires, ISO 8601. `details`: what the tasks say. */
export type Judged =
  | { readonly kind: 'quiet'; readonly missing: readonly string[] }
  | { readonly kind: 'fired'; readonly cause: string; readonly at?: string; readonly details: readonly string[] }
  | { readonly kind: 'lost'; readonly why: string }

type Reads = Pick<ServiceReads, 'service'> & Pick<StatusReads, 'alarms' | 'stoppedTasks' | 'usage'>

/** Why the service no longer runs our deployment; undefined if it does. A rollback would then undo somebody else's change. */
export const whyLost = (service: Service | undefined, { id, definition, createdAt }: Ours): string | undefined => {
  if (service?.status !== 'ACTIVE') return 'the service was deleted'
  if (service.createdAt !== createdAt) return 'the service was deleted and created again'
  const primary = primaryOf(service)
  return primary?.id === id && primary.taskDefinition === definition ? undefined : 'somebody started another deployment'
}

/**
 * One call each for the service and its alarms. Without limits, tasks are read only while the service lacks some. `now`: ISO
 * 8601.
 */
export const judgeWatch = async (
  ref: ServiceRef,
  { alarms, limits }: Watch,
  ours: Ours,
  read: Reads,
  now: string,
): Promise<Judged> => {
  const [service, states] = await Promise.all([read.service(ref), alarms.length === 0 ? [] : read.alarms(ref, alarms)])
  const why = whyLost(service, ours)
  if (why !== undefined) return { kind: 'lost', why }
  const fired = states.filter(({ state }) => state === 'ALARM').toSorted((a, b) => (a.since < b.since ? -1 : 1))
  if (fired[0] !== undefined) return { kind: 'fired', cause: firedText(fired), at: fired[0].since, details: [] }
  const primary = service && primaryOf(service)
  const trouble = primary && (await troubleDuring(service, primary, ours, read))
  if (trouble !== undefined)
    return { kind: 'fired', cause: `tasks keep failing: ${trouble.text}`, details: trouble.details }
  const beyond = limits && (await beyondLimits(ref, limits, ours, read, now))
  if (beyond !== undefined) return { kind: 'fired', ...beyond }
  const missing = alarms.filter(name => !states.some(one => one.name === name))
  if (limits === undefined && missing.length === alarms.length) return { kind: 'lost', why: 'its alarms were deleted' }
  return { kind: 'quiet', missing }
}

const firedText = ([first, ...more]: readonly AlarmState[]): string =>
  `alarm \`${alarmName(first?.name ?? '')}\`${more.length === 0 ? '' : ` and ${more.length} more`} fired`

/**
 * Crash loops of tasks that were created during the watch: failures of the deployment itself did not keep it from succeeding.
 * The circuit breaker only works during a deployment.
 */
const troubleDuring = (service: Service, primary: Deployment, { began }: Ours, read: Reads) => {
  const { hasBreaker: _, ...withoutBreaker } = service
  const ours = { ...primary, createdAt: began, failed: 0 }
  return troubleOf({ service: withoutBreaker, ours, stillMs: 0, elapsedMs: 0 }, read)
}
