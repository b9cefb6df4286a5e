// Redacts text that looks like a secret: protection against accidents, not against attackers.
// Each rule runs in time linear in the line's length, for any input.

import { hideCards } from './card-numbers.ts'
import { hideEmails } from './emails.ts'
import type { Hide, Kind } from './hide.ts'
import { hideKeyed } from './keyed-values.ts'
import { hideUrlPasswords } from './url-passwords.ts'

export const HIDDEN = '‹hidden›'

export type Hidden = Readonly<Partial<Record<Kind, number>>>
export type Redacted = { readonly text: string; readonly hidden: Hidden }
export type RedactOptions = {
  readonly emails?: boolean
  /** Custom patterns to redact. They must run in linear time, which this module does not check. */
  readonly own?: readonly RegExp[]
}

type Rule = (text: string, hide: Hide) => string

/** Matches terminal escape sequences, which could split a secret in two. */
export const ESCAPES =
  /\x1b(?:\[[0-9;:?]{0,32}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,2048}(?:\x07|\x1b\\)?|[PX^_][^\x1b]{0,2048}\x1b\\|[@-Z\\-_])|\x9b[0-9;:?]{0,32}[@-~]/g

/** Matches escape sequences and control characters that are written in JSON or source notation. */
const WRITTEN =
  /\\(?:u00(?:1[bB]|9[bB])|x1[bB]|033|e)\[[0-9;:?]{0,32}[ -/]{0,4}[@-~]|\\u(?:00(?:0[0-8bBeEfF]|1[0-9a-fA-F]|7[fF]|[89][0-9a-fA-F]|[aA][dD])|20(?:0[b-fB-F]|2[89a-eA-E]|6[0-46-9a-fA-F])|[fF][eE](?:0[0-9a-fA-F]|[fF][fF]))/g

// Matches control characters except tab and line ends, zero-width characters, and direction marks.
const CONTROLS =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|[\ufe00-\ufe0f]/g

/** Removes terminal escapes, control characters and invisible characters. */
export const neutralise = (text: string): string => text.replace(ESCAPES, '').replace(CONTROLS, '').replace(WRITTEN, '')

export const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
export const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g

const hidePrivateKeys: Rule = (text, hide) => {
  if (!text.includes('PRIVATE KEY')) return text
  let out = ''
  let at = 0
  for (BEGIN.lastIndex = 0; ; ) {
    const begin = BEGIN.exec(text)
    if (begin === null) return out + text.slice(at)
    END.lastIndex = BEGIN.lastIndex
    const end = END.exec(text) === null ? text.length : END.lastIndex
    out += text.slice(at, begin.index) + hide('private key')
    at = end
    BEGIN.lastIndex = end
  }
}

const PART = /[A-Za-z0-9_-]*/y
const REST = /(?:\.[A-Za-z0-9_-]*){1,4}/y

/**
 * Hides JWTs. A JWT's header and claims are base64 JSON, so both start with `eyJ`. Text without a dot is scanned only
 * once.
 */
const hideJwts: Rule = (text, hide) => {
  let out = ''
  let at = 0
  for (let start = text.indexOf('eyJ'); start >= 0; ) {
    PART.lastIndex = start
    PART.test(text)
    const end = PART.lastIndex
    REST.lastIndex = end
    if (REST.test(text) && end - start >= 10) {
      out += text.slice(at, start) + hide('JWT')
      at = REST.lastIndex
    }
    start = text.indexOf('eyJ', Math.max(end, at))
  }
  return out + text.slice(at)
}

const each =
  (kind: Kind, pattern: RegExp, isOne: (match: string, ...groups: string[]) => boolean = () => true): Rule =>
  (text, hide) =>
    text.replace(pattern, (match: string, ...groups: string[]) => (isOne(match, ...groups) ? hide(kind) : match))

const ACCESS_KEY = /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/g
/** Matches a possible AWS secret key, which has 40 characters. Slashes may be escaped, as in JSON. */
const SECRET_KEY = /(?<![A-Za-z0-9/+])(?:[A-Za-z0-9+]|\\{0,3}\/){40}(?![A-Za-z0-9/+])/g

/**
 * Hides AWS keys. A secret key has no prefix, so 40 characters of its alphabet are hidden only if they are next to an
 * access key id.
 */
const hideAwsKeys: Rule = (text, hide) => {
  if (!/A[KSBC][IC]A/.test(text)) return text
  const without = each('AWS key', ACCESS_KEY)(text, hide)
  return without === text ? text : each('AWS key', SECRET_KEY)(without, hide)
}

const hideSessionTokens = each(
  'AWS session token',
  /(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)(?:[A-Za-z0-9+=_%-]|\\{0,3}\/){20,}/g,
)

/** Whether the word after "basic" or "bearer" looks like a token. Both are also plain words. */
const isToken = (_: string, scheme: string, token: string): boolean =>
  /^basic$/i.test(scheme)
    ? Buffer.from(token.replaceAll('\\', ''), 'base64').toString('latin1').includes(':')
    : token.length >= 24 || /\d/.test(token)

const hideSchemes: Rule = (text, hide) =>
  text.replace(
    /\b(bearer|basic|token)([\s:=]{1,4})((?:[A-Za-z0-9._~+=-]|\\{0,3}\/){6,})/gi,
    (match: string, scheme: string, gap: string, token: string) =>
      isToken(match, scheme, token) ? `${scheme}${gap}${hide('token')}` : match,
  )

/** Hides tokens with a prefix that identifies their provider. */
const hideMarked = each(
  'token',
  /(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|[rs]k_live_[A-Za-z0-9]{10,}|npm_[A-Za-z0-9]{30,}|AIza[A-Za-z0-9_-]{30,}|sk-[A-Za-z0-9_-]{24,})/g,
)

const RULES: readonly Rule[] = [
  hidePrivateKeys,
  hideUrlPasswords,
  hideJwts,
  hideSchemes,
  hideKeyed,
  hideSessionTokens,
  hideAwsKeys,
  hideMarked,
  hideCards,
]

/** Redacts a text and counts the hidden secrets. `raw` may have several lines, separated by `\n`. */
export const redact = (raw: string, { emails = false, own = [] }: RedactOptions = {}): Redacted => {
  const hidden: Partial<Record<Kind, number>> = {}
  const hide: Hide = kind => {
    hidden[kind] = (hidden[kind] ?? 0) + 1
    return HIDDEN
  }
  const rules = [
    ...RULES,
    ...(emails ? [hideEmails] : []),
    ...own.map(pattern => each('own pattern', globally(pattern))),
  ]
  return { text: rules.reduce((text, rule) => rule(text, hide), neutralise(raw)), hidden }
}

const globally = (pattern: RegExp): RegExp =>
  pattern.global ? pattern : new RegExp(pattern.source, `${pattern.flags}g`)

export const addHidden = (all: readonly Hidden[]): Hidden => {
  const sum: Partial<Record<Kind, number>> = {}
  for (const hidden of all)
    for (const [kind, count] of Object.entries(hidden) as [Kind, number][]) sum[kind] = (sum[kind] ?? 0) + count
  return sum
}

/** Subtracts the counts of `less` from those of `all` and leaves out zeros. */
export const lessHidden = (all: Hidden, less: Hidden): Hidden => {
  const counts = Object.entries(all) as [Kind, number][]
  return Object.fromEntries(
    counts.map(([kind, count]) => [kind, count - (less[kind] ?? 0)] as const).filter(([, count]) => count > 0),
  )
}
