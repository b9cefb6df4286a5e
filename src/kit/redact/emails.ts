// Redacts e-mail addresses: finds each @ and scans both sides of it, so that text without an @ costs little time.
import type { Hide } from './hide.ts'

const LOCAL = /[A-Za-z0-9._%+-]/
/** The maximum length of the part before the @: 64 octets (RFC 5321). */
const MOST_LOCAL = 64
const DOMAIN = /[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/y

export const hideEmails = (text: string, hide: Hide): string => {
  let out = ''
  let done = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at, done)
    DOMAIN.lastIndex = at + 1
    if (start === at || !DOMAIN.test(text)) continue
    out += text.slice(done, start) + hide('e-mail address')
    done = DOMAIN.lastIndex
  }
  return out + text.slice(done)
}

const localStart = (text: string, at: number, done: number): number => {
  const least = Math.max(done, at - MOST_LOCAL)
  let start = at
  while (start > least && LOCAL.test(text[start - 1] ?? '')) start -= 1
  return start
}
