// The first line of a card: state, account and title. It is also the text of the notification.

import { cut, date, plain, withoutMarkup } from '../../kit/messages/markup.ts'
import { cutMiddle } from '../../kit/messages/text.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Outcome } from '../change/outcome.ts'
import type { Risk } from '../change/plan.ts'
import type { Card } from './card.ts'
import { placeOf } from './place-of.ts'

const RISKS: Readonly<Record<Risk['level'], string>> = {
  low: '🟢 Low risk',
  medium: '🟠 Medium risk',
  high: '🔴 High risk',
}

/** How each request ends. Each state is a word beside a sign. */
const ENDS: Readonly<Record<Outcome['status'], string>> = {
  done: '✅ Done',
  failed: '❌ Failed',
  superseded: '⚪ Replaced',
  blocked: '⏸ Blocked',
  unknown: '⚠️ Unknown',
  stale: '⚪ Out of date',
  rejected: '🚫 Rejected',
  expired: '⌛ Expired',
  cancelled: '⚪ Cancelled',
  reverted: '↩️ Reverted',
  kept: '📌 Kept',
  left: '⚠️ Not reverted',
}

/** How a watch ends. */
const WATCHES: Readonly<Record<NonNullable<Outcome['watch']>, string>> = {
  watched: '✅ Watched',
  'watch stopped': '✅ Watch stopped',
  'watch lost': '⚠️ Watch lost',
  'rolled back': '❌ Rolled back',
  'not rolled back': '❌ Not rolled back',
}

const stateOf = (card: Card): string => {
  const { stage, plan, decision, isBreakGlass } = card
  const risk = RISKS[plan.risk.level]
  switch (stage.kind) {
    case 'preview':
      return `Dry run · ${risk}`
    case 'waiting':
      return plan.gate === undefined ? risk : risk.replace(/^\S+/, '⏸')
    case 'starting':
      return decision === undefined && !isBreakGlass ? `⏳ Starting · ${risk}` : '⏳ Starting'
    case 'running':
      return '⏳ Running'
    case 'leased':
      return stage.outcome.status === 'done' ? '✅ Temporary' : `${ENDS[stage.outcome.status]}, temporary`
    case 'granted':
      return '✅ Shell access open'
    case 'watching':
      return '✅ Watching'
    case 'left':
      return '⚠️ Not reverted'
    case 'ended':
      if (stage.outcome.isStopped === true) return '⏹ Stopped'
      if (stage.outcome.watch !== undefined) return WATCHES[stage.outcome.watch]
      return plan.gate !== undefined && stage.outcome.status === 'superseded' ? '⚪ Closed' : ENDS[stage.outcome.status]
  }
}

/** The first words of titles in the past tense. */
const PAST: Readonly<Record<string, string>> = {
  Scale: 'Scaled',
  Restart: 'Restarted',
  Roll: 'Rolled',
  Stop: 'Stopped',
  Suspend: 'Suspended',
  Resume: 'Resumed',
  Extend: 'Extended',
  Make: 'Made',
  Run: 'Ran',
  Turn: 'Turned',
  Terminate: 'Terminated',
  Give: 'Gave',
  Schedule: 'Scheduled',
  Delete: 'Deleted',
  Create: 'Created',
  Promote: 'Promoted',
  Pause: 'Paused',
  Start: 'Started',
  Finish: 'Finished',
  Send: 'Sent',
  Keep: 'Kept',
  Continue: 'Continued',
}

const pastOf = (title: string): string =>
  title.replace(/^\w+/, word => PAST[word] ?? word).replace(/ and suspend autoscaling$/, ' and suspended autoscaling')

/** A name longer than this is cut in the middle. */
const MOST_NAME = 28

const shortNames = (title: string): string =>
  title.replace(/\*([^*\n]+)\*/g, (_, name: string) => `*${cutMiddle(name, MOST_NAME)}*`)

/** Whether a name of the title is cut: two names can have the same beginning and end. */
export const hasCutName = ({ plan: { title } }: Card): boolean => shortNames(title) !== title

/** `*` is the only markup of titles. Card headlines are bold throughout. */
const unmarked = (title: string): string => title.replaceAll('*', '')

/** The cause on the first line. More of it follows in the outcome. */
const MOST_CAUSE = 120

/** Whether the first line has all of the outcome's text. */
export const isCauseWhole = ({ stage }: Card): boolean =>
  stage.kind === 'ended' &&
  stage.outcome.status !== 'done' &&
  !stage.outcome.text.includes('\n') &&
  stage.outcome.text.length <= MOST_CAUSE

const endOf = ({ stage }: Card): string => {
  if (stage.kind !== 'ended') return ''
  const { status, text, since, isStopped } = stage.outcome
  const [cause = ''] = text.replace(isStopped === true ? /^Stopped / : /^$/, '').split('\n')
  if (status !== 'done') return cause === '' ? '' : `: ${cut(withoutMarkup(cause).replace(/[:.]$/, ''), MOST_CAUSE)}`
  return since === undefined || stage.outcome.watch !== undefined
    ? ''
    : ` in ${secondsText(Date.parse(stage.at) - Date.parse(since))}`
}

/** Durations as `44 s`, `12 min`, `3 h`. */
const secondsText = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

const isOver = ({ stage }: Card): boolean =>
  stage.kind === 'leased' || (stage.kind === 'ended' && ['done', 'reverted', 'kept'].includes(stage.outcome.status))

/** A gate asks a question: `Gate: send traffic to orders-api v42?` */
const asked = ({ plan, stage }: Card, title: string): string => {
  if (plan.gate?.action !== 'CONTINUE' || stage.kind === 'running') return title
  const mark = stage.kind === 'ended' ? '' : '?'
  return `Gate: ${title.charAt(0).toLowerCase()}${title.slice(1)}${mark}`
}

const wordsOf = (card: Card, title: string): string =>
  `${stateOf(card)} · ${placeOf(card.plan).account} · ${isOver(card) ? pastOf(title) : asked(card, title)}${endOf(card)}`

/** Names of more than 28 characters are cut. The numbers and the account never are. */
export const headlineText = (card: Card): string => unmarked(wordsOf(card, shortNames(card.plan.title)))

/** With full names. */
export const fullHeadlineText = (card: Card): string => unmarked(wordsOf(card, card.plan.title))

export const headlineElements = (card: Card): readonly JsonObject[] => [
  { type: 'text', text: headlineText(card), style: { bold: true } },
  ...(card.stage.kind === 'leased' ? untilElements(card.stage.lease.until) : []),
  ...(card.stage.kind === 'granted' || card.stage.kind === 'watching' ? untilElements(card.stage.until) : []),
]

const untilElements = (until: string): readonly JsonObject[] => [
  { type: 'text', text: ' until ', style: { bold: true } },
  date(until, '{date_short_pretty} {time}'),
]

/** Who asks. Nobody asked for a gate: somebody deployed. */
export const askedBy = ({ plan: { gate }, requester }: Pick<Card, 'plan' | 'requester'>): string =>
  gate === undefined || gate.action === 'ROLLBACK' ? `requested by ${requester.name}` : `started by ${gate.by}`

/** The text of the notification: the same line, and who asks. */
export const notificationText = (card: Card): string => {
  return cut(plain(`${headlineText(card)}, ${askedBy(card)}`), 3_000)
}
