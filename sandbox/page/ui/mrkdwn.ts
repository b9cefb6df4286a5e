// Parses mrkdwn, Slack's markup. Code contains no other markup, emphasis starts and ends only at word boundaries, and links are
// written as `<…>`.

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'quote'; readonly children: readonly Inline[] }
  | { readonly kind: 'code' | 'pre'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly url: string; readonly text: string }
  | { readonly kind: 'user' | 'channel' | 'group'; readonly id: string; readonly label: string }
  | { readonly kind: 'broadcast'; readonly range: string }
  | {
      readonly kind: 'date'
      readonly time: number
      readonly format: string
      readonly url?: string
      readonly fallback: string
    }
  | { readonly kind: 'emoji'; readonly name: string }

type Step = { readonly node: Inline; readonly end: number }

const MARKS: { readonly [mark: string]: 'bold' | 'italic' | 'strike' } = { '*': 'bold', _: 'italic', '~': 'strike' }

export const decode = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

const isWord = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}]/u.test(char)
const isSpace = (char: string | undefined) => char === undefined || /\s/.test(char)

const specialToken = (body: string, label: string): Inline => {
  const [name = '', ...rest] = body.split('^')
  if (name === 'date') {
    const [time = '', format = '', url] = rest
    return { kind: 'date', time: Number(time), format, ...(url ? { url } : {}), fallback: decode(label) }
  }
  if (name === 'subteam') return { kind: 'group', id: rest[0] ?? '', label: decode(label) }
  return { kind: 'broadcast', range: name }
}

/** Parses the text between `<` and `>`: a link, a mention or a date. */
const token = (content: string): Inline => {
  const bar = content.indexOf('|')
  const body = bar < 0 ? content : content.slice(0, bar)
  const label = bar < 0 ? '' : content.slice(bar + 1)
  if (body.startsWith('@')) return { kind: 'user', id: body.slice(1), label: decode(label) }
  if (body.startsWith('#')) return { kind: 'channel', id: body.slice(1), label: decode(label) }
  if (body.startsWith('!')) return specialToken(body.slice(1), label)
  return { kind: 'link', url: decode(body), text: decode(label || body) }
}

const atToken = (text: string, at: number): Step | undefined => {
  if (text[at] !== '<') return undefined
  const end = text.indexOf('>', at)
  const content = text.slice(at + 1, end)
  if (end < 0 || !/^([@#!]\S|[a-z][a-z0-9+.-]*:)/i.test(content) || content.includes('\n')) return undefined
  return { node: token(content), end: end + 1 }
}

/** Parses the text of code. Only links and mentions are markup in code. */
const literal = (text: string): readonly Inline[] => {
  const nodes: Inline[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const step = atToken(text, at)
    if (!step) continue
    if (at > from) nodes.push({ kind: 'text', text: decode(text.slice(from, at)) })
    nodes.push(step.node)
    from = step.end
    at = step.end - 1
  }
  if (from < text.length) nodes.push({ kind: 'text', text: decode(text.slice(from)) })
  return nodes
}

const atCode = (text: string, at: number): Step | undefined => {
  if (text.startsWith('```', at)) {
    const end = text.indexOf('```', at + 3)
    if (end < 0 || end === at + 3) return undefined
    return { node: { kind: 'pre', children: literal(text.slice(at + 3, end).replace(/^\n|\n$/g, '')) }, end: end + 3 }
  }
  if (text[at] !== '`') return undefined
  const end = text.indexOf('`', at + 1)
  const content = text.slice(at + 1, end)
  if (end < 0 || content === '' || content.includes('\n')) return undefined
  return { node: { kind: 'code', children: literal(content) }, end: end + 1 }
}

/**
 * Returns the position where an emphasis that starts at `at` ends. An emphasis does not end on another line, inside a word, in
 * code or in a link.
 */
const closing = (text: string, at: number, mark: string): number => {
  for (let index = at + 1; index < text.length && text[index] !== '\n'; index++) {
    const skip = atToken(text, index) ?? atCode(text, index)
    if (skip) index = skip.end - 1
    else if (
      text[index] === mark &&
      index > at + 1 &&
      !isSpace(text[index - 1]) &&
      !isWord(text[index + 1]) &&
      text[index + 1] !== mark
    )
      return index
  }
  return -1
}

const atEmphasis = (text: string, at: number): Step | undefined => {
  const mark = text[at] ?? ''
  const kind = MARKS[mark]
  if (!kind || isWord(text[at - 1]) || text[at - 1] === mark) return undefined
  if (isSpace(text[at + 1]) || text[at + 1] === mark) return undefined
  const end = closing(text, at, mark)
  return end < 0 ? undefined : { node: { kind, children: inline(text.slice(at + 1, end)) }, end: end + 1 }
}

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

const atUrl = (text: string, at: number): Step | undefined => {
  if (isWord(text[at - 1])) return undefined
  const url = match(/https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"*_~]/y, text, at)
  return url ? { node: { kind: 'link', url: decode(url), text: decode(url) }, end: at + url.length } : undefined
}

const atEmoji = (text: string, at: number): Step | undefined => {
  const code = match(/:[a-z0-9_+-]+:/y, text, at)
  return code ? { node: { kind: 'emoji', name: code.slice(1, -1) }, end: at + code.length } : undefined
}

const atBreak = (text: string, at: number): Step | undefined =>
  text[at] === '\n' ? { node: { kind: 'break' }, end: at + 1 } : undefined

const readers = [atBreak, atToken, atCode, atEmphasis, atUrl, atEmoji]

const stepAt = (text: string, at: number): Step | undefined => {
  for (const reader of readers) {
    const step = reader(text, at)
    if (step) return step
  }
  return undefined
}

function inline(text: string): readonly Inline[] {
  const nodes: Inline[] = []
  let from = 0
  let at = 0
  const flush = () => {
    if (at > from) nodes.push({ kind: 'text', text: decode(text.slice(from, at)) })
  }
  while (at < text.length) {
    const step = stepAt(text, at)
    if (!step) {
      at++
      continue
    }
    flush()
    nodes.push(step.node)
    at = from = step.end
  }
  flush()
  return nodes
}

const QUOTE = /^(&gt;|>) ?/

/** Splits a text into quotes, which are lines that start with `>`, and other text. Fenced code contains no quotes. */
const pieces = (text: string): readonly { quoted: boolean; text: string }[] => {
  const found: { quoted: boolean; text: string }[] = []
  let fenced = false
  for (const line of text.split('\n')) {
    const quoted = !fenced && QUOTE.test(line)
    const content = quoted ? line.replace(QUOTE, '') : line
    const last = found.at(-1)
    if (last && last.quoted === quoted) last.text += `\n${content}`
    else found.push({ quoted, text: content })
    if ((line.match(/```/g)?.length ?? 0) % 2 === 1) fenced = !fenced
  }
  return found
}

export const parseMrkdwn = (text: string): readonly Inline[] =>
  pieces(text).flatMap(piece =>
    piece.quoted ? [{ kind: 'quote', children: inline(piece.text) } as const] : inline(piece.text),
  )
