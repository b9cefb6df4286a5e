// Renders `markdown` blocks, which contain standard Markdown, not Slack's mrkdwn.
import { type Child, h } from './dom.ts'
import { withEmoji } from './emoji.ts'
import { link } from './text.ts'

const PARTS =
  /(`[^`\n]+`)|\*\*([^\n]+?)\*\*|__([^\n]+?)__|\*([^*\n]+)\*|(?<![\w])_([^_\n]+)_(?![\w])|~~([^\n]+?)~~|\[([^\]\n]+)\]\(([^)\s]+)\)/g

const inline = (text: string): readonly Child[] => {
  const nodes: Child[] = []
  let from = 0
  for (const found of text.matchAll(PARTS)) {
    nodes.push(withEmoji(text.slice(from, found.index)))
    const [whole, code, bold, bold2, italic, italic2, strike, label, url] = found
    if (code) nodes.push(h('code', {}, code.slice(1, -1)))
    else if (bold ?? bold2) nodes.push(h('strong', {}, ...inline(bold ?? bold2 ?? '')))
    else if (italic ?? italic2) nodes.push(h('em', {}, ...inline(italic ?? italic2 ?? '')))
    else if (strike) nodes.push(h('s', {}, ...inline(strike)))
    else nodes.push(link(url ?? '', label ?? ''))
    from = found.index + whole.length
  }
  nodes.push(withEmoji(text.slice(from)))
  return nodes
}

const lines = (text: string): readonly Child[] =>
  text.split('\n').flatMap((line, index) => (index ? [h('br'), ...inline(line)] : inline(line)))

const BULLET = /^\s*[-*+] /
const NUMBER = /^\s*\d+[.)] /

const listItems = (chunk: string, mark: RegExp) =>
  chunk
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => h('li', {}, ...inline(line.replace(mark, ''))))

const paragraph = (chunk: string): HTMLElement => {
  const heading = /^(#{1,6}) +(.+)$/.exec(chunk)
  if (heading) return h('p', { class: `md-heading md-${heading[1]?.length ?? 1}` }, ...inline(heading[2] ?? ''))
  if (/^(-{3,}|\*{3,})$/.test(chunk)) return h('hr')
  const all = chunk.split('\n')
  if (all.every(line => BULLET.test(line))) return h('ul', { class: 'rich-list' }, ...listItems(chunk, BULLET))
  if (all.every(line => NUMBER.test(line))) return h('ol', { class: 'rich-list' }, ...listItems(chunk, NUMBER))
  if (all.every(line => line.startsWith('>'))) return h('blockquote', {}, ...lines(chunk.replace(/^> ?/gm, '')))
  return h('p', {}, ...lines(chunk))
}

/** Splits a text into chunks at blank lines, at headings, and where a list starts or ends. */
const chunks = (text: string): readonly string[] =>
  text
    .replace(/^(#{1,6} .+)$/gm, '\n$1\n')
    .replace(/^(?!\s*[-*+] |\s*\d+[.)] )(.+)\n(?=\s*[-*+] |\s*\d+[.)] )/gm, '$1\n\n')
    .split(/\n\s*\n+/)
    .map(chunk => chunk.trim())
    .filter(chunk => chunk !== '')

export const markdown = (text: string): HTMLElement => {
  const parts = text.split(/```[\w-]*\n?([\s\S]*?)```/g)
  const nodes = parts.flatMap((part, index) =>
    index % 2 === 1 ? [h('pre', { tabindex: 0 }, part.replace(/\n$/, ''))] : chunks(part).map(paragraph),
  )
  return h('div', { class: 'markdown' }, ...nodes)
}
