// Loads the lines of a service: chooses its tasks and containers, and reads the log groups to which they write.

import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { wholeId } from '../services/find-task.ts'
import { chooseSources, type Source } from './log-sources.ts'
import { spanOf } from './log-span.ts'
import { type LogTask, PARTIAL_TASKS } from './log-types.ts'
import type { Found, LogsAsked, With } from './logs-request.ts'
import { linesOf, queryOf, readSpan } from './read-lines.ts'
import { sessionLinesOf, sessionNotes } from './session-lines.ts'

/** The maximum number of log groups that are read for one service. */
const MOST_GROUPS = 4

export const loadServiceLogs = async (
  ref: ServiceRef,
  asked: LogsAsked,
  zone: string,
  { read, asker }: With,
): Promise<Found | Refusal> => {
  const { tasks, isPartial } = await read.logTasks(ref, asked.previous ? undefined : wholeId(asked.task))
  const last = asked.previous ? lastStopped(tasks) : undefined
  if (asked.previous && last === undefined)
    return refuse(`No task of *${ref.service}* stopped within the last hour.`, 'ECS lists stopped tasks for an hour.')
  const span = spanOf(asked, zone, Date.parse(asker.facts.now), last)
  if (isRefusal(span)) return span
  const chosen = chooseSources(ref, tasks, { ...asked, ...(last && { task: last.id }), span })
  if (isRefusal(chosen)) return chosen
  const groups = [...byGroup(chosen.sources).values()]
  const query = queryOf(asked, span)
  const sessions = sessionLinesOf(asker, ref.accountId, asked.share)
  const answers = await Promise.all(
    groups.slice(0, MOST_GROUPS).map(async group => ({
      ...group,
      answer: await readSpan(part => read.logLines(ref, { ...group, ...part, sessions }), query, span),
    })),
  )
  const answered = linesOf(answers, query)
  if ('kind' in answered) return answered
  const { lines, isCut, missing } = answered
  return {
    place: { ...ref, name: ref.service },
    span,
    sources: chosen.sources,
    groups: answers.map(({ group, region }) => (region === ref.region ? group : `${group} in ${region}`)),
    lines,
    isPartial: isCut || groups.length > MOST_GROUPS,
    notes: [
      ...(last?.cause === undefined ? [] : [last.cause.text]),
      ...(isPartial ? [PARTIAL_TASKS] : []),
      ...chosen.notes,
      ...sessionNotes(
        sessions,
        chosen.sources.map(({ stream }) => stream),
      ),
      ...missing.map(group => `The log group ${group} does not exist.`),
    ],
  }
}

/**
 * The task that failed last. If none failed, the task that stopped last, but one that a scale-in or a deployment stopped
 * only if there is no other.
 */
const lastStopped = (tasks: readonly LogTask[]): LogTask | undefined =>
  tasks
    .filter(({ stoppedAt }) => stoppedAt !== undefined)
    .toSorted((a, b) => rankOf(a) - rankOf(b) || ((a.stoppedAt ?? '') < (b.stoppedAt ?? '') ? 1 : -1))[0]

const rankOf = ({ cause }: LogTask): number => {
  if (cause?.isFailure === true) return 0
  return cause?.kind === 'scaled-in' || cause?.kind === 'deployed' ? 2 : 1
}

export type Group = { readonly group: string; readonly region: string; readonly streams: string[] }

export const byGroup = (sources: readonly Source[]): ReadonlyMap<string, Group> => {
  const groups = new Map<string, Group>()
  for (const { group, region, stream } of sources) {
    const known = groups.get(`${region} ${group}`) ?? { group, region, streams: [] }
    known.streams.push(stream)
    groups.set(`${region} ${group}`, known)
  }
  return groups
}
