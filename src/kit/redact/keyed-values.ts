// Redacts the value after a key that names a secret: `password=…`, `"apiKey": "…"`, `Authorization: …`, with or without
// quotes and escapes.
import type { Hide } from './hide.ts'

const KEY =
  /(?:(?<=[_-])pass(?![a-z])|pass(?=\s{0,4}=)|pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|account[_-]?key|authorization|x-auth|credential|cookie|session[_-]?id|signature)/gi

/** Matches the text between the keyword and the value: the rest of the key, its quote, the separator and a bracket. */
const SIGN = /[\w-]{0,40}(?:\\{0,8}["'])?\s{0,8}(?::|=>|=)\s{0,8}(?:\[\s{0,8})?/y
const QUOTE = /(\\{0,8})(["'])/y
const SCHEME = /(?:Bearer|Basic|Digest|Token|AWS4-HMAC-SHA256)\s{1,8}/iy
const BARE = /[^\s,;&"'<>)}\]\\]+(?:\\(?!["'])[^\s,;&"'<>)}\]\\]*)*/y
const LINE = /[^\n"'\\]+/y

/** Matches values that are not secrets. */
const EMPTY = /^(?:true|false|null|none|nil|undefined|(?:[a-z0-9-]{1,20}\s{1,8})?‹hidden›|\*+)$/i

export const hideKeyed = (text: string, hide: Hide): string => {
  let out = ''
  let at = 0
  KEY.lastIndex = 0
  for (let key = KEY.exec(text); key !== null; key = KEY.exec(text)) {
    const value = valueAfter(text, KEY.lastIndex, key[0].toLowerCase())
    if (value === undefined) continue
    out += text.slice(at, value.start) + hide(/^p(?:ass|wd)/i.test(key[0]) ? 'password' : 'secret')
    at = value.end
    KEY.lastIndex = at
  }
  return out + text.slice(at)
}

type Span = { readonly start: number; readonly end: number }

const valueAfter = (text: string, from: number, key: string): Span | undefined => {
  const sign = after(SIGN, text, from)
  if (sign === undefined) return undefined
  QUOTE.lastIndex = sign
  const quoted = QUOTE.exec(text)
  const start = quoted === null ? sign : QUOTE.lastIndex
  const end = quoted === null ? bareEnd(text, sign, key) : quotedEnd(text, start, quoted[1] ?? '', quoted[2] ?? '"')
  const value = text.slice(start, Math.min(end, start + 40))
  const isCount = /^token/.test(key) && end - start <= 7 && /^\d+$/.test(value)
  return end === start || isCount || EMPTY.test(value) ? undefined : { start, end }
}

/** The end of an unquoted value. A cookie extends to the end of its line; an authorization includes its scheme. */
const bareEnd = (text: string, start: number, key: string): number => {
  if (key === 'cookie') return after(LINE, text, start) ?? start
  const from = after(SCHEME, text, start) ?? start
  return after(BARE, text, from) ?? from
}

/**
 * The position of the closing quote: the next quote with as many backslashes as the opening one, else the end of the
 * text.
 */
const quotedEnd = (text: string, start: number, slashes: string, quote: string): number => {
  for (let at = text.indexOf(quote, start); at >= 0; at = text.indexOf(quote, at + 1)) {
    let before = 0
    while (at - before - 1 >= start && text[at - before - 1] === '\\') before += 1
    if (closes(before, slashes.length)) return slashes === '' ? at : at - before
  }
  return text.length
}

/**
 * Whether a quote is the closing one. `before`: the backslashes before it. `depth`: the backslashes before the opening
 * quote; 0 outside nested JSON.
 */
const closes = (before: number, depth: number): boolean => (depth === 0 ? before % 2 === 0 : before <= depth)

const after = (pattern: RegExp, text: string, from: number): number | undefined => {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : undefined
}
