// TODO: say what this is.

import { cut } from './markup.ts'

export const countWords = (count: number): string => count.toLocaleString('en')

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

export const humanCode = (code: string): string => plainName(code.toLowerCase().replaceAll('_', ' '))
