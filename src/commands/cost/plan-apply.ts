// Pure: plans another size of a service: a new revision that differs in its sizes alone, and an update of the service.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { Call, Change, Line, NewPlan, NewSize, Registration, Risk } from '../../engine/change/plan.ts'
import { riskOfSize } from '../../engine/change/risk.ts'
import type { Apply } from '../../features/cost/apply/load-apply.ts'
import { changedContainers } from '../../features/cost/apply/resize.ts'
import { costsOf, savingConsequences, savingText } from '../../features/cost/apply/saving.ts'
import { type TasksAfter, tasksAfter } from '../../features/cost/apply/tracked.ts'
import { percent, sizeText } from '../../features/cost/findings.ts'
import type { Projected } from '../../features/cost/reads.ts'
import { imageTagParts } from '../../features/deployments/image-tags.ts'
import { riskOfReplacement } from '../../features/deployments/replacement.ts'
import { unmarked } from '../../features/deployments/version-changes.ts'
import { watchOptions } from '../../features/deployments/watch/alarms.ts'
import { printSplit } from '../../kit/language/kinds/size.ts'
import { fullName } from '../../kit/language/target.ts'
import { shortName } from '../../kit/messages/text.ts'
import type { ContainerSize } from '../../model/service-detail.ts'
import { commonParts, replacedLines } from '../deploy/common.ts'
import { NEWEST_REVISION } from '../deploy/plan-image.ts'

export const planApply = (state: Apply): NewPlan => {
  const { service, base, resize, newest, watch } = state
  const { ref, desired } = service
  const after = tasksAfter(state.tracked, { ...resize, desired, max: state.max })
  const costs = costsOf(service, base, resize, after.tasks)
  const cost = savingText(costs, resize, after, desired)
  const parts = imageTagParts(state.tags, riskOf(state))
  const common = commonParts(state)
  return {
    ...common,
    command: 'cost apply',
    also: ['deploy', ...common.also],
    invocation: `cost apply ${fullName(ref)}${sizeOptions(state)}${watchOptions(watch)}`,
    title: `Resize *${ref.service}* ${sizeText(resize.from)} → ${sizeText(resize.to)}`,
    changes: [
      { what: 'Size of a task', from: sizeText(resize.from), to: sizeText(resize.to) },
      ...containerChanges(state),
      { what: 'Task definition', from: `${base.family}:${base.revision}`, to: 'a new revision' },
      ...parts.changes,
    ],
    details: [...parts.details, ...common.details],
    risk: parts.risk,
    losses: replacedLines(state, [peakLine(state), ...addedLosses(state, after), ...parts.losses]),
    ...(cost !== undefined && { cost }),
    consequences: [
      `The new revision differs from ${base.family}:${base.revision} in its sizes alone.`,
      ...adviceText(state),
      ...unsharedText(state),
      ...trackedText(state, after),
      ...savingConsequences(costs, resize, after, service),
      ...common.consequences,
    ],
    calls: callsOf(state),
    binds: { ...common.binds, ...parts.binds },
    drifts: { ...common.drifts, 'tasks after autoscaling': after.tasks, [NEWEST_REVISION]: newest },
  }
}

/** Of the canonical line, as typed. */
const sizeOptions = ({ asked: { option, cpu, memory, containers } }: Apply): string =>
  [
    ...(option === undefined ? [] : [` --option ${option}`]),
    ...(cpu === undefined ? [] : [` --cpu ${cpu}`]),
    ...(memory === undefined ? [] : [` --memory ${memory}`]),
    ...(containers === undefined ? [] : [` --containers ${printSplit(containers)}`]),
  ].join('')

const riskOf = ({ service, resize: { from, to, peaks }, isProduction }: Apply): Risk =>
  riskOfSize(
    {
      isProduction,
      isLess: { cpu: to.cpu < from.cpu, memory: to.memory < from.memory },
      peaks: { cpu: peaks.cpu?.high, memory: peaks.memory?.high },
    },
    riskOfReplacement(service),
  )

const highText = (peak: Projected | undefined): string => (peak === undefined ? 'unknown' : percent(peak.high))

const peakLine = ({ resize: { peaks } }: Apply): Line =>
  cardLine(`Peaks then CPU ${highText(peaks.cpu)}, memory ${highText(peaks.memory)}`)

const NAMES = { cpu: 'CPU', memory: 'memory' } as const

/** Less CPU a task raises the percentage that target tracking keeps. */
const addedLosses = ({ service: { desired }, tracked, max, resize }: Apply, after: TasksAfter): readonly Line[] => {
  const { tasks, needed, by } = after
  const unknown = tracked.find(
    ({ metric, percent: now }) => now === undefined && resize.to[metric] < resize.from[metric],
  )
  if (by === undefined)
    return unknown === undefined
      ? []
      : [cardLine(`Autoscaling may add tasks: its ${NAMES[unknown.metric]} now is not known`)]
  const what = `${NAMES[by.metric]} target ${by.target} %`
  if (needed > max)
    return [
      cardLine(
        `Autoscaling needs ${needed} tasks, its maximum is ${max}: ${NAMES[by.metric]} stays above ${by.target} %`,
      ),
    ]
  return [cardLine(`Autoscaling adds ${tasks - desired}, ${desired} → ${tasks} tasks (${what})`)]
}

const trackedText = ({ service: { desired }, resize, max }: Apply, { by, needed }: TasksAfter): readonly string[] => {
  if (by?.percent === undefined) return []
  const { metric, target, percent: now } = by
  return [
    `${NAMES[metric]} was ${percent(now)} over the last hour: ${desired} × ${percent(now)} × ${resize.from[metric]} / (${resize.to[metric]} × ${target} %) is ${needed} tasks; autoscaling allows ${max}.`,
  ]
}

const adviceText = ({ advice, resize: { option } }: Apply): readonly string[] => [
  option === undefined
    ? 'This size is not one that Compute Optimizer recommends; its peaks are computed from the measured ones.'
    : `Compute Optimizer recommends this size${advice.refreshedAt === undefined ? '' : `, made ${advice.refreshedAt.slice(0, 10)}`}${advice.lookBackDays === undefined ? '' : `, from ${advice.lookBackDays} days`}.`,
]

/** What no container may use, where all have a limit. */
const unsharedText = ({ resize: { to, containers } }: Apply): readonly string[] => {
  const limits = containers.map(({ memory }) => memory)
  const sum = limits.reduce<number>((all, limit = 0) => all + limit, 0)
  return limits.includes(undefined) || sum >= to.memory
    ? []
    : [`${to.memory - sum} MiB of the task are in no container’s limit.`]
}

const sharesOf = ({ cpu, memory, reservation }: ContainerSize): string =>
  [
    ...(cpu === undefined ? [] : [`${cpu} CPU`]),
    ...(memory === undefined ? [] : [`${memory} MiB`]),
    ...(reservation === undefined ? [] : [`${reservation} MiB reserved`]),
  ].join(', ') || 'no limit'

const containerChanges = ({ resize: { before, containers } }: Apply): readonly Change[] =>
  changedContainers(before, containers).map(({ from, to }) => ({
    what: `Container \`${unmarked(shortName(to.name, 60))}\``,
    from: sharesOf(from),
    to: sharesOf(to),
  }))

/** Members that change, as ECS names them. */
const newSizes = ({ resize: { before, containers } }: Apply): Readonly<Record<string, NewSize>> =>
  Object.fromEntries(
    changedContainers(before, containers).map(({ from, to }) => [
      to.name,
      {
        ...(to.cpu !== undefined && to.cpu !== from.cpu && { cpu: to.cpu }),
        ...(to.memory !== undefined && to.memory !== from.memory && { memory: to.memory }),
        ...(to.reservation !== undefined &&
          to.reservation !== from.reservation && { memoryReservation: to.reservation }),
      },
    ]),
  )

const callsOf = (state: Apply): readonly Call[] => {
  const { arn, hash, compatibilities, tagKeys, roles } = state.base
  const { ref } = state.service
  const { cpu, memory } = state.resize.to
  const input: Registration = {
    ...{ base: arn, hash, images: {}, sizes: newSizes(state) },
    ...{ cpu: `${cpu}`, memory: `${memory}`, compatibilities, tagKeys },
  }
  return [
    {
      ...{ service: 'ecs', action: 'RegisterTaskDefinition', input, passes: roles, repeatable: false },
      resources: [arn.replace(/:\d+$/, ':*')],
    },
    {
      ...{ service: 'ecs', action: 'UpdateService', input: { cluster: ref.cluster, service: ref.arn } },
      ...{ takes: { field: 'taskDefinition', from: 0 }, resources: [ref.arn], passes: roles, repeatable: true },
    },
  ]
}
