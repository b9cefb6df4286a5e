// Loads /ecs logs: reads the lines of a service or a log group, and converts them to entries.

import type { GroupTarget } from '../../kit/language/log-target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { straightQuotes } from './filter-pattern.ts'
import { loadServiceLogs } from './load-service-logs.ts'
import { readEntries } from './log-entries.ts'
import { findGroup } from './log-groups.ts'
import { skewNotes } from './log-skew.ts'
import { spanOf } from './log-span.ts'
import type { Found, LogsAsked, LogsState, With } from './logs-request.ts'
import { linesOf, queryOf, readSpan } from './read-lines.ts'
import type { LogReads } from './reads.ts'
import { redactionOptions } from './redaction.ts'
import { sessionNotes } from './session-lines.ts'

const USUAL_LINES = 50

export const loadLogs = async (
  of: ServiceRef | GroupTarget,
  asked: LogsAsked,
  { read, asker }: With,
): Promise<LogsState | Refusal> => {
  const zone = await asker.zone()
  const found =
    'group' in of
      ? await loadGroupLogs(of, asked, zone, { read, asker })
      : await loadServiceLogs(of, asked, zone, { read, asker })
  if (isRefusal(found)) return found
  const { lines, ...rest } = found
  return {
    ...rest,
    zone,
    most: asked.lines ?? USUAL_LINES,
    asFile: asker.again({ file: true }),
    ...(asked.filter !== undefined && { filter: straightQuotes(asked.filter) }),
    found: readEntries(lines, redactionOptions(asker)),
    notes: [...rest.notes, ...skewNotes(lines)],
    count: lines.length,
  }
}

const loadGroupLogs = async (
  target: GroupTarget,
  asked: LogsAsked,
  zone: string,
  { read, asker }: With,
): Promise<Found | Refusal> => {
  if (asked.container !== undefined || asked.task !== undefined || asked.previous)
    return refuse(
      '`--container`, `--task` and `--previous` work only for a service.',
      'Filter a log group with `--filter` and `--since`.',
    )
  const span = spanOf(asked, zone, Date.parse(asker.facts.now))
  if (isRefusal(span)) return span
  const query = queryOf(asked, span)
  const logLines: LogReads['logLines'] = (ref, one) =>
    readSpan(part => read.logLines(ref, { ...one, ...part }), query, span)
  const found = await findGroup(target, {
    read: { ...read, logLines },
    asker,
    query,
    isShared: asked.share === true,
    invocationFor: group => asker.again({ service: group }),
  })
  if (isRefusal(found)) return found
  const { group, ...place } = found.ref
  const answered = linesOf([{ group, region: place.region, answer: found.answer }], query)
  if ('kind' in answered) return answered
  const { lines, isCut } = answered
  return {
    place: { ...place, name: group },
    span,
    sources: [],
    groups: [group],
    lines,
    isPartial: isCut,
    notes: [...found.notes, ...sessionNotes(found.sessions, [])],
  }
}
