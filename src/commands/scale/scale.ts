// /ecs scale: how many tasks a service runs, outright or for a while.

import { isLeased } from '../../engine/leases/compose.ts'
import { isFailure } from '../../features/deployments/rollout-trouble.ts'
import { isActive } from '../../features/scaling/autoscaling.ts'
import { loadScaling, type Scaling, tasks } from '../../features/scaling/load-scaling.ts'
import { absoluteCount, MOST_TASKS } from '../../kit/language/kinds/count.ts'
import { fullName } from '../../kit/language/target.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { MANAGED_READS } from '../autoscale/reads.ts'
import { mutation } from '../command.ts'
import { planCount } from './plan-count.ts'
import { floorOf, planFloor } from './plan-floor.ts'
import { progressOfCount, progressOfFloor } from './progress.ts'
import type { Mode } from './wanted.ts'

export const scale = mutation({
  name: 'scale',
  summary: 'Change how many tasks a service runs',
  args: { service: { kind: 'service' }, count: { kind: 'count' } },
  options: {
    for: { kind: 'duration', hint: 'for this long, and then back' },
    'move-bounds': { kind: 'flag', hint: 'move autoscaling’s bounds as far as the count needs' },
    suspend: { kind: 'flag', hint: 'suspend autoscaling first; with `--for` it resumes' },
    'count-only': { kind: 'flag', hint: 'leave autoscaling as it is' },
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
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecs:GetTaskProtection',
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:DescribeScalingPolicies',
    'application-autoscaling:DescribeScheduledActions',
    'application-autoscaling:DescribeScalingActivities',
  ],
  writes: ['ecs:UpdateService', 'application-autoscaling:RegisterScalableTarget'],

  load: ({ service, count }, read, own) =>
    loadScaling(service, read, own, {
      undone: 'DesiredCount',
      wanted: desired => absoluteCount(count, desired),
    }),

  plan: (values, state: Scaling) => {
    const mode = modeOf(values, state)
    if (isRefusal(mode)) return mode
    const wanted = absoluteCount(values.count, state.service.desired)
    const impossible = refusalOf(state, wanted)
    if (impossible !== undefined) return impossible
    if (mode.kind === 'floor') return planFloor(state, wanted, mode.minutes)
    return wanted === state.service.desired && !isHeldAnyway(state, mode)
      ? refuse(`${isSetTo(state)} already.`, 'Nothing to change.')
      : planCount(state, wanted, mode)
  },

  settled: async (plan, since, now, read) => {
    const service = await read.service(plan.target)
    if (service === undefined) return { status: 'superseded', text: 'The service was deleted meanwhile.' }
    const stopped = await read.stoppedTasks(plan.target)
    const failed = stopped.filter(task => task.createdAt >= since && isFailure(task))
    const seen = { service, failed, since, now }
    return plan.lease?.holding.kind === 'floor'
      ? progressOfFloor(floorOf(plan), seen, await read.autoscaling(plan.target))
      : progressOfCount(plan, seen, read)
  },
})

/** What another lease holds for now may be held for longer. */
const isHeldAnyway = ({ book }: Scaling, { minutes }: Mode): boolean => minutes !== undefined && isLeased(book, 'count')

type Flags = {
  readonly for?: number
  readonly 'move-bounds'?: true
  readonly suspend?: true
  readonly 'count-only'?: true
}

/** On a service that autoscaling moves, a lease holds the floor; only where nothing moves the count, the count. */
const modeOf = (flags: Flags, { autoscaling, service }: Scaling): Mode | Refusal => {
  const given = (['move-bounds', 'suspend', 'count-only'] as const).filter(flag => flags[flag])
  const [flag, second] = given
  if (second !== undefined) return refuse(`\`--${flag}\` and \`--${second}\` exclude each other.`, 'Keep one of them.')
  const name = `*${service.ref.service}*`
  if ((flag === 'move-bounds' || flag === 'suspend') && autoscaling === undefined)
    return refuse(`${name} has no autoscaling.`, `Leave \`--${flag}\` out.`)
  if (flags.for === undefined) return { kind: flag ?? 'count-only' }
  const isMoved = autoscaling !== undefined && isActive(autoscaling)
  if (flag === undefined) return { kind: isMoved ? 'floor' : 'count-only', minutes: flags.for }
  if (flag === 'suspend') return { kind: 'suspend', minutes: flags.for }
  if (flag === 'count-only' && !isMoved) return { kind: 'count-only', minutes: flags.for }
  if (!isMoved)
    return refuse(
      `\`--for\` does not go with \`--${flag}\`: at its end only the count would be put back.`,
      `Leave \`--${flag}\` out.`,
    )
  return refuse(
    `\`--for\` does not go with \`--${flag}\` here: autoscaling moves the count of ${name}.`,
    `Without \`--${flag}\` it raises the minimum for that long; \`autoscale suspend --for\` suspends for a while.`,
  )
}

const isSetTo = ({ service }: Scaling): string => `*${service.ref.service}* is set to ${tasks(service.desired)}`

const refusalOf = (state: Scaling, wanted: number): Refusal | undefined => {
  const { service } = state
  const name = `*${service.ref.service}*`
  if (service.status !== 'ACTIVE')
    return refuse(`${name} is ${service.status.toLowerCase()}: there is nothing left to scale.`)
  if (service.scheduling === 'DAEMON')
    return refuse(
      `${name} is a daemon: it runs one task on every instance, so it has no count.`,
      'Change the number of instances instead.',
    )
  if (wanted < 0)
    return refuse(
      `${isSetTo(state)}: that would leave ${wanted}.`,
      `Write \`0\` to stop it, or at most \`-${service.desired}\`.`,
    )
  if (wanted > MOST_TASKS)
    return refuse(`${isSetTo(state)}: that would make ${wanted}, and ECS runs at most 5,000 in one service.`)
  return service.isExpress ? expressRefusal(state, wanted) : undefined
}

/** Express Mode owns its autoscaling: a count would be taken back by it. */
const expressRefusal = ({ service, autoscaling }: Scaling, wanted: number): Refusal => {
  const most = Math.max(wanted, autoscaling?.max ?? wanted, 1)
  const invocation = `autoscale bounds ${fullName(service.ref)} ${wanted}..${most}`
  return refuse(
    `*${service.ref.service}* is an Express service: ECS decides its count, within bounds.`,
    `Move the bounds instead: \`/ecs ${invocation}\`.`,
    wanted > 0 ? [{ label: 'Move The Bounds', invocation }] : [],
  )
}
