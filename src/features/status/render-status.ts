// Renders /ecs status: health, deployment, capacity and recent events of one service.

import { fullName } from '../../kit/language/target.ts'
import { buttons, context, cut, date, list, literal, plain, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import { type CommonCause, shortCause, tasksText, untoldText } from './common-cause.ts'
import { healthOf, type Status } from './load-status.ts'
import { collapse } from './service-events.ts'
import { statusRows } from './status-rows.ts'
import { levelsOf, levelsText, SOURCES, USAGE_HOURS, usagePicture } from './usage.ts'

const MOST_EVENTS = 5
const MOST_CONCERNS = 6
/** The maximum length of a concern, in characters. */
const LONGEST_CONCERN = 200
const LONGEST_ROW = 440
/** The maximum number of failed reads that are shown. */
const MOST_UNREAD = 3

export const renderStatus = (state: Status): Rendered => {
  const { ref, desired, running, pending } = state.detail.service
  const { summary, concerns: all } = healthOf(state)
  const concerns = all.slice(0, MOST_CONCERNS).map(concern => cut(concern, LONGEST_CONCERN))
  const head = `*${ref.service}* ${summary}: ${running} of ${desired} running${pending > 0 ? `, ${pending} pending` : ''}`
  const { failing } = state
  return {
    text: plain([head, ...(failing === undefined ? [] : [failing.text]), ...concerns].join('; ')),
    ...picturesOf(state),
    blocks: [
      richText(
        section(head, ...failingParts(failing)),
        ...(concerns.length === 0 ? [] : [list(concerns.map(capital))]),
      ),
      placeLine(ref),
      richText(list(statusRows(state).map(row => cut(row, LONGEST_ROW)))),
      ...eventBlocks(state),
      ...partialNote(state),
      ...state.unread.slice(0, MOST_UNREAD).map(words => context(`Unavailable: ${words}`)),
      choices(state),
    ],
  }
}

/** The cause for which tasks fail, at the end of the first line. */
const failingParts = (failing: CommonCause | undefined): readonly JsonObject[] =>
  failing === undefined
    ? []
    : [
        literal(`; ${shortCause(failing.cause)} · ${tasksText(failing)} `),
        date(failing.first, '{date_short_pretty} {time}'),
        ...(failing.untold === 0 ? [] : [literal(untoldText(failing))]),
      ]

const picturesOf = ({ detail: { service }, usage }: Status): Pick<Rendered, 'pictures'> => {
  if (usage === undefined || (levelsOf(usage.cpu) ?? levelsOf(usage.memory)) === undefined) return {}
  const { account, region, cluster, service: name } = service.ref
  const where = `${account} · ${region} · ${cluster} · last ${USAGE_HOURS} h`
  return {
    pictures: [
      {
        name: `${name}-usage.png`,
        title: `${name}: CPU and memory of the last ${USAGE_HOURS} h`,
        alt: `${name}, ${where}: CPU ${levelsText(usage.cpu)}; memory ${levelsText(usage.memory)} (${SOURCES[usage.source]})`,
        data: usagePicture(name, where, usage),
      },
    ],
  }
}

/** A note about how many of the service's tasks were read, if not all. */
const partialNote = ({ running: { tasks, isPartial }, detail: { service } }: Status): readonly Block[] =>
  isPartial && tasks.length > 0
    ? [context(`${tasks.length} of ${(service.running + service.pending).toLocaleString('en')} tasks were checked.`)]
    : []

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const eventBlocks = ({ detail: { events } }: Status): readonly Block[] => {
  const shown = collapse(events).slice(0, MOST_EVENTS)
  return shown.length === 0 ? [] : [richText(section('*Recent events*\n'), ...shown.map(eventLine))]
}

export const eventLine = ({ at, message, times, since }: ReturnType<typeof collapse>[number]): JsonObject =>
  section(
    date(at, '{date_short_pretty} {time}'),
    literal(`  ${cut(message, 300)}`),
    ...(times === 1 ? [] : [literal(`  (×${times} since `), date(since, '{date_short_pretty} {time}'), literal(')')]),
    literal('\n'),
  )

/**
 * The buttons. Each click starts a request or opens its form. Restart and rollback ask for confirmation, since some
 * rules need no approval.
 */
const choices = ({ detail: { service } }: Status): Block => {
  const name = fullName(service.ref)
  return buttons('offers', [
    { label: 'Logs', action: 'run:0', value: `logs ${name}` },
    { label: 'Tasks', action: 'run:1', value: `tasks ${name}` },
    ...(service.scheduling === 'DAEMON'
      ? []
      : [{ label: 'Scale', action: 'form:2', value: `scale ${name} ${service.desired}` }]),
    ...(service.controller === 'ECS'
      ? [
          {
            label: 'Restart',
            action: 'run:3',
            value: `restart ${name}`,
            confirm: confirmation(`Replace every task of ${service.ref.service}?`, 'Continue'),
          },
          {
            label: 'Rollback',
            action: 'run:4',
            value: `rollback ${name}`,
            confirm: confirmation(`Roll ${service.ref.service} back to its previous task definition?`, 'Continue'),
          },
        ]
      : []),
  ])
}

const confirmation = (text: string, yes: string): JsonObject => ({
  title: { type: 'plain_text', text: 'Request a change' },
  text: { type: 'plain_text', text: cut(`${text} Required approvals are requested first.`, 300) },
  confirm: { type: 'plain_text', text: yes },
  deny: { type: 'plain_text', text: 'Cancel' },
})
