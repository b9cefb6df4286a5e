// Text helpers for messages: numbers, names from AWS, tallies and codes.

import { cut } from './markup.ts'

/** With thousands separators. */
export const countWords = (count: number): string => count.toLocaleString('en')

/** A name from AWS without characters that are Quarterdeck's markup. `most`: characters. */
export const plainName = (text: string, most = 120): string => cut(text.replace(/[*`\n]/g, ''), most)

/** `FARGATE 3, FARGATE_SPOT 1`: the most frequent first. */
export const tally = (names: readonly string[]): string => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(([name, count]) => `${plainName(name)} ${count}`)
    .join(', ')
}

/** `ROLLBACK_FAILED` as `rollback failed`. */
export const humanCode = (code: string): string => plainName(code.toLowerCase().replaceAll('_', ' '))
