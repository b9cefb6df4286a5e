// Renders /ecs why: the verdict, then the changes, the newest first, one line each.

import { fullName } from '../../kit/language/target.ts'
import { context, cut, date, firstThatFit, literal, plain, richText } from '../../kit/messages/markup.ts'
import { linesOfElements } from '../../kit/messages/phone.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import type { Cause } from './causes.ts'
import { type Change, lastOf, type Who } from './change.ts'
import type { Why } from './load-why.ts'
import { whyPictures } from './why-picture.ts'
import { chain, timeFormat, verdictOf } from './why-verdict.ts'

/** The maximum number of lines of the list on a phone. The verdict, notes and buttons need the rest of the screen. */
const MOST_LINES = 16
/** The maximum number of changes of one cause that are shown on a phone. */
const MOST_OF_CAUSE = 4
const LONGEST = 130
const LONGEST_OF_ALL = 400
const MOST_UNREAD = 3

type Options = { readonly all?: true | undefined; readonly share?: true | undefined }

export const renderWhy = (state: Why, { all, share }: Options = {}): Rendered => {
  const { ref, causes, asking, health } = state
  const verdict = verdictOf(state)
  const view: View = {
    isAll: all === true,
    isShared: share === true,
    now: state.now,
    time: timeFormat(asking),
    head: verdict.cause,
  }
  const { lines, shown } = view.isAll ? allLines(causes, view) : firstLines(causes, view)
  const left = state.count - shown
  const concerns = asking.isPast || causes.length === 0 ? [] : health.concerns.slice(0, 3)
  const pictures = whyPictures(state)
  return {
    text: plain(textOf(verdict.parts)),
    ...(pictures.length > 0 && { pictures }),
    blocks: [
      richText({ type: 'rich_text_section', elements: [...verdict.parts] }),
      placeLine(ref),
      ...(concerns.length === 0 ? [] : [context(`Now: ${concerns.map(one => plainName(one, 150)).join('; ')}`)]),
      ...(lines.length === 0 ? [] : [richText(...lines)]),
      ...notesOf(state, left, view),
      offerButtons([
        ...(left > 0 && !view.isAll ? [{ label: 'Show All', invocation: state.all }] : []),
        { label: 'Status', invocation: `status ${fullName(ref)}` },
        { label: 'Logs', invocation: `logs ${fullName(ref)}` },
        { label: 'Deployments', invocation: `deployments ${fullName(ref)}` },
      ]),
    ],
  }
}

type View = {
  readonly isAll: boolean
  readonly isShared: boolean
  readonly now: string
  readonly time: string
  /** The cause that the first line shows. */
  readonly head: Cause | undefined
}

type Lines = { readonly lines: readonly JsonObject[]; readonly shown: number }

/** The causes that fit on a phone, at least one. */
const firstLines = (causes: readonly Cause[], view: View): Lines => {
  const lines: JsonObject[] = []
  let height = 0
  let shown = 0
  for (const cause of causes) {
    const added = linesOf(cause, view)
    const more = added.lines.reduce((sum, { elements }) => sum + linesOfElements(asParts(elements)), 0)
    if (lines.length > 0 && height + more > MOST_LINES) break
    lines.push(...added.lines)
    height += more
    shown += added.shown
  }
  return { lines, shown }
}

const asParts = (elements: unknown): readonly JsonObject[] => (Array.isArray(elements) ? elements : [])

const MOST_CHARACTERS = 18_000

const allLines = (causes: readonly Cause[], view: View): Lines => {
  const each = causes.flatMap(cause => {
    const { lines, shown } = linesOf(cause, view)
    const heads = lines.length - cause.changes.length
    return lines.map((line, nth) => ({ line, shown: nth < heads ? 0 : lines.length === 1 ? shown : 1 }))
  })
  const lines = firstThatFit(
    each.map(({ line }) => line),
    MOST_CHARACTERS,
  )
  return { lines, shown: each.slice(0, lines.length).reduce((sum, one) => sum + one.shown, 0) }
}

const linesOf = (cause: Cause, view: View): Lines => {
  const [only, ...others] = cause.changes
  if (others.length === 0) return { lines: [lineOf(only, view, cause.times)], shown: cause.times }
  const changes = cause.changes.toReversed()
  const shown = view.isAll ? changes : changes.slice(0, MOST_OF_CAUSE)
  const head = cause === view.head ? [] : [sectionOf([...bold(chain(cause, view.time)), literal('\n')])]
  return { lines: [...head, ...shown.map(change => lineOf(change, view))], shown: shown.length }
}

const bold = (parts: readonly JsonObject[]): readonly JsonObject[] => [
  ...parts.map(part => (part['type'] === 'text' ? { ...part, style: { bold: true } } : part)),
]

const sectionOf = (elements: readonly JsonObject[]): JsonObject => ({
  type: 'rich_text_section',
  elements: [...elements],
})

const lineOf = (change: Change, view: View, times = 1): JsonObject => {
  const { at, what, who, link, isBad } = change
  const last = lastOf(change)
  const isSpan = last.slice(0, 16) !== at.slice(0, 16)
  return sectionOf([
    date(last, view.time),
    ...(times > 1 || isSpan ? [literal(`, ${times > 1 ? `${times} × ` : ''}since `), date(at, view.time)] : []),
    literal(`  ${isBad ? '❌ ' : ''}${cut(what, view.isAll ? LONGEST_OF_ALL : LONGEST)} · `),
    ...whoParts(who, change, view),
    ...(link === undefined ? [] : [literal(' · '), { type: 'link', text: link.text, url: link.url }]),
    literal('\n'),
  ])
}

/** CloudTrail delivers most events within this time (CloudTrail user guide, "How CloudTrail works"). */
const LATE_MS = 15 * 60_000

const isLate = ({ at }: Change, { now }: View): boolean => Date.parse(now) - Date.parse(at) < LATE_MS

/**
 * Who made a change, as elements of a message. A shared answer shows Slack ids instead of mentions, because mentions
 * would notify people.
 */
const whoParts = (who: Who, change: Change, view: View): readonly JsonObject[] => {
  if (who.kind === 'unknown') return [literal(isLate(change, view) ? 'who: not known yet' : 'who: unknown')]
  if (who.kind !== 'person') return [literal(plainName(who.name, 80))]
  const approvers = who.approvers.flatMap((user, nth) => [
    literal(nth === 0 ? ', approved by ' : ', '),
    view.isShared ? literal(user) : { type: 'user', user_id: user },
  ])
  return [
    literal(`${plainName(who.name, 60)} with Quarterdeck${who.isBreakGlass ? ', breaking glass' : ''}`),
    ...approvers,
  ]
}

const ACTION_LOGS = {
  off: 'ECS Action Logs are off for this cluster.',
  elsewhere: 'ECS Action Logs of this cluster go to no log group, so they are not read.',
  silent: 'ECS Action Logs are on, and have nothing for this time. Lines can be late or lost.',
  on: undefined,
} as const

const notesOf = (state: Why, left: number, view: View): readonly Block[] => {
  const { actionLog, unread, causes } = state
  const late = causes.some(({ changes }) => changes.some(one => one.who.kind === 'unknown' && isLate(one, view)))
  const logs = actionLog === undefined ? undefined : ACTION_LOGS[actionLog]
  const notes = [
    ...(left > 0
      ? [
          `${left} ${left === 1 ? 'change is' : 'changes are'} not shown${view.isAll ? '; narrow it by --since and --at' : ''}.`,
        ]
      : []),
    ...unread.slice(0, MOST_UNREAD).map(words => `Unavailable: ${words}`),
    ...(unread.length > MOST_UNREAD ? [`and ${unread.length - MOST_UNREAD} more that could not be read`] : []),
    ...(late ? ['CloudTrail is up to 15 min late.'] : []),
    ...(logs === undefined ? [] : [logs]),
  ]
  return notes.map(note => context(note))
}

const textOf = (parts: readonly JsonObject[]): string =>
  parts
    .map(({ text, fallback }) => (typeof text === 'string' ? text : typeof fallback === 'string' ? fallback : ''))
    .join('')
