// From what was asked for to its lines: which tasks and containers are meant, where those write, and what was found there.

import type { Asker } from '../../engine/rules/asker.ts'
import type { GroupTarget } from '../../kit/language/log-target.ts'
import type { RedactOptions } from '../../kit/redact/redact.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { Entries } from './entry.ts'
import { readEntries } from './log-entries.ts'
import { findGroup } from './log-groups.ts'
import { noGroup, notUnderstood } from './log-refusals.ts'
import { skewNotes } from './log-skew.ts'
import { chooseSources, type Source } from './log-sources.ts'
import { type Span, type SpanAsked, spanOf } from './log-span.ts'
import type { LogAnswer, LogLine, LogQuery, LogTask } from './log-types.ts'
import type { LogReads } from './reads.ts'

export type LogsAsked = SpanAsked & {
  readonly lines?: number
  readonly file?: true
  readonly filter?: string
  readonly container?: string
  readonly task?: string
}

/** A service and its cluster, or a log group alone. */
export type LogsPlace = Pick<ServiceRef, 'account' | 'accountId' | 'region'> & {
  readonly name: string
  readonly cluster?: string
}

export type LogsState = {
  readonly place: LogsPlace
  readonly span: Span
  /** An IANA name. */
  readonly zone: string
  readonly most: number
  readonly filter?: string
  /** Without any where a group was asked for by its name. */
  readonly sources: readonly Source[]
  readonly groups: readonly string[]
  readonly found: Entries
  readonly count: number
  /** Older lines, or further tasks, were not looked at. */
  readonly isPartial: boolean
  readonly notes: readonly string[]
  /** The canonical text that sends all of it as a file. */
  readonly asFile: string
}

const USUAL_LINES = 50
/** Events that are counted and collapsed: in most cases one page. */
const MOST_EVENTS = 1_000
/** The same of a file: FilterLogEvents gives so many in a page. */
const MOST_FILED = 10_000
/** A service whose containers write into more groups than that has to name one. */
const MOST_GROUPS = 4

type With = {
  readonly read: Pick<LogReads, 'logTasks' | 'logLines'>
  readonly own: Asker
}

export const loadLogs = async (
  of: ServiceRef | GroupTarget,
  asked: LogsAsked,
  { read, own }: With,
): Promise<LogsState | Refusal> => {
  const zone = await own.zone()
  const found =
    'group' in of ? await loadGroup(of, asked, zone, { read, own }) : await loadService(of, asked, zone, { read, own })
  if (isRefusal(found)) return found
  const { lines, ...rest } = found
  return {
    ...rest,
    zone,
    most: asked.lines ?? USUAL_LINES,
    asFile: own.again({ file: true }),
    ...(asked.filter !== undefined && { filter: straight(asked.filter) }),
    found: readEntries(lines, hidingOf(own)),
    notes: [...rest.notes, ...skewNotes(lines)],
    count: lines.length,
  }
}

/** Phones make quotes curly, and CloudWatch knows straight ones only. */
export const straight = (filter: string): string => filter.replace(/[“”„‟]/g, '"')

export const hidingOf = ({ config: { redaction } }: Pick<Asker, 'config'>): RedactOptions => ({
  emails: redaction.emails,
  own: redaction.patterns.map(pattern => new RegExp(pattern, 'g')),
})

type Found = Pick<LogsState, 'place' | 'span' | 'sources' | 'groups' | 'isPartial' | 'notes'> & {
  readonly lines: readonly LogLine[]
}

const loadService = async (
  ref: ServiceRef,
  asked: LogsAsked,
  zone: string,
  { read, own }: With,
): Promise<Found | Refusal> => {
  const { tasks, isPartial } = await read.logTasks(ref)
  const last = asked.previous ? lastStopped(tasks) : undefined
  if (asked.previous && last === undefined)
    return refuse(`No task of *${ref.service}* stopped within the last hour.`, 'ECS shows those of an hour.')
  const span = spanOf(asked, zone, Date.parse(own.facts.now), last)
  if (isRefusal(span)) return span
  const chosen = chooseSources(ref, tasks, { ...asked, ...(last && { task: last.id }), span })
  if (isRefusal(chosen)) return chosen
  const groups = [...byGroup(chosen.sources).values()]
  const query = queryOf(asked, span)
  const answers = await Promise.all(
    groups.slice(0, MOST_GROUPS).map(async group => ({
      ...group,
      answer: await readSpan(one => read.logLines(ref, { ...group, ...one }), query, span),
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
    isPartial: isCut || isPartial || groups.length > MOST_GROUPS,
    notes: [
      ...(last?.whyStopped === undefined ? [] : [last.whyStopped]),
      ...chosen.notes,
      ...missing.map(group => `The log group ${group} is not there.`),
    ],
  }
}

const loadGroup = async (
  target: GroupTarget,
  asked: LogsAsked,
  zone: string,
  { read, own }: With,
): Promise<Found | Refusal> => {
  if (asked.container !== undefined || asked.task !== undefined || asked.previous)
    return refuse(
      '`--container`, `--task` and `--previous` are for the logs of a service.',
      'A log group is narrowed with `--filter` and `--since`.',
    )
  const span = spanOf(asked, zone, Date.parse(own.facts.now))
  if (isRefusal(span)) return span
  const query = queryOf(asked, span)
  const logLines: LogReads['logLines'] = (ref, one) =>
    readSpan(more => read.logLines(ref, { ...one, ...more }), query, span)
  const found = await findGroup(target, {
    read: { logLines },
    own,
    query,
    meaning: group => own.again({ service: group }),
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
    notes: found.notes,
  }
}

const queryOf = ({ filter, file }: LogsAsked, { from, to }: Span) => ({
  since: from,
  ...(to !== undefined && { until: to }),
  limit: file ? MOST_FILED : MOST_EVENTS,
  ...(filter !== undefined && { filter: straight(filter) }),
})

type Ask = (query: Omit<LogQuery, 'group' | 'region' | 'streams'>) => Promise<LogAnswer>

/** Around a moment: as many lines before it as after it. */
const readSpan = async (ask: Ask, query: ReturnType<typeof queryOf>, { around }: Span): Promise<LogAnswer> => {
  if (around === undefined) return ask(query)
  const limit = query.limit / 2
  const [before, after] = await Promise.all([
    ask({ ...query, until: around, limit }),
    ask({ ...query, since: around + 1, limit, oldestFirst: true }),
  ])
  if (before.kind !== 'lines' || after.kind !== 'lines') return before.kind === 'lines' ? after : before
  return { kind: 'lines', lines: [...before.lines, ...after.lines], isPartial: before.isPartial || after.isPartial }
}

const lastStopped = (tasks: readonly LogTask[]): LogTask | undefined =>
  tasks
    .filter(({ stoppedAt }) => stoppedAt !== undefined)
    .toSorted((a, b) => ((a.stoppedAt ?? '') < (b.stoppedAt ?? '') ? 1 : -1))[0]

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

type Answered = { readonly group: string; readonly region: string; readonly answer: LogAnswer }
type Lines = { readonly lines: readonly LogLine[]; readonly isCut: boolean; readonly missing: readonly string[] }

/** The newest of all groups; a refusal where none of them could answer. */
const linesOf = (answers: readonly Answered[], { filter = '', limit }: ReturnType<typeof queryOf>): Lines | Refusal => {
  const lines: LogLine[] = []
  const missing: string[] = []
  let isCut = false
  for (const { group, answer } of answers) {
    if (answer.kind === 'bad filter') return notUnderstood(filter, answer.why)
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
