// From a service to its newest lines: which tasks and containers are meant, where those write, and what was found there.
import type { Refusal } from './errors.ts'
import { printDuration } from './grammar.ts'
import { type Entries, readEntries } from './log-entries.ts'
import { noGroup, notUnderstood } from './log-refusals.ts'
import { chooseSources, type Source } from './log-sources.ts'
import type { LogAnswer, LogLine } from './logs.ts'
import type { ServiceRef } from './model.ts'
import type { Readers } from './ports.ts'
import type { RedactOptions } from './redact.ts'

export type LogsAsked = {
  /** Minutes. */
  readonly since?: number
  readonly lines?: number
  readonly filter?: string
  readonly container?: string
  readonly task?: string
}

export type LogsState = {
  readonly ref: ServiceRef
  /** Minutes. */
  readonly since: number
  readonly most: number
  readonly filter?: string
  readonly sources: readonly Source[]
  readonly groups: readonly string[]
  readonly found: Entries
  readonly count: number
  /** Older lines, or further tasks, were not looked at. */
  readonly isPartial: boolean
  readonly notes: readonly string[]
}

const USUAL_MINUTES = 15
const USUAL_LINES = 50
/** Events that are counted and collapsed: in most cases one page. */
const MOST_EVENTS = 1_000
/** A service whose containers write into more groups than that has to name one. */
const MOST_GROUPS = 4

type With = {
  readonly read: Pick<Readers, 'logTasks' | 'logLines'>
  /** Epoch milliseconds. */
  readonly now: number
  readonly hide?: RedactOptions
}

export const loadLogs = async (ref: ServiceRef, asked: LogsAsked, found: With): Promise<LogsState | Refusal> => {
  const { read, now, hide = {} } = found
  const since = asked.since ?? USUAL_MINUTES
  const from = now - since * 60_000
  const { tasks, isPartial } = await read.logTasks(ref)
  const chosen = chooseSources(ref, tasks, { ...asked, from, since: printDuration(since) })
  if ('kind' in chosen) return chosen
  const groups = [...byGroup(chosen.sources).values()]
  // Phones make quotes curly, and CloudWatch knows straight ones only.
  const filter = asked.filter?.replace(/[“”„‟]/g, '"')
  const query = { since: from, limit: MOST_EVENTS, ...(filter !== undefined && { filter }) }
  const answers = await Promise.all(
    groups
      .slice(0, MOST_GROUPS)
      .map(async group => ({ ...group, answer: await read.logLines(ref, { ...group, ...query }) })),
  )
  const answered = linesOf(answers, filter)
  if ('kind' in answered) return answered
  const { lines, isCut, missing } = answered
  return {
    ref,
    since,
    most: asked.lines ?? USUAL_LINES,
    ...(filter !== undefined && { filter }),
    sources: chosen.sources,
    groups: answers.map(({ group, region }) => (region === ref.region ? group : `${group} in ${region}`)),
    found: readEntries(lines, hide),
    count: lines.length,
    isPartial: isCut || isPartial || groups.length > MOST_GROUPS,
    notes: [...chosen.notes, ...missing.map(group => `The log group ${group} is not there.`)],
  }
}

type Group = { readonly group: string; readonly region: string; readonly streams: string[] }

const byGroup = (sources: readonly Source[]): ReadonlyMap<string, Group> => {
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
const linesOf = (answers: readonly Answered[], filter = ''): Lines | Refusal => {
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
  return { lines: sorted.slice(-MOST_EVENTS), isCut: isCut || sorted.length > MOST_EVENTS, missing }
}
