// How a count may be set on a service that has autoscaling, and what is said of any of these ways.
import type { Risk } from '../../engine/change/plan.ts'
import { isDeploying, type Scaling, tasks } from '../../features/scaling/load-scaling.ts'

/** `minutes`: of a lease. `floor`: the minimum is raised for a while, and scaling policies go on above it. */
export type Mode =
  | { readonly kind: 'count-only' | 'move-bounds' | 'suspend'; readonly minutes?: number }
  | { readonly kind: 'floor'; readonly minutes: number }

export const riskOf = (from: number, to: number): Risk => {
  if (to === 0) return { level: 'high', reasons: ['No task is left: the service stops answering'] }
  if (to < from / 2) return { level: 'high', reasons: [`More than half of the tasks stop (${from - to} of ${from})`] }
  if (to > from * 4 && to - from > 10)
    return { level: 'medium', reasons: [`${to - from} more tasks are more than four times as many`] }
  if (to < from) return { level: 'medium', reasons: [`${tasks(from - to)} fewer to carry the load`] }
  if (to === from) return { level: 'low', reasons: ['No task is started or stopped now'] }
  return { level: 'low', reasons: [from === 0 ? 'Starts a stopped service' : 'Adds tasks; none is stopped'] }
}

/** ECS service quotas: launches for one service, 500 a minute. Ten minutes for images, the grace for health checks. */
const LAUNCHES_A_MINUTE = 500
export const limitMinutes = (added: number, graceSeconds: number): number =>
  Math.ceil(10 + added / LAUNCHES_A_MINUTE + graceSeconds / 60)

/** What a move of the count means for the tasks themselves. */
export const taskWords = ({ service, protectedTasks, fargate }: Scaling, wanted: number): readonly string[] => {
  const { desired, running, graceSeconds } = service
  const added = Math.max(0, wanted - desired)
  const grace = graceSeconds > 0 ? ` and ${graceSeconds} s of health grace` : ''
  return [
    ...(wanted > desired ? [`ECS starts ${tasks(added)}; it launches at most 500 a minute for one service.`] : []),
    ...(wanted < desired
      ? [`ECS picks ${tasks(desired - wanted)} and stops ${desired - wanted === 1 ? 'it' : 'them'}, after draining.`]
      : []),
    ...(wanted < desired ? protectionWords(protectedTasks, wanted) : []),
    ...roomWords(fargate, added),
    ...(running === desired ? [] : [`${running} of ${desired} run at the moment.`]),
    ...(isDeploying(service)
      ? [
          'A deployment is in progress: its tasks count towards the new number, and autoscaling does not scale in until it ends.',
        ]
      : []),
    `Followed for at most ${limitMinutes(added, graceSeconds)} min: ${wanted > desired ? `${tasks(added)} at 500 a minute` : 'draining'}${grace}.`,
  ]
}

/** Fargate starts nothing beyond the account's quota: tasks then wait for a place, without an end. */
const roomWords = (room: Scaling['fargate'], added: number): readonly string[] => {
  if (room === undefined || added === 0) return []
  const { quota, used = 0, each } = room
  const needed = added * each
  const runs = room.used === undefined ? '' : `, of which ${vcpus(used)} run`
  if (used + needed <= quota) return []
  const fit = Math.max(0, Math.floor((quota - used) / each))
  return [
    `Fargate’s quota here is ${vcpus(quota)} vCPUs${runs}; ${tasks(added)} would take ${vcpus(needed)}: only ${fit} more fit, and the others wait.`,
  ]
}

const vcpus = (count: number): string => Number(count.toFixed(2)).toLocaleString('en')

const protectionWords = (protectedTasks: Scaling['protectedTasks'], wanted: number): readonly string[] => {
  const count = protectedTasks.length
  if (count === 0) return []
  const last =
    protectedTasks
      .map(({ until }) => until)
      .toSorted()
      .at(-1) ?? ''
  const keeps = count > wanted ? `: ${tasks(count)} stay until then` : ''
  return [
    `${tasks(count)} ${count === 1 ? 'is' : 'are'} protected from scale-in until ${last.slice(11, 16)} UTC${keeps}.`,
  ]
}
