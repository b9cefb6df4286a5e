// Pure: the ways to set the count of a service with autoscaling, with their time limit and effects on tasks.

import { isDeploying, type Scaling } from '../../features/scaling/load-scaling.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { tasks, vcpuText } from '../../model/scaling-words.ts'

/**
 * A way to set the count. `minutes`: the duration of a temporary change. `floor`: raises the minimum capacity, above
 * which scaling policies stay active.
 */
export type Mode =
  | { readonly kind: 'count-only' | 'move-bounds' | 'suspend'; readonly minutes?: number }
  | { readonly kind: 'floor'; readonly minutes: number }

export type CountMode = Exclude<Mode, { kind: 'floor' }>

/**
 * The time limit for new tasks: ten minutes for image pulls, the time for launching at 500 tasks a minute (ECS service
 * quotas), and the grace period.
 */
export const LAUNCHES_A_MINUTE = 500
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
  const fit = startable(room, added)
  if (room === undefined || fit === added) return []
  const usedText = room.used === undefined ? '' : ` (${vcpuText(room.used)} in use)`
  return [
    `Fargate quota: ${vcpuText(room.quota)} vCPUs${usedText}. ${tasks(added)} need ${vcpuText(added * room.each)}: only ${fit} can start, the others wait.`,
  ]
}

/** How many of the added tasks the account's vCPU quota allows. */
const startable = (room: Scaling['fargate'], added: number): number => {
  if (room === undefined || added === 0) return added
  const { quota, used = 0, each } = room
  return used + added * each <= quota ? added : Math.max(0, Math.floor((quota - used) / each))
}

/** The line of the card where the quota does not allow all added tasks. */
export const quotaLosses = ({ fargate }: Scaling, added: number): readonly string[] => {
  const fit = startable(fargate, added)
  return fargate === undefined || fit === added
    ? []
    : [`Only ${fit} of ${tasks(added)} can start: Fargate quota of ${vcpuText(fargate.quota)} vCPUs`]
}

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
    `${tasks(count)} ${count === 1 ? 'is' : 'are'} protected from scale-in until ${timeMark(last)}${consequence}.`,
  ]
}
