// Renders /ecs gates: which deployments wait, for how long, and what happens without an answer.

import { withoutAnswer } from '../../../engine/cards/asking.ts'
import { OPEN_CARD } from '../../../engine/cards/card.ts'
import { fullName } from '../../../kit/language/target.ts'
import { buttons, context, plain, richText, section } from '../../../kit/messages/markup.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { Block, Rendered } from '../../../model/ports/message.ts'
import { type ListedGate, MOST_LISTED, type OpenGates } from './load-gates.ts'

export const renderGates = ({ gates, all, now }: OpenGates): Rendered => {
  const head =
    all === 0
      ? 'No deployment waits at a gate'
      : `*${all}* ${all === 1 ? 'deployment waits' : 'deployments wait'} at a gate`
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      ...gates.flatMap(gate => gateBlocks(gate, now)),
      ...(all > MOST_LISTED ? [context(`and ${all - MOST_LISTED} more, which end later`)] : []),
      ...(all === 0 ? [context('A deployment with a PAUSE hook asks for approval by itself.')] : []),
    ],
  }
}

const gateBlocks = ({ operation, title, target, gate, state }: ListedGate, now: string): readonly Block[] => [
  richText(
    section(`*${plainName(title)}* · ${leftText(gate.expiresAt, now)}\n`),
    section(
      `${fullName(target)} · ${plainName(gate.by)}\n${state === 'waiting' ? withoutAnswer(gate) : state === 'unread' ? 'Its state could not be read' : state}`,
    ),
  ),
  buttons(`open:${operation}`, [{ label: 'Open', action: OPEN_CARD, value: operation }]),
]

const leftText = (expiresAt: string, now: string): string => {
  const minutes = Math.max(0, Math.floor((Date.parse(expiresAt) - Date.parse(now)) / 60_000))
  return minutes < 120 ? `${minutes} min left` : `${Math.floor(minutes / 60)} h left`
}
