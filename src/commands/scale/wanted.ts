// Pure: the ways to set a count where there is autoscaling, with their risk, time limit and consequences for tasks.
import type { Risk } from '../../engine/change/plan.ts'
import { isDeploying, type Scaling, tasks } from '../../features/scaling/load-scaling.ts'

/** `minutes`: of a temporary change. `floor`: raises the minimum; scaling policies stay active above it. */
export type Mode =
  | { readonly kind: 'count-only' | 'move-bounds' | 'suspend'; readonly minutes?: number }
  | { readonly kind: 'floor'; readonly minutes: number }

export const riskOf = (from: number, to: number): Risk => {
  if (to === 0) return { level: 'high', reasons: ['All tasks stop: the service stops responding'] }
  if (to < from / 2) return { level: 'high', reasons: [`More than half of the tasks stop (${from - to} of ${from})`] }
  if (to > from * 4 && to - from > 10)
    return { level: 'medium', reasons: [`More than four times as many tasks (${to - from} more)`] }
  if (to < from) return { level: 'medium', reasons: [`${tasks(from - to)} fewer for the same load`] }
  if (to === from) return { level: 'low', reasons: ['No task starts or stops now'] }
  return { level: 'low', reasons: [from === 0 ? 'Starts a stopped service' : 'Adds tasks; none stops'] }
}

/** Minutes to wait for new tasks: ten for image pulls, 500 launches a minute (ECS service quotas), and the grace period. */
const LAUNCHES_A_MINUTE = 500
export const limitMinutes = (added: number, graceSeconds: number): number =>
  Math.ceil(10 + added / LAUNCHES_A_MINUTE + graceSeconds / 60)

/** Consequences of a new count for the tasks themselves. */
export const taskText = ({ service, protectedTasks, fargate }: Scaling, wanted: number): readonly string[] => {
  const { desired, running, graceSeconds } = service
  const added = Math.max(0, wanted - desired)
  const grace = graceSeconds > 0 ? ` and ${graceSeconds} s health check grace period` : ''
  return [
    ...(wanted > desired ? [`ECS starts ${tasks(added)}, at most 500 a minute for one service.`] : []),
    ...(wanted < desired
      ? [`ECS chooses ${tasks(desired - wanted)} and stops ${desired - wanted === 1 ? 'it' : 'them'} after draining.`]
      : []),
    ...(wanted < desired ? protectionText(protectedTasks, wanted) : []),
    ...quotaText(fargate, added),
    ...(running === desired ? [] : [`${running} of ${desired} are running now.`]),
    ...(isDeploying(service)
      ? ['A deployment is in progress: its tasks get the new count, and autoscaling does not scale in until it ends.']
      : []),
    `Time limit ${limitMinutes(added, graceSeconds)} min: ${wanted > desired ? `${tasks(added)} at 500 a minute` : 'draining'}${grace}.`,
  ]
}

/** Fargate starts no tasks beyond the account's vCPU quota; they stay pending without an end. */
const quotaText = (room: Scaling['fargate'], added: number): readonly string[] => {
  if (room === undefined || added === 0) return []
  const { quota, used = 0, each } = room
  const needed = added * each
  const usedText = room.used === undefined ? '' : ` (${vcpus(used)} in use)`
  if (used + needed <= quota) return []
  const fit = Math.max(0, Math.floor((quota - used) / each))
  return [
    `Fargate quota: ${vcpus(quota)} vCPUs${usedText}. ${tasks(added)} need ${vcpus(needed)}: only ${fit} can start, the others wait.`,
  ]
}

const vcpus = (count: number): string => Number(count.toFixed(2)).toLocaleString('en')

const protectionText = (protectedTasks: Scaling['protectedTasks'], wanted: number): readonly string[] => {
  const count = protectedTasks.length
  if (count === 0) return []
  const last =
    protectedTasks
      .map(({ until }) => until)
      .toSorted()
      .at(-1) ?? ''
  const consequence = count > wanted ? `: ${tasks(count)} stay until then` : ''
  return [
    `${tasks(count)} ${count === 1 ? 'is' : 'are'} protected from scale-in until ${last.slice(11, 16)} UTC${consequence}.`,
  ]
}
