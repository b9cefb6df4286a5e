// Renders /ecs cost for a place: one row a service, the greatest saving first.

import { fullName } from '../../kit/language/target.ts'
import { context, cut, plain, richText, section } from '../../kit/messages/markup.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import { type Column, table } from '../../kit/messages/table.ts'
import { countWords, plainName, wholeName } from '../../kit/messages/text.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import { moneyText, type NotEnrolled, totalText } from './findings.ts'
import { type CostView, PAGE, type Shown } from './load-findings.ts'
import { pictureOf } from './picture-findings.ts'
import { PRICED_AT, SPOT_PRICED_AT } from './prices.ts'

const MOST_BUTTONS = 4
const MOST_UNREAD = 3
/** Characters of a name in a cell. */
const MOST_NAME = 70

export const renderFindings = (view: CostView): Rendered => {
  const head = headOf(view)
  const { page } = view
  return {
    text: plain(head),
    ...pictureOf(view),
    blocks: [
      richText(section(head)),
      ...(page.length === 0 ? [] : [table(COLUMNS, page.map(rowOf))]),
      ...notesOf(view).map(context),
      ...choices(view),
    ],
  }
}

const COLUMNS: readonly Column[] = [
  { head: 'Service', isWrapped: true },
  { head: 'Saves a month', align: 'right' },
  { head: 'What', isWrapped: true },
  { head: 'Risk', isWrapped: true },
  { head: 'Effort' },
  { head: 'Owner' },
]

const rowOf = ({ ref, saving, what, is, snooze, risk, effort, owner = '' }: Shown): readonly string[] => [
  cut(fullName(ref), MOST_NAME),
  saving === undefined ? '' : moneyText(saving.money),
  `${what}${is === 'current' ? '' : ` (${is})`}${snooze === 'over' ? ' (snooze is over)' : ''}`,
  risk,
  effort,
  cut(owner.replace(/\s+/g, ' '), 30),
]

const headOf = ({ name, findings, only, services, notEnrolled, unread }: CostView): string => {
  const place = `*${wholeName(name)}*`
  if (findings.length === 0) {
    const isPartial = notEnrolled.length > 0 || unread.length > 0
    return `${place}: no ${only === undefined ? '' : `${only} `}savings found${isPartial ? ' in what could be read' : ''}`
  }
  const before = totalText(findings, ({ saving }) => saving)
  const after = totalText(findings, ({ savingAfter }) => savingAfter)
  const saves = before === undefined ? '' : `: about *${before} a month*`
  const discounted = after === undefined || after === before ? '' : `, ${after} after discounts`
  return `${place}: ${countWords(findings.length)} of ${countWords(services)} services could cost less${saves}${discounted}`
}

const notesOf = (view: CostView): readonly string[] => {
  const { only, services, analysed, gone, snoozed, notEnrolled, unread, before, left, page } = view
  const isEstimate = only === 'spot' || only === 'graviton'
  const stale = page.filter(({ is }) => is === 'out of date').length
  const without = services - analysed
  return [
    ...(before + left === 0
      ? []
      : [`Page ${before / PAGE + 1}, the greatest saving first; ${countWords(left)} more behind it`]),
    isEstimate
      ? `Estimated for the tasks that run now: list prices of ${PRICED_AT}, Spot of ${SPOT_PRICED_AT}. A row is not added to another finding.`
      : 'Source: AWS Compute Optimizer, refreshed daily. One row a service: savings of one service are never added up.',
    ...(stale === 0 ? [] : ['Out of date: another revision runs than the one that was analysed. Wait a day.']),
    ...(isEstimate || without === 0
      ? []
      : [
          `${without === 1 ? 'One service has' : `${countWords(without)} services have`} no advice: /ecs cost with the name of one says why.`,
        ]),
    ...(snoozed === 0
      ? []
      : [
          `Left out: ${snoozed === 1 ? 'one snoozed finding' : `${countWords(snoozed)} snoozed findings`}. /ecs cost with the name of a service shows its own.`,
        ]),
    ...(gone === 0
      ? []
      : [
          `Left out: ${gone === 1 ? 'one finding about a service that is' : `${countWords(gone)} findings about services that are`} gone.`,
        ]),
    ...notEnrolled.slice(0, MOST_UNREAD).map(enrolText),
    ...(unread.length === 0
      ? []
      : [`Incomplete: ${unread.length === 1 ? 'one read' : `${countWords(unread.length)} reads`} failed.`]),
    ...unread.slice(0, MOST_UNREAD).map(text => `Unavailable: ${text}`),
  ]
}

/** What is missing in an account that is not enrolled, and how to opt in. */
export const enrolText = ({ account, accountId, status, reason }: NotEnrolled): string => {
  const name = `${account} (${accountId})`
  if (status === 'Pending')
    return `${name}: Compute Optimizer is being set up. The first findings come within 24 hours.`
  const why = reason === undefined ? '' : `: ${plainName(reason, 80)}`
  const state =
    status === 'Failed' ? `the opt-in to Compute Optimizer failed${why}` : 'not opted in to Compute Optimizer'
  return `${name}: ${state}. An administrator opts in: aws compute-optimizer update-enrollment-status --status Active`
}

const choices = ({ page, next, left, narrower }: CostView): readonly Block[] => {
  const known = page.filter(({ is }) => is !== 'gone').slice(0, MOST_BUTTONS)
  const offers = [
    ...known.map(({ ref }) => ({ label: ref.service, invocation: `cost ${fullName(ref)}` })),
    ...(next === undefined ? [] : [{ label: `Next ${Math.min(left, PAGE)}`, invocation: next }]),
    ...narrower,
  ]
  return offers.length === 0 ? [] : [offerButtons(offers)]
}
