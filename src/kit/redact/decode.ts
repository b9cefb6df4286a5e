// Decodes escapes, percent-encoding and base64, and maps ranges of the decoded text back.
import type { Span } from './spans.ts'

/** Decoded text. `at`: for each decoded character, and for the end of the text, the index in the encoded text. */
type Decoded = { readonly text: string; readonly at: Int32Array }

export const mapBack = (spans: readonly Span[], at: Int32Array, offset: number): readonly Span[] =>
  spans.map(({ start, end, kind }) => ({ start: offset + (at[start] ?? 0), end: offset + (at[end] ?? 0), kind }))

const SIMPLE: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const CODE = /(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/y

/** Decodes backslash escapes of JSON, Python and PHP. Unknown escapes are kept unchanged. */
export const decodeEscapes = (text: string): Decoded => {
  const at = new Int32Array(text.length + 1)
  let out = ''
  let length = 0
  let done = 0
  const copy = (to: number): void => {
    out += text.slice(done, to)
    for (let from = done; from < to; from += 1) at[length++] = from
  }
  for (let slash = text.indexOf('\\'); slash >= 0; slash = text.indexOf('\\', done)) {
    copy(slash)
    const simple = SIMPLE[text[slash + 1] ?? '']
    CODE.lastIndex = slash + 1
    const code = simple === undefined ? CODE.exec(text) : null
    const char = simple ?? (code === null ? '\\' : String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? '', 16)))
    out += char
    at[length++] = slash
    done = slash + (simple !== undefined ? 2 : code === null ? 1 : 1 + code[0].length)
  }
  copy(text.length)
  at[length] = text.length
  return { text: out, at }
}

const PERCENT = /%([0-9a-fA-F]{2})/g

/**
 * Decodes percent-encoding byte by byte. Multi-byte characters are not assembled, because no rule looks for characters
 * above ASCII.
 */
export const percentDecode = (text: string): Decoded => {
  const at = new Int32Array(text.length + 1)
  let out = ''
  let length = 0
  let done = 0
  const copy = (to: number): void => {
    out += text.slice(done, to)
    for (let from = done; from < to; from += 1) at[length++] = from
  }
  for (const found of text.matchAll(PERCENT)) {
    copy(found.index)
    out += String.fromCharCode(Number.parseInt(found[1] ?? '', 16))
    at[length++] = found.index
    done = found.index + 3
  }
  copy(text.length)
  at[length] = text.length
  return { text: out, at }
}

const PRINTED = /^[\x09\x0a\x0d\x20-\x7e]*$/
/** The number of base64 characters at the start that are decoded to distinguish text from binary data. */
const PROBE = 16
const PROBE_BYTES = 12
const CHECKED_BYTES = 256

/** The decoded text of a base64 run; undefined if its start does not decode to text. */
export const base64Text = (text: string): string | undefined => {
  const first = Buffer.from(text.slice(0, PROBE), 'base64').toString('latin1')
  if (first.length < PROBE_BYTES - 1 || !PRINTED.test(first)) return undefined
  const whole = Buffer.from(text, 'base64').toString('latin1')
  return PRINTED.test(whole.slice(0, CHECKED_BYTES - 1)) ? whole : undefined
}
