// Renders stopped tasks, one line for each reason: how many tasks, since when, and which.

import { context, cut, date, firstThatFit, literal, plain, richText, section } from '../../kit/messages/markup.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { StoppedTask } from '../../model/ecs.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Block } from '../../model/ports/message.ts'
import { groupStops, type StopGroup } from './load-tasks.ts'
import { causeOf, isFailure, whyStopped } from './why-stopped.ts'

const MOST_GROUPS = 15
/** The maximum number of task ids in a line. */
const MOST_IDS = 12

/**
 * Renders stopped tasks, first those that failed. `most`: the maximum number of characters of all lines together.
 * `service`: the service's name in commands.
 */
export const stoppedBlocks = (stopped: readonly StoppedTask[], most: number, service: string): readonly Block[] => {
  if (stopped.length === 0) return []
  const groups = groupStops(stopped)
  const lines = firstThatFit(groups.slice(0, MOST_GROUPS).map(groupLine), most)
  const others = groups.slice(lines.length)
  const failed = stopped.find(isFailure)
  return [
    richText(section('*Stopped*\n'), ...lines),
    ...(others.length === 0 ? [] : [context(`Earlier: ${cut(reasonsOf(others), 250)}`)]),
    ...(failed === undefined ? [] : [context(`Next: ${plain(causeOf(failed, service).nextStep)}`)]),
  ]
}

/** The maximum length of a reason, in characters. Reasons can be long, because ECS quotes whole ARNs. */
const LONGEST = 220

const groupLine = (group: StopGroup): JsonObject => {
  const [newest, ...older] = group.tasks
  const oldest = older.at(-1)
  const definitions = [...new Set(group.tasks.flatMap(({ taskDefinition }) => taskDefinition || []))]
  const what = `${cut(group.cause.text, LONGEST)}${ranFor(group.tasks)}${definitions.length === 0 ? '' : ` · ${plainName(definitions.slice(0, 3).join(', '), 80)}`}`
  const when = newest.stoppedAt === '' ? '*stopping*' : date(newest.stoppedAt, TIME)
  if (oldest === undefined) return section(when, `  \`${newest.id.slice(0, 8)}\` `, literal(`${what}\n`))
  return section(
    when,
    `  *${group.tasks.length} ×* since `,
    date(oldest.stoppedAt, TIME),
    literal(`  ${what} · `),
    ...group.tasks.slice(0, MOST_IDS).map(({ id }) => `\`${id.slice(0, 8)}\` `),
    literal(group.tasks.length > MOST_IDS ? `and ${group.tasks.length - MOST_IDS} more\n` : '\n'),
  )
}

const TIME = '{date_short_pretty} {time}'

const ranFor = (tasks: readonly StoppedTask[]): string => {
  const ended = tasks.filter(({ stoppedAt }) => stoppedAt !== '')
  if (ended.length === 0) return ''
  const spans = ended
    .flatMap(({ startedAt, stoppedAt }) =>
      startedAt === undefined ? [] : [(Date.parse(stoppedAt) - Date.parse(startedAt)) / 1_000],
    )
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b)
  const [shortest] = spans
  const longest = spans.at(-1)
  if (shortest === undefined || longest === undefined) return ended.length === 1 ? ' It never ran.' : ' They never ran.'
  const words = [...new Set([spanWords(shortest), spanWords(longest)])].join(' to ')
  const never = ended.length - spans.length
  return `${ended.length === 1 ? ' It' : ' They'} ran for ${words}${never === 0 ? '' : `, and ${never} never`}.`
}

const spanWords = (seconds: number): string => {
  const minutes = seconds / 60
  if (minutes < 2) return `${Math.max(0, Math.round(seconds))} s`
  if (minutes < 120) return `${Math.round(minutes)} min`
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} d`
}

/** The reasons with their counts, the most frequent first: `12 × It ran out of memory…; 3 × …`. */
const reasonsOf = (groups: readonly StopGroup[]): string =>
  groups
    .toSorted((a, b) => b.tasks.length - a.tasks.length)
    .map(({ cause, tasks }) => `${tasks.length} × ${cut(cause.text, 80)}`)
    .join('; ')

/** The reason of the newest failure, else of the newest stop, for the text of a notification. */
export const mainStop = (stopped: readonly StoppedTask[]): string => {
  const failed = stopped.find(isFailure)
  const [newest] = stopped
  if (failed !== undefined) return `; the last failure: ${whyStopped(failed)}`
  return newest === undefined ? '' : `; the last: ${whyStopped(newest)}`
}
