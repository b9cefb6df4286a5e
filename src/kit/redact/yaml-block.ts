// Finds the values of a YAML block under a key that names a secret.
import type { SecretKey } from './keys.ts'
import type { Span } from './spans.ts'
import { isHarmless } from './values.ts'

const LINE = /([^\n]*)(?:\n|$)/y
const PREFIX = /^\s*(?:- )*(?:["']?[\w.$-]{1,100}["']?:(?=\s|$))?\s*/

/**
 * The secrets in the lines that are indented below a key, and the position where these lines end; undefined if there
 * are none.
 */
export const yamlBlock = (
  text: string,
  keyEnd: number,
  at: number,
  key: SecretKey,
): { readonly spans: readonly Span[]; readonly end: number } | undefined => {
  const near = text.slice(Math.max(0, keyEnd - 300), keyEnd)
  if (keyEnd > 300 && !near.includes('\n')) return undefined
  const before = near.slice(near.lastIndexOf('\n') + 1)
  if (!/^\s*(?:- )*["']?[\w.$-]+["']?$/.test(before)) return undefined
  const indent = before.search(/[^\s-]/)
  const first = text.indexOf('\n', at)
  if (first < 0) return undefined
  const isLiteral = /[|>]/.test(text.slice(at, first))
  const spans: Span[] = []
  let end = first + 1
  while (end < text.length) {
    LINE.lastIndex = end
    const [whole = '', row = ''] = LINE.exec(text) ?? []
    const depth = row.search(/\S/)
    const isItem = depth === indent && row.startsWith('- ', depth)
    if (depth >= 0 && depth <= indent && !isItem) break
    const start = end + (isLiteral ? Math.max(0, depth) : (PREFIX.exec(row)?.[0].length ?? 0))
    const last = end + row.trimEnd().length
    if (last > start && !isHarmless(text.slice(start, last).replace(/^["']|["']$/g, ''), key))
      spans.push({ start, end: last, kind: key.kind })
    end += whole.length
    if (whole === '') break
  }
  return end === first + 1 ? undefined : { spans, end: Math.min(end, text.length) }
}
