// Pure: the ways to set the count of a service with autoscaling, with their time limit and effects on tasks.
import { isDeploying, type Scaling } from '../../features/scaling/load-scaling.ts'
import { tasks } from '../../model/scaling-words.ts'

/**
 * A way to set the count. `minutes`: the duration of a temporary change. `floor`: raises the minimum capacity, above
 * which scaling policies stay active.
 */
export type Mode =
  | { readonly kind: 'count-only' | 'move-bounds' | 'suspend'; readonly minutes?: number }
  | { readonly kind: 'floor'; readonly minutes: number }

/**
 * The time limit for new tasks: ten minutes for image pulls, the time for launching at 500 tasks a minute (ECS service
 * quotas), and the grace period.
 */
const LAUNCHES_A_MINUTE = 500
export const limitMinutes = (added: number, graceSeconds: number): number =>
  Math.ceil(10 + added / LAUNCHES_A_MINUTE + graceSeconds / 60)

/** The effects of a new count on the tasks themselves, one sentence each. */
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

/** A warning about the account's vCPU quota: Fargate starts no tasks beyond it, and they stay pending indefinitely. */
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
