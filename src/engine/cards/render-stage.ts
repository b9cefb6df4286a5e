// Renders the part of a card that depends on its stage: buttons of the request, progress, temporary change, outcome.

import { fullName } from '../../kit/language/target.ts'
import { type Button, buttons, cut, date, list, preformatted, richText, section } from '../../kit/messages/markup.ts'
import { clickable, offerButton, offerButtons } from '../../kit/messages/render-refusal.ts'
import type { Offer } from '../../model/errors.ts'
import type { Json, JsonObject } from '../../model/json.ts'
import type { Block } from '../../model/ports/message.ts'
import type { Outcome, TaskResult } from '../change/outcome.ts'
import { approvedVersion, type Plan } from '../change/plan.ts'
import { holdingText, leaseButtons } from '../leases/render-leases.ts'
import { needsReview } from './asking.ts'
import { type Card, MENU, OPEN_CARD, type Stage } from './card.ts'
import { lineText } from './card-line.ts'
import { isCauseWhole } from './headline.ts'
import { nextSteps } from './next-steps.ts'
import { renderResults } from './render-results.ts'

type StageOf<Kind extends Stage['kind']> = Extract<Stage, { kind: Kind }>

export const stageBlocks = (card: Card): readonly Block[] => {
  const { plan, stage, operation } = card
  switch (stage.kind) {
    case 'preview':
      return [...effects(plan), ...offerBlocks([...requestOffer(stage), ...plan.offers])]
    case 'starting':
      return [buttonRow(operation, [detailsButton(operation)])]
    case 'waiting':
      return [decisionButtons(card)]
    case 'running':
      return [progressLine(stage), ...resultsTable(card), buttonRow(operation, runningButtons(card))]
    case 'leased':
      return [temporaryChange(stage), leaseButtons(plan, stage.lease, [detailsButton(operation)])]
    case 'granted':
      return [...shellAccess(card, stage), revokeButton(card)]
    case 'watching':
      return [watchText(card, stage), watchButtons(card)]
    case 'left':
      return [richText(section(cut(stage.text, 2_000))), ...stepsRow(card, stage.offers)]
    case 'ended':
      return [
        outcomeBlock(card, stage),
        ...resultsTable(card),
        ...stepsRow(card, nextSteps(plan, stage.outcome, operation)),
      ]
  }
}

/** A dry run has no dialog, so the message has the effects. */
const effects = ({ consequences }: Plan): readonly Block[] =>
  consequences.length === 0 ? [] : [richText(section('*Effects*'), list(consequences))]

export const resultsOf = ({ stage }: Card): readonly TaskResult[] =>
  (stage.kind === 'ended' ? stage.outcome.results : stage.kind === 'running' ? stage.results : undefined) ?? []

const resultsTable = (card: Card): readonly Block[] => {
  const results = resultsOf(card)
  return results.length === 0 ? [] : renderResults(results)
}

const offerBlocks = (offers: readonly Offer[]): readonly Block[] => {
  const shown = clickable(offers)
  return shown.length === 0 ? [] : [offerButtons(shown)]
}

/** The dry run as a request. */
const requestOffer = ({ request }: StageOf<'preview'>): readonly Offer[] =>
  request === undefined ? [] : [{ label: 'Request This', invocation: request }]

const detailsButton = (operation: string): Button => ({ label: 'Details', action: OPEN_CARD, value: operation })

const buttonRow = (operation: string, all: readonly Button[]): Block => buttons(`card:${operation}`, all)

/** The offers as buttons, and Details. */
const stepsRow = ({ operation }: Card, offers: readonly Offer[]): readonly Block[] => {
  return [buttonRow(operation, [...clickable(offers).map(offerButton), detailsButton(operation)])]
}

/**
 * Approve only where the card shows all that is approved and the risk is not high; else Review, whose dialog shows it.
 * The block's id names the version of the plan that the voter sees; earlier versions read the value alone.
 */
const decisionButtons = (card: Card): Block => {
  const { operation, plan } = card
  const isGate = plan.gate !== undefined
  const approve: Button = needsReview(card)
    ? { label: 'Review…', action: OPEN_CARD, value: operation }
    : { label: isGate ? 'Continue' : 'Approve', action: 'decide:approve', value: operation, style: 'primary' }
  const row = buttons(`decide:${operation} ${approvedVersion(plan)}`, [
    approve,
    isGate ? rollBackButton(plan) : { label: 'Reject', action: 'decide:reject', value: operation },
  ])
  return { ...row, elements: [...(row['elements'] as Json[]), menu(operation, isGate ? MENU_OF_GATE : CHOICES)] }
}

/** Runs as the person who clicks, as an operation of its own: one operator is enough. */
export const rollBackButton = ({ target, gate }: Plan): Button => ({
  label: 'Roll Back',
  action: 'run:rollback',
  value: `gate rollback ${fullName(target)} ${gate?.hookId}`,
})

type MenuChoice = readonly [string, string]
const CHOICES: readonly MenuChoice[] = [
  ['Details', 'details'],
  ['Ask Requester', 'ask'],
  ['Cancel Request', 'cancel'],
]
const MENU_OF_GATE = CHOICES.slice(0, 1)

const menu = (operation: string, choices: readonly MenuChoice[]): JsonObject => ({
  type: 'overflow',
  action_id: MENU,
  options: choices.map(([label, choice]) => ({
    text: { type: 'plain_text', text: label, emoji: false },
    value: `${choice} ${operation}`,
  })),
})

/** A progress bar of ten characters, which fits beside the text on a phone. `share`: from 0 to 1. */
const bar = (share: number): string => `${'█'.repeat(Math.round(share * 10))}${'░'.repeat(10 - Math.round(share * 10))}`

const progressLine = ({ text, share, since }: StageOf<'running'>): Block =>
  richText(section(...(share === undefined ? [] : [`${bar(share)}  `]), text, ', since ', date(since, '{time_secs}')))

/** Stop where the change can be stopped: a command, also in a task of its own, or a deployment. */
const runningButtons = ({ operation, plan }: Card): readonly Button[] => [
  ...(plan.members !== undefined || plan.calls.some(({ action }) => action === 'ExecuteCommand' || action === 'RunTask')
    ? [{ label: 'Stop', action: 'decide:stop', value: operation }]
    : []),
  ...(plan.stop === undefined ? [] : [{ label: 'Stop', action: 'run:stop', value: plan.stop }]),
  detailsButton(operation),
]

const detailsList = (details: readonly string[] = []): readonly JsonObject[] =>
  details.length === 0 ? [] : [list(details.map(detail => cut(detail, 500)))]

/** The first line of the card has the end. */
const temporaryChange = ({ lease, outcome }: StageOf<'leased'>): Block =>
  richText(
    section(
      `${outcome.text}${outcome.text === '' ? '' : '\n'}*Temporary*: ${holdingText(lease.holding)}. It is reverted at its end.`,
    ),
    ...detailsList(outcome.details),
  )

/** The first line of the card says until when. */
const shellAccess = ({ plan }: Card, { outcome }: StageOf<'granted'>): readonly Block[] => [
  richText(
    ...(plan.verbatim === undefined ? [] : [preformatted(plan.verbatim)]),
    section(`${outcome.text === '' ? '' : `${outcome.text} `}Run the command above to open a session.`),
  ),
]

const revokeButton = ({ operation }: Card): Block =>
  buttons(`grant:${operation}`, [
    { label: 'Revoke', action: 'decide:revert', value: operation },
    detailsButton(operation),
  ])

/** The first line of the card says until when; the alarms are in the dialog. */
const watchText = ({ plan }: Card, { outcome }: StageOf<'watching'>): Block =>
  richText(
    section(
      `${outcome.text}${outcome.text === '' ? '' : '\n'}Until then it ${(plan.included ?? []).map(lineText).join('; ')}.`,
    ),
    ...detailsList(outcome.details),
  )

const watchButtons = ({ operation, plan }: Card): Block =>
  buttonRow(operation, [
    { label: 'Stop Watching', action: 'decide:stop', value: operation },
    ...(plan.stop === undefined ? [] : [{ label: 'Roll Back', action: 'run:stop', value: plan.stop }]),
    detailsButton(operation),
  ])

/** The ends of requests that never began. */
const UNCHANGED: readonly Outcome['status'][] = ['stale', 'rejected', 'expired', 'cancelled']

/** What the first line of the card does not say already. */
const outcomeBlock = (card: Card, { outcome, at }: StageOf<'ended'>): Block => {
  const { details = [], links = [] } = outcome
  const text = [
    ...(isCauseWhole(card) || outcome.text === '' ? [] : [outcome.text]),
    ...(UNCHANGED.includes(outcome.status) && card.plan.gate === undefined ? ['Nothing was changed.'] : []),
  ].join(' ')
  const items = [
    ...details.map(detail => cut(detail, 500)),
    ...links.map((link): JsonObject => ({ type: 'link', url: link.url, text: cut(link.text, 200) })),
  ]
  return richText(
    section(`${text}${text === '' ? '' : ' '}`, date(at, '{date_short_pretty} {time_secs}')),
    ...(items.length === 0 ? [] : [list(items)]),
  )
}
