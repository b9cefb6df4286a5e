// Renders /ecs cost compare: where a service could run, side by side, and one recommendation.

import { fullName } from '../../kit/language/target.ts'
import { buttons, context, list, plain, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { type Column, table } from '../../kit/messages/table.ts'
import { plainName, wholeName } from '../../kit/messages/text.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { splitText } from '../capacity/strategy.ts'
import { breakEven, type Choice, choicesOf, recommend } from './compare.ts'
import { sizeText } from './findings.ts'
import type { ServiceCost } from './load-service-cost.ts'
import { dollars, PRICED_AT, SPOT_PRICED_AT } from './prices.ts'

const MOST_UNREAD = 3

export const renderCompare = (state: ServiceCost): Rendered => {
  const { service, split, unread } = state
  const { ref } = service.detail.service
  const choices = choicesOf(state)
  const { text, reasons, line } = recommend(state, choices)
  const head = `*${wholeName(ref.service)}*: ${text.charAt(0).toLowerCase()}${text.slice(1)}`
  const even = breakEven(state)
  const name = fullName(ref)
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      placeLine(ref),
      richText(list(reasons)),
      table(COLUMNS, choices.map(rowOf)),
      context(
        `A month of what runs now: ${splitText(split)}, ${sizeText(service.fit)} each. List prices of ${PRICED_AT}, Spot of ${SPOT_PRICED_AT}; without discounts.`,
      ),
      ...(even === undefined ? [] : [context(even)]),
      ...unread.slice(0, MOST_UNREAD).map(words => context(`Unavailable: ${plainName(words, 250)}`)),
      buttons('offers', [
        ...(line === undefined ? [] : [{ label: 'Switch', action: 'form:0', value: line }]),
        { label: 'Capacity', action: 'run:1', value: `capacity ${name}` },
        { label: 'Cost', action: 'run:2', value: `cost ${name}` },
      ]),
    ],
  }
}

const COLUMNS: readonly Column[] = [
  { head: 'Where', isWrapped: true },
  { head: '$ a month', align: 'right' },
  { head: 'Can run' },
  { head: 'Why not, or what changes', isWrapped: true },
]

const rowOf = ({ name, usd, isEstimated, can, words }: Choice): readonly string[] => [
  name,
  usd === undefined ? (can === 'no' ? '' : 'price unknown') : `${isEstimated ? '≈ ' : ''}${dollars(usd).slice(1)}`,
  can,
  words,
]
