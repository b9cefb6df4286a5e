// Redacts the lines of one stream, including private keys and other secrets that span several lines.

import { addHidden, BEGIN, END, HIDDEN, type Hidden, neutralise, type RedactOptions, redact } from './redact.ts'
import { hideSplit } from './split-secrets.ts'

type RedactedLines = { readonly lines: readonly string[]; readonly hidden: Hidden }

/** Redacts consecutive lines; returns the same number of lines. `times`: the time of each line. */
export const redactLines = (
  raw: readonly string[],
  options: RedactOptions = {},
  times: readonly number[] = [],
): RedactedLines => {
  const whole = raw.map(neutralise)
  const keys = keyLines(whole)
  // A line that matches `isKeyBody` may also be part of another secret, so it does not count here.
  const isKey = (nth: number) => keys.has(nth) && !isKeyBody(whole[nth] ?? '')
  const isOneWrite = (nth: number) => times[nth] === times[nth + 1] && !isKey(nth) && !isKey(nth + 1)
  const { lines: plain, found } = hideSplit(whole, isOneWrite, options)
  const done = plain.map((line, at) => (keys.has(at) ? { text: HIDDEN, hidden: {} } : redact(line, options)))
  const blocks = [...keys].filter(at => !keys.has(at - 1)).length
  const spread = { ...(blocks > 0 && { 'private key': blocks }), ...(found > 0 && { secret: found }) }
  const hidden = addHidden([...done.map(({ hidden }) => hidden), spread])
  return { lines: done.map(({ text }) => text), hidden }
}

/** Whether a line can stand between BEGIN and END of a private key: base64, a header, or an empty line. */
const isKeyLine = (line: string): boolean =>
  /^\s*(?:[A-Za-z0-9+/=]{16,}|[A-Za-z0-9+/]{1,80}={1,2}|[A-Za-z-]{3,20}: .{0,200})?\s*$/.test(line)

/** Whether a line after BEGIN can be part of a private key. */
const isKeyPiece = (line: string): boolean => isKeyLine(line) || /^(?:[A-Za-z0-9+/=]*\n)*[A-Za-z0-9+/=]+\s*$/.test(line)

/**
 * Whether a line is a full line of PEM base64. It counts even alone, since a log filter may drop its neighbours. 64 hex
 * digits are a digest.
 */
const isKeyBody = (line: string): boolean => /^[A-Za-z0-9+/]{64}$/.test(line) && !/^[0-9a-fA-F]+$/.test(line)

const keyLines = (lines: readonly string[]): ReadonlySet<number> => {
  const keys = new Set<number>()
  let isInside = false
  for (const [at, line] of lines.entries()) {
    const [begins, ends] = line.includes('PRIVATE KEY') ? [line.search(BEGIN), line.search(END)] : [-1, -1]
    const isEnd = ends >= 0 && begins < 0
    if (isEnd && !isInside) for (const before of linesBefore(lines, at)) keys.add(before)
    isInside = begins >= 0 ? ends < begins : isInside && !isEnd && isKeyPiece(line)
    if (isInside || isEnd || isKeyBody(line)) keys.add(at)
  }
  return keys
}

/** The indexes of the key lines before an END whose BEGIN is not among the given lines. */
const linesBefore = (lines: readonly string[], end: number): readonly number[] => {
  let first = end
  while (first > 0 && lines[first - 1] !== '' && isKeyLine(lines[first - 1] ?? '')) first -= 1
  return Array.from({ length: end - first }, (_, nth) => first + nth)
}
