// Renders the card of one problem, and the shared card of many problems that occur at the same time.

import { fullName } from '../../../kit/language/target.ts'
import {
  context,
  cut,
  date,
  list,
  literal,
  plain,
  preformatted,
  richText,
  section,
  timeMark,
  withoutMarkup,
} from '../../../kit/messages/markup.ts'
import { placeLine, placeText } from '../../../kit/messages/place-line.ts'
import { offerButtons } from '../../../kit/messages/render-refusal.ts'
import { plainName, shortName } from '../../../kit/messages/text.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Offer } from '../../../model/errors.ts'
import type { JsonObject } from '../../../model/json.ts'
import type { Block, Rendered } from '../../../model/ports/message.ts'
import { tasks } from '../../../model/scaling-words.ts'
import { headline, headlineText, partsOf, servicesText, sumsOf, type View } from './headline.ts'
import { kindsOf } from './problem.ts'

export type Telling = {
  /** The most informative log lines of a task that failed, with secrets hidden. */
  readonly lines?: readonly string[]
  /** What differs from the last revision that was deployed successfully. */
  readonly difference?: string
  /** How many minutes after the beginning of the problem the card was posted; present only if the delay is long. */
  readonly lateMinutes?: number
  /** The end of the snooze, ISO 8601. Until then the card shows nothing new. */
  readonly snoozedUntil?: string
}

const MOST_LISTED = 10
const MOST_LINE = 200
const TIME = '{date_short_pretty} {time}'

export const renderProblem = (view: View, telling: Telling = {}): Rendered => {
  const { problem, refs } = view
  const [only] = refs
  const isOpen = problem.state !== 'closed'
  const offers = offersOf(view)
  return {
    text: cut(plain(withoutMarkup(headlineText(view))), 1_000),
    blocks: [
      richText({ type: 'rich_text_section', elements: [...headline(view)] }),
      ...(only === undefined ? [] : [refs.length === 1 ? placeLine(only) : context(placesText(refs))]),
      ...(refs.length > 1 ? [servicesList(view)] : []),
      timesOf(view),
      ...(isOpen ? detailsOf(view) : []),
      ...(isOpen && telling.difference !== undefined ? [context(telling.difference)] : []),
      ...(isOpen ? linesOf(view, telling.lines ?? []) : []),
      ...notesOf(view, telling).map(note => context(note)),
      ...(offers.length === 0 ? [] : [offerButtons(offers)]),
    ],
  }
}

const placesText = (refs: readonly ServiceRef[]): string => {
  const places = [...new Set(refs.map(placeText))]
  return `${places.slice(0, 3).join('; ')}${places.length > 3 ? ` and ${places.length - 3} more` : ''}`
}

const servicesList = ({ problem, refs }: View): Block => {
  const shown = refs.slice(0, MOST_LISTED)
  const more = refs.length - shown.length + (problem.more ?? 0)
  return richText(
    list(
      shown.map(ref => ({
        ...literal(
          `${shortName(ref.service)} · ${plainName(ref.cluster, 40)}${ofTasks(problem.parts[ref.arn]?.tasks)}`,
        ),
      })),
    ),
    ...(more > 0 ? [section(literal(`and ${servicesText(more)} more`))] : []),
  )
}

const ofTasks = (count = 0): string => (count === 0 ? '' : ` · ${tasks(count)}`)

const timesOf = (view: View): Block => {
  const { first, last } = sumsOf(view)
  const isOne = first.slice(0, 16) === last.slice(0, 16)
  return richText(
    section(
      literal(isOne ? 'At ' : 'First '),
      date(first, TIME),
      ...(isOne ? [] : [literal(', last '), date(last, TIME)]),
    ),
  )
}

/** The blocks with the sentence about the cause and the next step. */
const detailsOf = (view: View): readonly Block[] => {
  const part = partsOf(view).find(({ detail }) => detail !== undefined)
  if (part?.detail === undefined) return []
  return [
    context(plainName(withoutMarkup(part.detail), 280)),
    ...(part.nextStep === undefined ? [] : [context(`Next: ${plain(part.nextStep)}`)]),
  ]
}

const linesOf = (view: View, lines: readonly string[]): readonly Block[] => {
  const failed = partsOf(view).find(part => part.failed !== undefined)?.failed
  if (lines.length === 0 || failed === undefined) return []
  const text = lines.map(line => cut(line.replace(/\s+/g, ' ').trim(), MOST_LINE)).join('\n')
  return [
    context(`Last lines of ${plainName(failed.container ?? 'the task', 80)} in ${failed.id.slice(0, 8)}`),
    richText(preformatted(text)),
  ]
}

const notesOf = ({ problem }: View, { lateMinutes, snoozedUntil }: Telling): readonly string[] => [
  ...(problem.isLate ? ['Some of its events arrived late.'] : []),
  ...(lateMinutes === undefined ? [] : [`Posted ${lateMinutes} min after it began.`]),
  ...(snoozedUntil === undefined ? [] : [`Snoozed until ${timeMark(snoozedUntil)}.`]),
]

/** The buttons for the cause of the problem, at most five. */
const offersOf = (view: View): readonly Offer[] => {
  const { problem, refs } = view
  const [first] = refs
  if (first === undefined) return []
  const name = fullName(first)
  const kinds = kindsOf(
    problem,
    refs.map(({ arn }) => arn),
  )
  const isOne = refs.length === 1
  const hasFailed = isOne && partsOf(view).some(part => part.failed !== undefined)
  const is = (...some: readonly string[]): boolean => kinds.some(kind => some.includes(kind))
  const all: readonly (Offer | false)[] = [
    hasFailed && { label: 'Logs', invocation: `logs ${name} --previous` },
    isOne && { label: 'Why', invocation: `why ${name}` },
    !isOne && { label: 'Status', invocation: `status ${name}` },
    problem.state === 'closed'
      ? false
      : is('spot') && { label: 'All On Demand', invocation: `capacity escape ${name} --for 4h` },
    problem.state !== 'closed' &&
      isOne &&
      is('crash', 'memory', 'start', 'deployment', 'pull') && {
        label: 'Roll Back',
        invocation: `rollback ${name}`,
      },
    problem.state !== 'closed' && isOne && { label: 'Open Incident', invocation: `incident open ${name}` },
    problem.state !== 'closed' && { label: 'Snooze', invocation: `snooze ${problem.id}` },
    isOne && is('memory', 'alarm') && { label: 'Show Chart', invocation: `status ${name} --chart` },
  ]
  return all.filter(offer => offer !== false).slice(0, 5)
}

const MOST_BUNDLED = 20

/** Renders many problems in one message, one line each. */
export const renderBundle = (views: readonly View[]): Rendered => {
  const open = views.filter(({ problem }) => problem.state !== 'closed')
  const isOver = open.length === 0
  const shown = [...open, ...views.filter(view => !open.includes(view))].slice(0, MOST_BUNDLED)
  const head = isOver
    ? `✅ ${views.length} more problems are over`
    : `❌ ${open.length} more ${open.length === 1 ? 'problem' : 'problems'} in this channel’s services`
  const [first] = open[0]?.refs ?? []
  return {
    text: head,
    blocks: [
      richText(section(bolded(head))),
      richText(list(shown.map(view => literal(cut(headlineText(view), 150))))),
      ...(views.length > shown.length ? [context(`and ${views.length - shown.length} more`)] : []),
      ...(first === undefined ? [] : [offerButtons([{ label: 'Services', invocation: `services ${first.account}` }])]),
    ],
  }
}

const bolded = (text: string): JsonObject => ({ type: 'text', text, style: { bold: true } })

/** Renders more log lines of the same task, for the thread of the card. */
export const renderMoreLines = (lines: readonly string[], task: string): Rendered => ({
  text: `The last ${lines.length} log lines of ${task.slice(0, 8)}`,
  blocks: [
    context(`The last ${lines.length} log lines of ${task.slice(0, 8)}`),
    richText(preformatted(cut(lines.map(line => cut(line, 300)).join('\n'), 9_000))),
  ],
})
