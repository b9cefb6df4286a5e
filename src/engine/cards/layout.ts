// Fits the parts of an asking card into the lines of a phone: the least important part gives up lines first.

import { fitElements, LINE_CHARACTERS, linesOfElements } from '../../kit/messages/phone.ts'
import type { JsonObject } from '../../model/json.ts'

/** The number of lines of an asking card, without its row of buttons. */
export const MOST_LINES = 14

/** The order in which parts give up lines, each down to a number of lines. At 0 a part is left out. */
const GIVE_UP = [
  ['loss 3', 1],
  ['included', 2],
  ['where', 2],
  ['warning', 2],
  ['loss 2', 1],
  ['command', 2],
  ['votes', 2],
  ['undo', 1],
  ['now', 1],
  ['loss 3', 0],
  ['included', 1],
  ['warning', 1],
  ['loss 2', 0],
  ['loss 1', 1],
  ['command', 1],
  ['votes', 1],
  ['others', 0],
] as const
export type PartName = (typeof GIVE_UP)[number][0] | 'headline'

export type Part = {
  readonly name: PartName
  /** The contents from the longest to the shortest. An empty one leaves the part out. */
  readonly variants: readonly (readonly JsonObject[])[]
  /** Characters a line: fewer in lists. */
  readonly perLine?: number
  /** The whole content, where a card that does not show it is not approved with one tap. */
  readonly whole?: readonly JsonObject[]
}

/** Variants of a text with `most` lines, then fewer, down to `least`; 0 leaves it out. */
export const variantsOf = (
  elements: readonly JsonObject[],
  most: number,
  least: number,
  perLine: number = LINE_CHARACTERS,
): Part['variants'] =>
  Array.from({ length: most - least + 1 }, (_, at) => (most === at ? [] : fitElements(elements, most - at, perLine)))

/** Whether each part that must be read is shown whole. */
export const isShownWhole = (parts: readonly Part[]): boolean => {
  const chosen = layOut(parts)
  return parts.every(({ name, whole }) => whole === undefined || chosen.get(name) === whole)
}

const linesOf = ({ variants: [content = []], perLine }: Part): number =>
  content.length === 0 ? 0 : linesOfElements(content, perLine)

/** The chosen content of each part that has one. */
export const layOut = (parts: readonly Part[]): ReadonlyMap<PartName, readonly JsonObject[]> => {
  let chosen = parts
  while (chosen.reduce((sum, part) => sum + linesOf(part), 0) > MOST_LINES) {
    const next = nextToShorten(chosen)
    if (next === undefined) break
    chosen = chosen.map(part => (part === next ? { ...part, variants: part.variants.slice(1) } : part))
  }
  return new Map(
    chosen.flatMap(({ name, variants: [content = []] }) => (content.length === 0 ? [] : [[name, content] as const])),
  )
}

const nextToShorten = (parts: readonly Part[]): Part | undefined =>
  GIVE_UP.flatMap(([name, least]) =>
    parts.filter(part => part.name === name && part.variants.length > 1 && linesOf(part) > least),
  )[0]
