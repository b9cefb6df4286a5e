// Pure: the cause for which most of a service's tasks failed, as one sentence.

import { cut } from '../../kit/messages/markup.ts'
import type { StoppedTask } from '../../model/ecs.ts'
import { isGeneral } from './stop-text.ts'
import { causeOf, type StopCause } from './why-stopped.ts'

export type CommonCause = {
  readonly cause: StopCause
  /**
   * `count`: the number of tasks that failed for this cause. `of`: the number of all failed tasks for which ECS gives a
   * reason.
   */
  readonly count: number
  readonly of: number
  /** The number of further failed tasks for which ECS gives no reason. ECS often adds the reason some seconds later. */
  readonly untold: number
  /** The times of the first and the last stop for this cause, ISO 8601. */
  readonly first: string
  readonly last: string
  /** `app exited with 1: application error · 3 tasks since 14:02 UTC, 1 more failed` */
  readonly text: string
  /** The texts of the other causes, the most frequent first. */
  readonly others: readonly string[]
}

type Group = { readonly cause: StopCause; readonly times: string[] }

/** The maximum length of a cause in the sentence, in characters. */
const LONGEST = 200

/**
 * The most frequent cause of failure; of two equally frequent causes, the newer one. Undefined if no task failed.
 * `since`: ISO 8601; earlier stops are not counted.
 */
export const commonCause = (tasks: readonly StoppedTask[], since = '', service = ''): CommonCause | undefined => {
  const all = groupsOf(tasks, since, service)
  const known = all.filter(group => !isUntold(group))
  const groups = known.length > 0 ? known : all
  const [most, ...rest] = groups.toSorted((a, b) => b.times.length - a.times.length || (lastOf(a) < lastOf(b) ? 1 : -1))
  if (most === undefined) return undefined
  const first = most.times.toSorted()[0] ?? ''
  const counts = { count: most.times.length, of: sizeOf(groups), untold: sizeOf(all) - sizeOf(groups) }
  return {
    cause: most.cause,
    ...counts,
    first,
    last: lastOf(most),
    text: `${shortCause(most.cause)} · ${tasksText(counts)} ${timeText(first, lastOf(most))}${untoldText(counts)}`,
    others: rest.map(({ cause }) => cause.text),
  }
}

/** Whether ECS says only that the tasks stopped. */
const isUntold = ({ cause: { kind, text } }: Group): boolean => kind === 'unknown' && isGeneral(text)

/** The time of the first stop. Its day is included if the last stop was on another day. */
const timeText = (first: string, last: string): string =>
  `${first.slice(0, 10) === last.slice(0, 10) ? '' : `${first.slice(0, 10)} `}${first.slice(11, 16)} UTC`

const sizeOf = (groups: readonly Group[]): number => groups.reduce((sum, { times }) => sum + times.length, 0)

/** The text of a cause within a sentence. */
export const shortCause = ({ text }: StopCause): string => cut(text.replace(/[.\s]+$/, ''), LONGEST)

/**
 * The number of tasks, as text before the time of the first stop: `3 tasks since`, `3 of 4 tasks since`, `1 task at`.
 */
export const tasksText = ({ count, of }: Pick<CommonCause, 'count' | 'of'>): string => {
  const counted = count === of ? `${count}` : `${count} of ${of}`
  return `${counted} ${of === 1 ? 'task' : 'tasks'} ${count === 1 ? 'at' : 'since'}`
}

/** The number of further failed tasks without a reason, as text after the time. */
export const untoldText = ({ untold }: Pick<CommonCause, 'untold'>): string =>
  untold === 0 ? '' : `, ${untold} more failed`

const groupsOf = (tasks: readonly StoppedTask[], since: string, service: string): readonly Group[] => {
  const groups = new Map<string, Group>()
  for (const task of tasks) {
    // A task that is still stopping has no stop time.
    const at = task.stoppedAt || task.createdAt
    if (at < since) continue
    const cause = causeOf(task, service)
    if (!cause.isFailure) continue
    const known = groups.get(cause.text)
    if (known === undefined) groups.set(cause.text, { cause, times: [at] })
    else known.times.push(at)
  }
  return [...groups.values()]
}

const lastOf = ({ times }: Group): string => times.toSorted().at(-1) ?? ''
