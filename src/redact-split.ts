// A secret that was written in two pieces: at the end of one line, and on from the beginning of the next.
import { HIDDEN, type RedactOptions, redact } from './redact.ts'

/** Of each line so much is looked at: the longest token is shorter. */
const REACH = 4_096

/** `isOneWrite`: whether the line after this one was written with it. Takes lines without escapes, and gives as many. */
export const hideSplit = (
  lines: readonly string[],
  isOneWrite: (nth: number) => boolean,
  options: RedactOptions,
): { readonly lines: readonly string[]; readonly found: number } => {
  const kept = [...lines]
  let found = 0
  for (let nth = 0; nth + 1 < lines.length; nth += 1) {
    const [line, next] = [kept[nth] ?? '', kept[nth + 1] ?? '']
    const end = line.slice(-REACH)
    if (!isOneWrite(nth) || !isAcross(end, next.slice(0, REACH), options)) continue
    found += 1
    // Which part is the secret is not known: the words that touch are hidden.
    kept[nth] = line.slice(0, line.length - end.length) + end.replace(/[^\s"'=:]+["']?\s?$/, HIDDEN)
    kept[nth + 1] = next.replace(/^\s?["']?[^\s"',;&]+/, HIDDEN)
  }
  return { lines: kept, found }
}

/** Together they hold a secret that neither holds alone. */
const isAcross = (line: string, next: string, options: RedactOptions): boolean =>
  line !== '' && next !== '' && countOf(line + next, options) > countOf(line, options) + countOf(next, options)

const countOf = (text: string, options: RedactOptions): number =>
  Object.values(redact(text, options).hidden).reduce((sum, count) => sum + count, 0)
