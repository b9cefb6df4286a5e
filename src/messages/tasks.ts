// /ecs tasks: what runs, and why each task that stopped did.
import type { Block, Rendered } from '../command.ts'
import type { JsonObject } from '../json.ts'
import type { StoppedTask } from '../model.ts'
import type { RunningTask } from '../service-state.ts'
import { fullName } from '../target.ts'
import { STOPS_DAYS } from '../task-stops.ts'
import { startingOf, type Tasks } from '../tasks.ts'
import { whyStopped } from '../why-stopped.ts'
import { context, cut, date, literal, plain, richText, section, thatFit } from './markup.ts'
import { offerButtons } from './refusal.ts'
import { scope } from './status.ts'
import { lower, tally, tame } from './status-rows.ts'

const MOST_RUNNING = 15
const MOST_STOPPED = 15
/** Of what a message holds, in characters: the other half is for the others. */
const HALF = 7_000

export const renderTasks = (state: Tasks): Rendered => {
  const { ref, running, stopped, isLastHour } = state
  const [first] = stopped
  const lasted = isLastHour ? 'the last hour' : `the last ${STOPS_DAYS} days`
  const stops =
    stopped.length === 0
      ? `none stopped in ${lasted}`
      : `${state.hasMore ? 'more than ' : ''}${stopped.length} stopped in ${lasted}`
  const head = `*${ref.service}* runs ${countOf(running.tasks.length, running.isPartial)}; ${stops}`
  return {
    text: plain(first === undefined ? head : `${head}; the last: ${whyStopped(first)}`),
    blocks: [
      richText(section(head)),
      scope(ref),
      ...runningBlocks(state),
      ...stoppedBlocks(state),
      ...(isLastHour ? [context('What was kept of earlier stops could not be read.')] : []),
      offerButtons([
        { label: 'Logs', invocation: `logs ${fullName(ref)}` },
        { label: 'Status', invocation: `status ${fullName(ref)}` },
      ]),
    ],
  }
}

const countOf = (count: number, isPartial: boolean): string =>
  `${isPartial ? 'more than ' : ''}${count} ${count === 1 ? 'task' : 'tasks'}`

const runningBlocks = ({ running: { tasks } }: Tasks): readonly Block[] => {
  if (tasks.length === 0) return []
  const newest = tasks.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
  const lines = thatFit(newest.slice(0, MOST_RUNNING).map(runningLine), HALF)
  const older = newest.slice(lines.length)
  return [
    richText(section('*Running*\n'), ...lines),
    ...(older.length > 0 ? [context(`and ${older.length} older: ${tally(older.map(stateOf))}`)] : []),
    ...startNote(tasks),
  ]
}

const stateOf = ({ status, health }: RunningTask): string =>
  `${lower(status)}${health === 'UNKNOWN' ? '' : `, ${lower(health)}`}`

const runningLine = (task: RunningTask): JsonObject =>
  section(
    `\`${task.id.slice(0, 8)}\` ${stateOf(task)} since `,
    date(task.startedAt ?? task.createdAt, '{date_short_pretty} {time}'),
    literal(` · ${tame(task.taskDefinition, 80)} · ${tame(task.capacity)} · ${tame(task.zone)}\n`),
  )

const startNote = (tasks: readonly RunningTask[]): readonly Block[] => {
  const starting = startingOf(tasks)
  if (starting === undefined) return []
  const { start, pull } = starting
  return [
    context(
      `Starting takes ${Math.round(start)} s, of which pulling the images ${Math.round(pull)} s (${Math.round((pull / start) * 100)}%): the median of ${starting.tasks} ${starting.tasks === 1 ? 'task' : 'tasks'}`,
    ),
  ]
}

const stoppedBlocks = ({ stopped }: Tasks): readonly Block[] => {
  if (stopped.length === 0) return []
  const lines = thatFit(stopped.slice(0, MOST_STOPPED).map(stoppedLine), HALF)
  const older = stopped.slice(lines.length)
  return [
    richText(section('*Stopped*\n'), ...lines),
    ...(older.length === 0 ? [] : [context(`and ${older.length} older: ${cut(reasonsOf(older), 250)}`)]),
  ]
}

/** What of a reason is worth a line: ECS quotes ARNs at length. */
const LONGEST = 220

const stoppedLine = (task: StoppedTask): JsonObject =>
  section(
    ...(task.stoppedAt === '' ? ['*stopping*'] : [date(task.stoppedAt, '{date_short_pretty} {time}')]),
    `  \`${task.id.slice(0, 8)}\` `,
    literal(
      `${cut(whyStopped(task), LONGEST)}${ranFor(task)}${task.taskDefinition ? ` · ${tame(task.taskDefinition, 80)}` : ''}\n`,
    ),
  )

const ranFor = ({ startedAt, stoppedAt }: StoppedTask): string => {
  if (stoppedAt === '') return ''
  if (startedAt === undefined) return ' It never ran.'
  const minutes = (Date.parse(stoppedAt) - Date.parse(startedAt)) / 60_000
  if (minutes < 2) return ` It ran for ${Math.max(0, Math.round(minutes * 60))} s.`
  if (minutes < 120) return ` It ran for ${Math.round(minutes)} min.`
  return minutes < 2_880
    ? ` It ran for ${Math.round(minutes / 60)} h.`
    : ` It ran for ${Math.round(minutes / 1_440)} d.`
}

/** `12 × It ran out of memory…; 3 × …`: the most frequent first. */
const reasonsOf = (tasks: readonly StoppedTask[]): string => {
  const counts = new Map<string, number>()
  for (const task of tasks) counts.set(whyStopped(task), (counts.get(whyStopped(task)) ?? 0) + 1)
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([why, count]) => `${count} × ${cut(why, 80)}`)
    .join('; ')
}
