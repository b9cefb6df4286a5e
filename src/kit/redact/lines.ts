// The lines of one stream, which a private key may be spread over, and any other secret that was cut by its writer.

import { addHidden, BEGIN, END, HIDDEN, type Hidden, neutralise, type RedactOptions, redact } from './redact.ts'
import { hideSplit } from './split-secrets.ts'

type RedactedLines = { readonly lines: readonly string[]; readonly hidden: Hidden }

/** `raw`: in order. `times`: when each was written. Gives as many lines as it got. */
export const redactLines = (
  raw: readonly string[],
  options: RedactOptions = {},
  times: readonly number[] = [],
): RedactedLines => {
  const whole = raw.map(neutralise)
  const keys = keyLines(whole)
  // A line that only has the form of a key's may be a piece of another secret.
  const isKey = (nth: number) => keys.has(nth) && !isKeyBody(whole[nth] ?? '')
  const isOneWrite = (nth: number) => times[nth] === times[nth + 1] && !isKey(nth) && !isKey(nth + 1)
  const { lines: plain, found } = hideSplit(whole, isOneWrite, options)
  const done = plain.map((line, at) => (keys.has(at) ? { text: HIDDEN, hidden: {} } : redact(line, options)))
  const blocks = [...keys].filter(at => !keys.has(at - 1)).length
  const spread = { ...(blocks > 0 && { 'private key': blocks }), ...(found > 0 && { secret: found }) }
  const hidden = addHidden([...done.map(({ hidden }) => hidden), spread])
  return { lines: done.map(({ text }) => text), hidden }
}

/** What may stand between a key's beginning and its end: base64, headers, nothing. */
const isKeyLine = (line: string): boolean =>
  /^\s*(?:[A-Za-z0-9+/=]{16,}|[A-Za-z0-9+/]{1,80}={1,2}|[A-Za-z-]{3,20}: .{0,200})?\s*$/.test(line)

/** Behind its beginning whatever could be a piece of one. */
const isKeyPiece = (line: string): boolean => isKeyLine(line) || /^(?:[A-Za-z0-9+/=]*\n)*[A-Za-z0-9+/=]+\s*$/.test(line)

/** A line of a key as PEM wraps it, which a filter may have taken out of the rest; 64 hex digits are a digest. */
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

/** Of a key whose beginning is out of sight. */
const linesBefore = (lines: readonly string[], end: number): readonly number[] => {
  let first = end
  while (first > 0 && lines[first - 1] !== '' && isKeyLine(lines[first - 1] ?? '')) first -= 1
  return Array.from({ length: end - first }, (_, nth) => first + nth)
}
