// The exact command, the images and the settings of a plan: the beginning on the card, all of it under "Details".

import { list, literal, richText, section } from '../../kit/messages/markup.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Block } from '../../model/ports/message.ts'
import type { Plan } from './plan.ts'

/** Slack folds long blocks: above this, a command is under "Details", and the card shows both ends. Characters. */
const LONG = 300
const END = 120

/** The command that opens a granted session is copied from the card, so it stays whole. */
const isLong = ({ verbatim = '', grant }: Plan): boolean => grant === undefined && verbatim.length > LONG

const preformatted = (text: string): JsonObject => ({ type: 'rich_text_preformatted', elements: [literal(text)] })

/** The command, or its length and both ends. */
export const verbatimParts = (plan: Plan): readonly JsonObject[] => {
  const { verbatim } = plan
  if (verbatim === undefined) return []
  if (!isLong(plan)) return [preformatted(verbatim)]
  return [
    section(
      `The command has ${verbatim.length.toLocaleString('en')} characters: its beginning and its end. *Details* below has all of it.`,
    ),
    preformatted(verbatim.slice(0, END).replace(/[\ud800-\udbff]$/, '')),
    section('…'),
    preformatted(verbatim.slice(-END).replace(/^[\udc00-\udfff]/, '')),
  ]
}

/** All of it, without markup. */
export const detailsBlocks = (plan: Plan): readonly Block[] => {
  const { verbatim, details = [] } = plan
  const parts = [
    ...(verbatim !== undefined && isLong(plan) ? [preformatted(verbatim)] : []),
    ...(details.length === 0 ? [] : [list(details.map(literal))]),
  ]
  return parts.length === 0 ? [] : [richText(section('*Details*'), ...parts)]
}
