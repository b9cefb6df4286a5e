// /ecs scale: sets a service's desired count, permanently or as a temporary change.

import { isLeased } from '../../engine/leases/compose.ts'
import { isActive } from '../../features/scaling/autoscaling.ts'
import { loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { isFailure } from '../../features/status/why-stopped.ts'
import { absoluteCount, MOST_TASKS } from '../../kit/language/kinds/count.ts'
import { fullName } from '../../kit/language/target.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { tasks } from '../../model/scaling-words.ts'
import { MANAGED_READS } from '../autoscale/reads.ts'
import { mutation } from '../command.ts'
import { planCount } from './plan-count.ts'
import { floorOf, planFloor } from './plan-floor.ts'
import { progressOfCount, progressOfFloor } from './progress.ts'
import type { Mode } from './wanted.ts'

export const scale = mutation({
  name: 'scale',
  summary: 'Set how many tasks a service runs',
  args: { service: { kind: 'service' }, count: { kind: 'count' } },
  options: {
    for: { kind: 'duration', hint: 'temporary: revert after this long' },
    'move-bounds': { kind: 'flag', hint: 'widen autoscaling’s bounds to include the count' },
    suspend: { kind: 'flag', hint: 'suspend autoscaling first; resumes after `--for`' },
    'count-only': { kind: 'flag', hint: 'leave autoscaling unchanged' },
  },
  examples: [
    'scale orders-api 6',
    'scale web/orders-api +2 --reason "queue is growing"',
    'scale orders-api 50%',
    'scale checkout 12 --for 3h',
  ],
  reads: [
    ...MANAGED_READS,
    'cloudtrail:LookupEvents',
    'servicequotas:GetServiceQuota',
    'cloudwatch:GetMetricData',
    'ecs:DescribeServices',
    'ecs:DescribeTaskDefinition',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecs:GetTaskProtection',
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:DescribeScalingPolicies',
    'application-autoscaling:DescribeScheduledActions',
    'application-autoscaling:DescribeScalingActivities',
  ],
  writes: ['ecs:UpdateService', 'application-autoscaling:RegisterScalableTarget'],

  load: ({ service, count }, read, asker) =>
    loadScaling(service, read, asker, {
      undone: 'DesiredCount',
      wanted: desired => absoluteCount(count, desired),
      callers: true,
    }),

  plan: (values, state: Scaling) => {
    const mode = modeOf(values, state)
    if (isRefusal(mode)) return mode
    const wanted = absoluteCount(values.count, state.service.desired)
    const refusal = refusalOf(state, wanted)
    if (refusal !== undefined) return refusal
    if (mode.kind === 'floor') return planFloor(state, wanted, mode.minutes)
    return wanted === state.service.desired && !extendsLease(state, mode)
      ? refuse(`${desiredText(state)} already.`, 'Nothing to change.')
      : planCount(state, wanted, mode)
  },

  settled: async (plan, since, now, read) => {
    const service = await read.service(plan.target)
    if (service === undefined) return { status: 'superseded', text: 'The service was deleted.' }
    const stopped = await read.stoppedTasks(plan.target)
    const failed = stopped.filter(task => task.createdAt >= since && isFailure(task))
    const seen = { service, failed, since, now }
    return plan.lease?.holding.kind === 'floor'
      ? progressOfFloor(floorOf(plan), seen, await read.autoscaling(plan.target))
      : progressOfCount(plan, seen, read)
  },
})

/** Whether another lease already sets the count, so that this lease may keep it for longer. */
const extendsLease = ({ book }: Scaling, { minutes }: Mode): boolean => minutes !== undefined && isLeased(book, 'count')

type Flags = {
  readonly for?: number
  readonly 'move-bounds'?: true
  readonly suspend?: true
  readonly 'count-only'?: true
}

/**
 * How to set the count. A temporary change of a service with autoscaling sets the minimum capacity, else the count
 * itself.
 */
const modeOf = (flags: Flags, { autoscaling, service }: Scaling): Mode | Refusal => {
  const given = (['move-bounds', 'suspend', 'count-only'] as const).filter(flag => flags[flag])
  const [flag, second] = given
  if (second !== undefined) return refuse(`\`--${flag}\` and \`--${second}\` exclude each other.`, 'Use one of them.')
  const name = `*${service.ref.service}*`
  if ((flag === 'move-bounds' || flag === 'suspend') && autoscaling === undefined)
    return refuse(`${name} has no autoscaling.`, `Leave out \`--${flag}\`.`)
  if (flags.for === undefined) return { kind: flag ?? 'count-only' }
  const isMoved = autoscaling !== undefined && isActive(autoscaling)
  if (flag === undefined) return { kind: isMoved ? 'floor' : 'count-only', minutes: flags.for }
  if (flag === 'suspend') return { kind: 'suspend', minutes: flags.for }
  if (flag === 'count-only' && !isMoved) return { kind: 'count-only', minutes: flags.for }
  if (!isMoved)
    return refuse(
      `\`--for\` cannot be combined with \`--${flag}\`: only the count would be reverted.`,
      `Leave out \`--${flag}\`.`,
    )
  return refuse(
    `\`--for\` cannot be combined with \`--${flag}\` here: autoscaling moves the count of ${name}.`,
    `Without \`--${flag}\` it raises the minimum temporarily; \`autoscale suspend --for\` suspends autoscaling.`,
  )
}

const desiredText = ({ service }: Scaling): string => `*${service.ref.service}* is set to ${tasks(service.desired)}`

const refusalOf = (state: Scaling, wanted: number): Refusal | undefined => {
  const { service } = state
  const name = `*${service.ref.service}*`
  if (service.status !== 'ACTIVE') return refuse(`${name} is ${service.status.toLowerCase()}: nothing to scale.`)
  if (service.scheduling === 'DAEMON')
    return refuse(
      `${name} is a daemon service: it runs one task on each instance and has no desired count.`,
      'Change the number of instances instead.',
    )
  if (wanted < 0)
    return refuse(
      `${desiredText(state)}: the result would be ${wanted}.`,
      `Write \`0\` to stop all tasks, or at most \`-${service.desired}\`.`,
    )
  if (wanted > MOST_TASKS)
    return refuse(`${desiredText(state)}: ${wanted} is over ECS’s limit of 5,000 tasks for one service.`)
  return service.isExpress ? expressRefusal(state, wanted) : undefined
}

/** The refusal for a service in Express Mode, which manages its own autoscaling and would revert a new count. */
const expressRefusal = ({ service, autoscaling }: Scaling, wanted: number): Refusal => {
  const max = Math.max(wanted + 1, autoscaling?.max ?? 0)
  const invocation = `autoscale bounds ${fullName(service.ref)} ${wanted}..${max}`
  return refuse(
    `*${service.ref.service}* is an Express service: ECS sets its desired count, within bounds.`,
    `Set the bounds instead: \`/ecs ${invocation}\`.`,
    wanted > 0 ? [{ label: 'Set the Bounds', invocation }] : [],
  )
}
