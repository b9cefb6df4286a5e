// Reads lines of one or more log groups for a span, and merges them by time.

import type { Refusal } from '../../model/errors.ts'
import { badFilter, noGroup } from './log-refusals.ts'
import type { Span } from './log-span.ts'
import type { LogAnswer, LogLine, LogQuery } from './log-types.ts'
import type { LogsAsked } from './logs-request.ts'

/** The maximum number of log events that are read, counted and merged. This is usually one page. */
const MOST_EVENTS = 1_000
/** The maximum number of log events in a file: one page of FilterLogEvents. */
const MOST_FILED = 10_000

export const queryOf = ({ filter, file }: LogsAsked, { from, to }: Span) => ({
  since: from,
  ...(to !== undefined && { until: to }),
  limit: file ? MOST_FILED : MOST_EVENTS,
  ...(filter !== undefined && { filter }),
})

type Ask = (query: Omit<LogQuery, 'group' | 'region' | 'streams' | 'sessions'>) => Promise<LogAnswer>

/** Reads the lines of a span. For `--around`, reads as many lines before the time as after it. */
export const readSpan = async (ask: Ask, query: ReturnType<typeof queryOf>, { around }: Span): Promise<LogAnswer> => {
  if (around === undefined) return ask(query)
  const limit = query.limit / 2
  const [before, after] = await Promise.all([
    ask({ ...query, until: around, limit }),
    ask({ ...query, since: around + 1, limit, oldestFirst: true }),
  ])
  if (before.kind !== 'lines' || after.kind !== 'lines') return before.kind === 'lines' ? after : before
  return { kind: 'lines', lines: [...before.lines, ...after.lines], isPartial: before.isPartial || after.isPartial }
}

type Answered = { readonly group: string; readonly region: string; readonly answer: LogAnswer }
type Lines = { readonly lines: readonly LogLine[]; readonly isCut: boolean; readonly missing: readonly string[] }

/** The newest lines of all log groups. Refuses if the filter is invalid or if none of the groups exists. */
export const linesOf = (
  answers: readonly Answered[],
  { filter = '', limit }: ReturnType<typeof queryOf>,
): Lines | Refusal => {
  const lines: LogLine[] = []
  const missing: string[] = []
  let isCut = false
  for (const { group, answer } of answers) {
    if (answer.kind === 'bad filter') return badFilter(filter, answer.why)
    if (answer.kind === 'no group') missing.push(group)
    else {
      lines.push(...answer.lines)
      isCut ||= answer.isPartial
    }
  }
  const [first] = answers
  if (first !== undefined && missing.length === answers.length) return noGroup(first.group, first.region)
  const sorted = lines.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  return { lines: sorted.slice(-limit), isCut: isCut || sorted.length > limit, missing }
}
