// Finds the end of values without quotes.

const PUNCTUATION = /["'`,;&)\]}<>|]/
/** Matches the text that may follow a punctuation character at the end of a value. */
const BOUNDARY = /^(?:$|[\s"'`,;&)\]}<>|.:\\])/
const NEXT_KEY = /\s?[\w.\-$@]{1,40}\s?(?:=|:)/y
const BARE = /[^\s"'`,;&)\]}<>|\\]+/y

/**
 * The end of a value without quotes: a space, or punctuation at the end of the value. `closer`: the closing bracket of
 * the container around the value.
 */
export const bareEnd = (text: string, start: number, closer: string | undefined): number => {
  let at = start
  while (at < text.length) {
    BARE.lastIndex = at
    if (BARE.test(text)) at = BARE.lastIndex
    const char = text[at]
    if (char === undefined || /\s/.test(char)) return at
    if (char === '\\') {
      if (/["']/.test(text[at + 1] ?? '')) return at
    } else if (char === closer || ends(text, at, char)) return at
    at += 1
  }
  return at
}

const ends = (text: string, at: number, char: string): boolean => {
  if (!PUNCTUATION.test(char)) return false
  if (BOUNDARY.test(text.slice(at + 1, at + 2))) return true
  NEXT_KEY.lastIndex = at + 1
  return /[,;&]/.test(char) && NEXT_KEY.test(text)
}

const SCHEME =
  /^(?:bearer|basic|digest|token|negotiate|ntlm|apikey|hawk|hmac|aws4-hmac-sha256|googlelogin|key|oauth|dpop)$/i

/** Matches a word after the name of a scheme that belongs to prose and is not a token. */
const PROSE =
  /^(?:tokens?|auth\w*|schemes?|headers?|is|was|not|or|and|realm|required|missing|invalid|expired|failed|rejected|‹hidden›)(?![\w.=+/-])/i

/**
 * The end of an authorization value: after a scheme and its token, or at the end of the line after a scheme with
 * parameters. Undefined if the value does not begin with a scheme.
 */
export const schemeEnd = (
  text: string,
  start: number,
  first: number,
  closer: string | undefined,
): number | undefined => {
  const scheme = text.slice(start, first)
  if (!SCHEME.test(scheme) || text[first] !== ' ' || PROSE.test(text.slice(first + 1, first + 24))) return undefined
  return /^(?:digest|hawk|hmac|aws4|oauth|googlelogin)/i.test(scheme)
    ? lineEnd(text, start)
    : bareEnd(text, first + 1, closer)
}

/** The end of a line, or an earlier quote that ends the string around the line. */
export const lineEnd = (text: string, start: number): number => {
  for (let at = start; at < text.length; at += 1) {
    const char = text[at]
    if (char === '\n') return at
    if ((char === '"' || char === "'") && BOUNDARY.test(text.slice(at + 1, at + 2)))
      return text[at - 1] === '\\' ? at - 1 : at
  }
  return text.length
}
