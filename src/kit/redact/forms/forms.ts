// Finds secrets by their format, without a key: tokens, private keys, JWTs, AWS keys, logins in URLs, card numbers.

import type { Kind, Range, Span } from '../spans.ts'
import { findCards } from './card-numbers.ts'
import { findByPlace } from './commands.ts'
import { findEmails } from './emails.ts'
import { findPhrases } from './phrases.ts'
import { MAY_HAVE_FORM, TOKEN, TOKEN_URLS } from './token-forms.ts'
import { findUrlPasswords } from './url-passwords.ts'

type Found = (kind: Kind, range: Range) => void

const each = (text: string, kind: Kind, pattern: RegExp, found: Found): void => {
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text))
    found(kind, { start: match.index, end: pattern.lastIndex })
}

export const BEGIN = /-{0,5}BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
export const END = /-{0,5}END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
/**
 * Matches the text after the start of a private key whose end is missing: base64, headers, line ends and escaped line
 * ends.
 */
const KEY_TEXT = /(?:[A-Za-z0-9+/=\s\\:,-]|\\[nr])*/y

const findPrivateKeys = (text: string, found: Found): void => {
  if (!text.includes('PRIVATE KEY')) return
  BEGIN.lastIndex = 0
  let before = 0
  for (let begin = BEGIN.exec(text); begin !== null; begin = BEGIN.exec(text)) {
    END.lastIndex = BEGIN.lastIndex
    KEY_TEXT.lastIndex = BEGIN.lastIndex
    const end = END.exec(text) === null ? (KEY_TEXT.test(text) ? KEY_TEXT.lastIndex : text.length) : END.lastIndex
    found('private key', { start: begin.index, end })
    before = end
    BEGIN.lastIndex = end
  }
  // The end of a private key whose start is not in the text.
  END.lastIndex = before
  const rest = END.exec(text)
  if (rest !== null) found('private key', { start: startOfKey(text, rest.index, before), end: END.lastIndex })
}

const startOfKey = (text: string, end: number, least: number): number => {
  let start = end
  while (start > least && /[A-Za-z0-9+/=\n\r\\]/.test(text[start - 1] ?? '')) start -= 1
  return start
}

/**
 * Whether a text is a full line of PEM base64. Such a line counts even without the lines around it, because a log
 * filter may have removed them. A line of 64 hexadecimal digits does not count, because it is a digest.
 */
const isKeyBody = (text: string): boolean =>
  text.length === 64 && /^[A-Za-z0-9+/]{64}$/.test(text) && !/^[0-9a-fA-F]+$/.test(text)

const PART = /[A-Za-z0-9_-]*/y
const REST = /(?:\.[A-Za-z0-9_-]*){1,4}/y

/** Finds JWTs. The header of a JWT is JSON in base64, so it starts with `eyJ`. */
const findJwts = (text: string, found: Found): void => {
  for (let start = text.indexOf('eyJ'); start >= 0; ) {
    PART.lastIndex = start
    PART.test(text)
    let end = PART.lastIndex
    REST.lastIndex = end
    if (REST.test(text) && end - start >= 10) {
      found('JWT', { start, end: REST.lastIndex })
      end = REST.lastIndex
    }
    start = text.indexOf('eyJ', Math.max(end, start + 1))
  }
}

const ACCESS_KEY = /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/g
/** Matches a possible AWS secret key, which has 40 characters. Slashes may be escaped, as in JSON. */
const SECRET_KEY = /(?<![A-Za-z0-9/+])(?:[A-Za-z0-9+]|\\{0,3}\/){40}(?![A-Za-z0-9/+])/g
const SESSION_TOKEN = /(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)(?:[A-Za-z0-9+=_%-]|\\{0,3}\/){20,}/g

export const hasAccessKey = (text: string): boolean => /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/.test(text)

const BEARER = /\b(bearer|basic|token)([ \t:=]{1,4})((?:[A-Za-z0-9._~+=-]|\\{0,3}\/){6,})/gi

/** Whether the word after "basic" or "bearer" looks like a token. "Basic" and "bearer" are also plain words. */
const isToken = (scheme: string, token: string): boolean =>
  /^basic$/i.test(scheme)
    ? Buffer.from(token.slice(0, 4_096).replaceAll('\\', ''), 'base64').toString('latin1').includes(':')
    : (/\d/.test(token) && /[A-Za-z]/.test(token) && !/^[\d.:-]+[a-z]{0,2}$|^\d{4}-\d\d-\d\dT/i.test(token)) ||
      (token.length >= 24 && !/^[a-z]+(?:[.-][a-z]+)*\.?$/i.test(token))

const findSchemes = (text: string, found: Found): void => {
  for (const { 0: whole, 1: scheme = '', 3: token = '', index } of text.matchAll(BEARER)) {
    const start = index + whole.length - token.length
    if (!isHarmlessAfter(scheme, whole, token) && isToken(scheme, token))
      found('token', { start, end: start + token.length })
  }
}

/**
 * Whether the text after the word "token" is not a secret. Because `token` is also a plain word, only a long text of
 * mixed characters counts; a UUID or a hash does not.
 */
const isHarmlessAfter = (scheme: string, whole: string, token: string): boolean =>
  /^token$/i.test(scheme) &&
  (/[:=]/.test(whole.slice(scheme.length, scheme.length + 4)) ||
    token.length < 20 ||
    /^[0-9a-f-]+$/i.test(token) ||
    /[./]/.test(token))

const findTokens = (text: string, found: Found): void => {
  if (!MAY_HAVE_FORM.test(text)) return
  each(text, 'token', TOKEN, found)
  for (const pattern of TOKEN_URLS)
    for (const { 0: whole, 1: secret = '', index } of text.matchAll(pattern)) {
      const end = index + whole.length
      found('token', { start: end - secret.length, end })
    }
}

export type FormOptions = {
  readonly emails: boolean
  /** Whether the text contains an AWS access key id. If so, 40 characters of base64 count as an AWS secret key. */
  readonly isAws: boolean
}

/** Matches the start of any format. A text without a match contains no secret that is found by its format. */
export const ANY_FORM =
  /PRIVATE KEY|eyJ|IQoJ|F[wQ]oG|A[KSBC][IC]A|bearer|basic|token|:(?:\\{0,8}\/){2}|[2-6]\d{2,5}[ -]?\d{4,6}|@/i

/** Finds the secrets of a text by their formats. The spans may overlap. */
export const findForms = (text: string, { emails, isAws }: FormOptions): readonly Span[] => {
  const spans: Span[] = []
  const found: Found = (kind, { start, end }) => void spans.push({ start, end, kind })
  findTokens(text, found)
  findByPlace(text, found)
  findPhrases(text, found)
  if (isKeyBody(text)) found('private key', { start: 0, end: text.length })
  if (isAws) each(text, 'AWS key', SECRET_KEY, found)
  if (!ANY_FORM.test(text)) return spans
  findPrivateKeys(text, found)
  findUrlPasswords(text, found)
  findJwts(text, found)
  findSchemes(text, found)
  each(text, 'AWS session token', SESSION_TOKEN, found)
  each(text, 'AWS key', ACCESS_KEY, found)
  findCards(text, found)
  if (emails) findEmails(text, found)
  return spans
}
