// The text of a card until its change runs: what will happen, where and for whom, what it costs, the service now, the
// way back, and the votes. It fits a phone: see layout.ts. Everything else is in the dialog of the card.

import { elements, literal, richText, timeMark } from '../../kit/messages/markup.ts'
import { LINE_CHARACTERS, linesOfText } from '../../kit/messages/phone.ts'
import { cutEnd, cutMiddle } from '../../kit/messages/text.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Block } from '../../model/ports/message.ts'
import { nowText } from '../change/now.ts'
import type { Line, Plan, PlannedGate } from '../change/plan.ts'
import type { Card } from './card.ts'
import { lineText } from './card-line.ts'
import { hasCutName, headlineElements } from './headline.ts'
import { isShownWhole, layOut, type Part, type PartName, variantsOf } from './layout.ts'
import { placeOf } from './place-of.ts'
import { votesVariants } from './render-votes.ts'

/** Slack indents lists and code. */
const INDENTED_CHARACTERS = LINE_CHARACTERS - 2
const LOSSES = ['loss 1', 'loss 2', 'loss 3'] as const

export const askingBlocks = (card: Card): readonly Block[] => {
  const chosen = layOut(partsOf(card))
  const found = (names: readonly PartName[]) =>
    names.flatMap(name => (chosen.has(name) ? [chosen.get(name) ?? []] : []))
  const [command] = found(['command'])
  const losses = found(LOSSES)
  return [
    richText(
      sectionOf(found(['headline', 'where'])),
      ...(command === undefined ? [] : [{ type: 'rich_text_preformatted', elements: command }]),
      ...(losses.length === 0 ? [] : [bullets(losses)]),
    ),
    ...blockOf(found(['warning', 'now', 'undo', 'included', 'others'])),
    ...blockOf(found(['votes'])),
  ]
}

const bullets = (items: readonly (readonly JsonObject[])[]): JsonObject => ({
  type: 'rich_text_list',
  style: 'bullet',
  elements: items.map(item => ({ type: 'rich_text_section', elements: item })),
})

const sectionOf = (lines: readonly (readonly JsonObject[])[]): JsonObject => ({
  type: 'rich_text_section',
  elements: lines.flatMap((line, at) => (at === 0 ? line : [literal('\n'), ...line])),
})

const blockOf = (lines: readonly (readonly JsonObject[])[]): readonly Block[] =>
  lines.length === 0 ? [] : [richText(sectionOf(lines))]

const partsOf = (card: Card): readonly Part[] => {
  const { plan, stage } = card
  const { warnings = [], included = [], openRequests = 0, undo = 'see Details' } = plan
  const command = commandOf(plan)
  return [
    { name: 'headline', variants: [headlineElements(card)] },
    { name: 'where', variants: variantsOf(whereElements(card), 3, 2) },
    ...(command === undefined ? [] : [commandPart(command)]),
    ...lossParts(plan),
    ...(warnings.length === 0 ? [] : [wholePart('warning', elements(`⚠️ ${warnings.join(' ')}`), 3, 1)]),
    { name: 'now', variants: variantsOf(labelled('Now', nowLine(plan)), 3, 1) },
    wholePart(
      'undo',
      plan.gate === undefined ? labelled('Undo', undo) : elements(withoutAnswer(plan.gate)),
      2,
      plan.gate === undefined ? 1 : 2,
    ),
    ...(included.length === 0
      ? []
      : [wholePart('included', labelled('Included', included.map(lineText).join('; ')), 3, 1)]),
    ...(openRequests === 0 ? [] : [othersPart(openRequests, plan.members !== undefined)]),
    ...(stage.kind === 'waiting' ? [{ name: 'votes' as const, variants: votesVariants(stage.approval) }] : []),
  ]
}

const wholePart = (
  name: PartName,
  whole: readonly JsonObject[],
  most: number,
  least: number,
  perLine: number = LINE_CHARACTERS,
): Part => ({ name, variants: variantsOf(whole, most, least, perLine), perLine, whole })

const othersPart = (count: number, isSet: boolean): Part => ({
  name: 'others',
  variants: variantsOf(elements(othersText(count, isSet)), 1, 0),
})

const MOST_COMMAND_LINES = 4

/** The whole command, or both of its ends: padding hides neither. */
const commandPart = (command: string): Part => {
  const whole = [literal(command)]
  const cut = (lines: number) => [literal(cutMiddle(command.replace(/\s+/g, ' '), lines * INDENTED_CHARACTERS - 2))]
  const fits = linesOfText(command, INDENTED_CHARACTERS) <= MOST_COMMAND_LINES
  return {
    name: 'command',
    variants: [...(fits ? [whole] : []), cut(3), cut(2), cut(1)],
    perLine: INDENTED_CHARACTERS,
    whole,
  }
}

/** The command of a plan; a granted session's command is of use only once it is granted. */
const commandOf = ({ verbatim, grant }: Plan): string | undefined => (grant === undefined ? verbatim : undefined)

/** The losses; in plans that earlier versions stored, the reasons of the risk. */
export const lossesOf = ({ losses, risk, consequences }: Plan): readonly Line[] =>
  losses ?? [...risk.reasons, ...consequences]

const lossParts = (plan: Plan): readonly Part[] =>
  lossesOf(plan)
    .slice(0, LOSSES.length)
    .map((loss, at) =>
      wholePart(LOSSES[at] ?? 'loss 3', elements(lineText(loss)), 2, at === 0 ? 1 : 0, INDENTED_CHARACTERS),
    )

const labelled = (label: string, words: string): readonly JsonObject[] => [
  { type: 'text', text: `${label}: `, style: { bold: true } },
  ...elements(words),
]

export const nowLine = ({ now, cost }: Plan): string =>
  `${now === undefined ? 'unknown' : nowText(now)}${cost === undefined ? '' : `. ${cost}`}`

/** What happens to a gate that nobody answers. */
export const withoutAnswer = ({ expiresAt, onTimeout, action }: PlannedGate): string =>
  action === 'ROLLBACK'
    ? 'The new version can be deployed again'
    : onTimeout === 'CONTINUE'
      ? `⚠️ No answer by ${timeMark(expiresAt)}: goes live unapproved`
      : `No answer by ${timeMark(expiresAt)}: ECS rolls back`

const othersText = (count: number, isSet: boolean): string =>
  `${count} other open ${count === 1 ? 'request' : 'requests'} on ${isSet ? 'these services' : 'this service'}`

const MOST_CLUSTER = 20
const MOST_REQUESTER = 20
const MOST_REASON = 60

const shortCluster = (plan: Plan): string => cutMiddle(placeOf(plan).cluster, MOST_CLUSTER)

const MOST_DEPLOYER = 70

const whoAsks = ({ gate }: Plan, requester: string): string =>
  gate === undefined || gate.action === 'ROLLBACK'
    ? `@${cutEnd(requester, MOST_REQUESTER)}`
    : cutEnd(gate.by, MOST_DEPLOYER)

/** Cluster, region, who asks, and the beginning of the reason. */
const whereElements = ({ plan, requester, reason, isBreakGlass }: Card): readonly JsonObject[] => [
  literal(`${shortCluster(plan)} · ${placeOf(plan).region} · ${whoAsks(plan, requester.name)}`),
  ...(isBreakGlass === true ? [{ type: 'text', text: ' breaks glass', style: { bold: true } }] : []),
  ...(reason === undefined ? [] : [literal(` “${cutEnd(reason.replace(/\s+/g, ' '), MOST_REASON)}”`)]),
]

/** The number of images that a card names. */
const MOST_IMAGES = 2

/**
 * Whether the request is approved in the dialog only: its risk is high, or the card cannot show all that is approved:
 * whole names, the command, all changed images, all losses, warnings, the way back and what is included.
 */
export const needsReview = (card: Card): boolean => {
  const { plan } = card
  if (plan.members !== undefined) return true
  if (plan.risk.level === 'high' || hasCutName(card) || plan.target.cluster !== shortCluster(plan)) return true
  if (plan.changes.filter(({ what }) => what.startsWith('Image of ')).length > MOST_IMAGES) return true
  const losses = lossesOf(plan)
  const isCut = [...losses, ...(plan.included ?? [])].some(line => typeof line !== 'string')
  return isCut || losses.length > LOSSES.length || !isShownWhole(partsOf(card))
}
