// Finds e-mail addresses: takes each @ and scans both sides of it, so that text without an @ costs little time.
import type { Range } from '../spans.ts'

const LOCAL = /[A-Za-z0-9._%+-]/
/** The maximum length of the part before the @: 64 octets (RFC 5321). */
const MOST_LOCAL = 64
const DOMAIN = /[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/y

export const findEmails = (text: string, found: (kind: 'e-mail address', range: Range) => void): void => {
  let done = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at, done)
    DOMAIN.lastIndex = at + 1
    if (start === at || !DOMAIN.test(text)) continue
    done = DOMAIN.lastIndex
    found('e-mail address', { start, end: done })
  }
}

const localStart = (text: string, at: number, done: number): number => {
  const least = Math.max(done, at - MOST_LOCAL)
  let start = at
  while (start > least && LOCAL.test(text[start - 1] ?? '')) start -= 1
  return start
}
