// Finds the string and template literals of TypeScript source, by a scan that skips comments and regular expressions.

export type Literal = { readonly text: string; readonly line: number }

/** A template is split at its expressions, whose own literals count, too. */
export const literalsOf = (source: string): readonly Literal[] => {
  const scan: Scan = { source, at: 0, found: [] }
  readCode(scan, false)
  return scan.found
}

type Scan = { readonly source: string; at: number; readonly found: Literal[] }

/** Reads to the end, or to the brace that closes a template's expression. */
const readCode = (scan: Scan, isExpression: boolean): void => {
  let depth = 0
  while (scan.at < scan.source.length) {
    const char = scan.source.charAt(scan.at)
    if (skipComment(scan) || skipRegex(scan)) continue
    if (/['"`]/.test(char)) {
      readLiteral(scan, char)
      continue
    }
    scan.at += 1
    if (isExpression && char === '}' && depth === 0) return
    depth += char === '{' ? 1 : char === '}' ? -1 : 0
  }
}

const skipComment = (scan: Scan): boolean => {
  const opening = scan.source.slice(scan.at, scan.at + 2)
  if (opening !== '//' && opening !== '/*') return false
  const closing = opening === '//' ? '\n' : '*/'
  const end = scan.source.indexOf(closing, scan.at + 2)
  scan.at = end < 0 ? scan.source.length : end + closing.length
  return true
}

/** A slash after one of these begins a regular expression; else it is a division. */
const BEFORE_REGEX = /(?:^|[=(,:[!&|?{};>]|\breturn)\s*$/
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+\//y

const skipRegex = (scan: Scan): boolean => {
  if (scan.source[scan.at] !== '/' || !BEFORE_REGEX.test(scan.source.slice(Math.max(0, scan.at - 20), scan.at)))
    return false
  REGEX.lastIndex = scan.at
  if (!REGEX.test(scan.source)) return false
  scan.at = REGEX.lastIndex
  return true
}

const readLiteral = (scan: Scan, quote: string): void => {
  const { source, found } = scan
  let start = scan.at
  let text = ''
  const add = () => found.push({ text, line: source.slice(0, start).split('\n').length })
  scan.at += 1
  while (scan.at < source.length && source[scan.at] !== quote) {
    if (quote === '`' && source.startsWith('${', scan.at)) {
      add()
      scan.at += 2
      readCode(scan, true)
      start = scan.at
      text = ''
      continue
    }
    const length = source[scan.at] === '\\' ? 2 : 1
    text += source.slice(scan.at, scan.at + length)
    scan.at += length
  }
  scan.at += 1
  add()
}
