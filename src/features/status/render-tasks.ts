// Renders /ecs tasks: running tasks, and the reason why each stopped task stopped.

import { fullName } from '../../kit/language/target.ts'
import { context, date, firstThatFit, literal, plain, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import { humanCode, plainName, tally } from '../../kit/messages/text.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import type { RunningTask } from '../../model/service-detail.ts'
import { imageLoadingText } from './image-loading.ts'
import { startingOf, type Tasks } from './load-tasks.ts'
import { mainStop, stoppedBlocks } from './render-stopped-tasks.ts'
import { STOPS_DAYS } from './stopped-tasks.ts'

const MOST_RUNNING = 15
/** The maximum number of characters of each of the two lists: half of a message. */
const HALF = 7_000

export const renderTasks = (state: Tasks): Rendered => {
  const { ref, running, stopped, isLastHour } = state
  const period = isLastHour ? 'the last hour' : `the last ${STOPS_DAYS} days`
  const stops =
    stopped.length === 0
      ? `none stopped in ${period}`
      : `${state.hasMore ? 'more than ' : ''}${stopped.length} stopped in ${period}`
  const head = `*${ref.service}* runs ${countOf(running.tasks.length, running.isPartial)}; ${stops}`
  return {
    text: plain(`${head}${mainStop(stopped)}`),
    blocks: [
      richText(section(head)),
      placeLine(ref),
      ...runningBlocks(state),
      ...stoppedBlocks(stopped, HALF, fullName(ref)),
      ...(isLastHour ? [context('Earlier stopped tasks are unavailable: the store could not be read.')] : []),
      offerButtons([
        { label: 'Logs', invocation: `logs ${fullName(ref)}` },
        { label: 'Status', invocation: `status ${fullName(ref)}` },
      ]),
    ],
  }
}

const countOf = (count: number, isPartial: boolean): string =>
  `${isPartial ? 'more than ' : ''}${count} ${count === 1 ? 'task' : 'tasks'}`

const runningBlocks = ({ running: { tasks }, images, unread }: Tasks): readonly Block[] => {
  if (tasks.length === 0) return []
  const newest = tasks.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
  const lines = firstThatFit(newest.slice(0, MOST_RUNNING).map(runningLine), HALF)
  const older = newest.slice(lines.length)
  return [
    richText(section('*Running*\n'), ...lines),
    ...(older.length > 0 ? [context(`and ${older.length} older: ${tally(older.map(stateOf))}`)] : []),
    ...startNote(tasks),
    ...imageLoadingText(images, startingOf(tasks)).map(words => context(plainName(words, 250))),
    ...unread.slice(0, 1).map(words => context(`Unavailable: ${words}`)),
  ]
}

const stateOf = ({ status, health }: RunningTask): string =>
  `${humanCode(status) || 'in an unknown state'}${health === 'UNKNOWN' ? '' : `, ${humanCode(health)}`}`

const runningLine = (task: RunningTask): JsonObject =>
  section(
    `\`${task.id.slice(0, 8)}\` ${stateOf(task)} since `,
    date(task.startedAt ?? task.createdAt, '{date_short_pretty} {time}'),
    literal(
      `${[task.taskDefinition, task.capacity, task.zone]
        .filter(name => name !== '')
        .map(name => ` · ${plainName(name, 80)}`)
        .join('')}\n`,
    ),
  )

const startNote = (tasks: readonly RunningTask[]): readonly Block[] => {
  const starting = startingOf(tasks)
  if (starting === undefined) return []
  const { start, pull } = starting
  return [
    context(
      `Start-up takes ${Math.round(start)} s, of which image pulls take ${Math.round(pull)} s (${Math.round((pull / start) * 100)}%), median of ${starting.tasks} ${starting.tasks === 1 ? 'task' : 'tasks'}`,
    ),
  ]
}
