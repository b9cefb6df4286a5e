// Pure: converts a typed filter to a filter pattern of CloudWatch Logs. Source: CloudWatch Logs user guide, filter
// pattern syntax.

/** Replaces the curly quotes of phone keyboards with straight quotes, which CloudWatch needs. */
export const straightQuotes = (filter: string): string => filter.replace(/[“”„‟]/g, '"')

const TERM = /\s*([?-]?)("(?:[^"\\]|\\.)*"|%[^%\s][^%]*%|[^\s"]+)(?=\s|$)/y
/** Matches a term that needs no quotes in CloudWatch: "alphanumeric characters and underscores". */
const PLAIN = /^[\p{L}\p{N}_]+$/u
const JSON_PATTERN = /^\{\s*[(!\s]*\$/
/**
 * Matches CloudWatch's pattern for space-separated fields: `[ip, user, status = 5*, ...]`. A single word in brackets is
 * text.
 */
const FIELDS = /^\[[^\]]*[,.=<>][^\]]*\]$/

/**
 * The spellings by which CloudWatch finds a level. Several are needed because CloudWatch is case-sensitive and some
 * libraries write numbers.
 */
const LEVELS: Readonly<Record<string, readonly string[]>> = {
  error: ['error', 'Error', 'ERROR', '"ERR"', 'ERRO', 'FATAL', 'Fatal', 'fatal', 'CRITICAL', 'Critical', 'critical']
    .concat(['SEVERE', 'PANIC', 'panic', 'Exception', 'Traceback', '"fail:"', '"crit:"', '"\\"level\\":50"'])
    .concat(['"\\"level\\":60"', '"\\"level\\":400"', '"\\"level\\":500"']),
  info: ['info', 'Info', 'INFO', '"INF"', 'Information', '"\\"level\\":30"', '"\\"level\\":200"'],
  debug: ['debug', 'Debug', 'DEBUG', '"DBG"', '"dbug:"', '"\\"level\\":20"', '"\\"level\\":100"'],
  warn: ['warn', 'Warn', 'WARN', 'warning', 'Warning', 'WARNING', '"WRN"', '"\\"level\\":40"', '"\\"level\\":300"'],
}
const SAME_LEVEL: Readonly<Record<string, string>> = {
  err: 'error',
  errors: 'error',
  warning: 'warn',
  warnings: 'warn',
}

/**
 * The CloudWatch pattern for a filter. A pattern of CloudWatch is kept. A word with characters other than letters,
 * digits and underscores is put into the quotes that CloudWatch requires: `err:` becomes `"err:"`. The name of a level
 * is replaced by the spellings that are shown as this level, as far as the text of a line contains them.
 */
export const patternOf = (filter: string): string => {
  const text = straightQuotes(filter.trim())
  if (JSON_PATTERN.test(text) || FIELDS.test(text)) return text
  const level = text.toLowerCase()
  const spellings = LEVELS[SAME_LEVEL[level] ?? level]
  if (spellings !== undefined) return [...new Set([...spellings, text])].map(spelling => `?${spelling}`).join(' ')
  return readTerms(text)?.join(' ') ?? quoted(text)
}

/**
 * The terms of a filter; undefined if the text cannot be split into terms, for example because a quote is not closed.
 */
const readTerms = (text: string): readonly string[] | undefined => {
  if (/^[{[]/.test(text)) return undefined
  const terms: string[] = []
  TERM.lastIndex = 0
  while (TERM.lastIndex < text.length) {
    const [whole, sign = '', term = ''] = TERM.exec(text) ?? []
    if (whole === undefined) return undefined
    terms.push(/^(?:".*"|%.+%)$/s.test(term) ? `${sign}${term}` : bare(sign, term))
  }
  return terms
}

const bare = (sign: string, word: string): string => {
  if (PLAIN.test(word)) return `${sign}${word}`
  // A sign before other signs is part of the text: `-->`, `?!`.
  return /^[\p{L}\p{N}_/"']/u.test(word) ? `${sign}${quoted(word)}` : quoted(`${sign}${word}`)
}

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, one => `\\${one}`)}"`
