// The limits of a watch after a change of size: memory, failures and load of the new tasks.

import type { WatchLimits } from '../../../engine/change/plan.ts'
import { fullName } from '../../../kit/language/target.ts'
import type { ServiceRef, StoppedTask } from '../../../model/ecs.ts'
import type { Sample, Series } from '../../../model/picture.ts'
import { commonCause } from '../../status/common-cause.ts'
import type { StatusReads } from '../../status/reads.ts'
import type { Usage } from '../../status/usage.ts'
import { causeOf, isFailure } from '../../status/why-stopped.ts'

type Reads = Pick<StatusReads, 'stoppedTasks' | 'usage'>

/** The deployment that is watched. `definition`: such as `search:2`. `began`: when the watch began, ISO 8601. */
export type Watched = { readonly id: string; readonly definition: string; readonly began: string }

export type Beyond = { readonly cause: string; readonly at?: string; readonly details: readonly string[] }

/** The first limit that was passed; undefined if none was. A failure to read is thrown: the watch counts it as a missed poll. */
export const beyondLimits = async (
  ref: ServiceRef,
  limits: WatchLimits,
  watched: Watched,
  read: Reads,
  now: string,
): Promise<Beyond | undefined> => {
  const stopped = (await read.stoppedTasks(ref)).filter(task => isOurs(task, watched))
  const failed = outOfMemory(ref, stopped) ?? failures(ref, stopped, limits, watched)
  if (failed !== undefined) return failed
  return overload(await read.usage(ref, now, limits.minutes + LATE_MINUTES), limits, watched)
}

const isOurs = ({ deployment, taskDefinition }: StoppedTask, { id, definition }: Watched): boolean =>
  deployment === undefined ? taskDefinition === definition : deployment === id

/**
 * One is enough, also of a task that started during the deployment: it has less memory than it needs. The time of the stop is empty
 * while the other containers of the task stop.
 */
const outOfMemory = ({ service }: ServiceRef, stopped: readonly StoppedTask[]): Beyond | undefined => {
  const killed = stopped
    .filter(task => causeOf(task).kind === 'memory')
    .toSorted((a, b) => (a.stoppedAt < b.stoppedAt ? -1 : 1))
  const [first] = killed
  if (first === undefined) return undefined
  const tasks = killed.length === 1 ? 'a task' : `${killed.length} tasks`
  const { text, nextStep } = causeOf(first, service)
  const at = first.stoppedAt === '' ? {} : { at: first.stoppedAt }
  return { cause: `${tasks} ran out of memory`, ...at, details: [text, nextStep] }
}

const HOUR_MS = 3_600_000

/** Failures of the deployment itself did not keep it from succeeding. ECS returns the stopped tasks of the last hour. */
const failures = (
  ref: ServiceRef,
  stopped: readonly StoppedTask[],
  { failures: most }: WatchLimits,
  { began }: Watched,
): Beyond | undefined => {
  const failed = stopped.filter(task => task.stoppedAt >= began && isFailure(task))
  const newest = Math.max(...failed.map(({ stoppedAt }) => Date.parse(stoppedAt)))
  const recent = failed.filter(({ stoppedAt }) => Date.parse(stoppedAt) > newest - HOUR_MS)
  if (recent.length < most) return undefined
  const common = commonCause(recent, '', fullName(ref))
  return {
    cause: `${recent.length} tasks failed${common === undefined ? '' : `: ${common.text}`}`,
    details: common === undefined ? [] : [common.cause.nextStep],
  }
}

/** CloudWatch has the samples of a minute some minutes later. */
const LATE_MINUTES = 5

/** Samples of a minute that only tasks of the new deployment sent. */
const overload = (
  { cpu, memory }: Usage,
  { percent, minutes }: WatchLimits,
  { began }: Watched,
): Beyond | undefined => {
  const named = [
    ['CPU', cpu],
    ['memory', memory],
  ] as const
  for (const [name, series] of named) {
    const last = lastMinutes(series, minutes, began)
    if (last.length === minutes && last.every(({ value }) => value > percent))
      return {
        cause: `${name} over ${percent} % for ${minutes} minutes`,
        at: new Date(last[0]?.at ?? 0).toISOString(),
        details: [`${name} was ${last.map(({ value }) => Math.round(value)).join(', ')} %, a minute each.`],
      }
  }
  return undefined
}

/** The newest samples without a gap, at most `minutes`. */
const lastMinutes = ({ average }: Series, minutes: number, began: string): readonly Sample[] => {
  const ours = average.filter(({ at }) => at >= Date.parse(began))
  const last = ours.slice(-minutes)
  const [first, newest] = [last[0], last.at(-1)]
  const isWhole = first !== undefined && newest !== undefined && newest.at - first.at <= minutes * 60_000
  return isWhole ? last : []
}
