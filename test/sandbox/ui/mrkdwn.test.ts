import { expect, test } from 'vitest'
import { formatDate } from '../../../sandbox/page/ui/dates.ts'
import { type Inline, parseMrkdwn } from '../../../sandbox/page/ui/mrkdwn.ts'

/** The tree as text: `bold(…)`, `<kind …>`. */
const show = (nodes: readonly Inline[]): string => nodes.map(one).join('')

const one = (node: Inline): string => {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'break':
      return '⏎'
    case 'link':
      return `<${node.url} ${node.text}>`
    case 'user':
    case 'channel':
    case 'group':
      return `<${node.kind} ${node.id} ${node.label}>`
    case 'broadcast':
      return `<all ${node.range}>`
    case 'date':
      return `<date ${node.time} ${node.format} ${node.url ?? ''} ${node.fallback}>`
    case 'emoji':
      return `<emoji ${node.name}>`
    default:
      return `${node.kind}(${show(node.children)})`
  }
}

test.each([
  ['*bold* _italic_ ~gone~ `code`', 'bold(bold) italic(italic) strike(gone) code(code)'],
  ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name'],
  ['* not * bold', '* not * bold'],
  ['*a* and *b*', 'bold(a) and bold(b)'],
  ['*over\nlines*', '*over⏎lines*'],
  ['**Markdown**', '**Markdown**'],
  ['*_both_*', 'bold(italic(both))'],
  ['(*bold*), "_it_"', '(bold(bold)), "italic(it)"'],
  ['`*not bold*`', 'code(*not bold*)'],
  ['```\nlet x = *y*\n```', 'pre(let x = *y*)'],
  ['*`code` in bold*', 'bold(code(code) in bold)'],
  ['&lt;script&gt; &amp;amp;', '<script> &amp;'],
  ['<https://a.example/?a=1&amp;b=2|here>', '<https://a.example/?a=1&b=2 here>'],
  ['see https://a.example/x.', 'see <https://a.example/x https://a.example/x>.'],
  ['[text](https://a.example)', '[text](<https://a.example https://a.example>)'],
  [
    '<@U1> <@U1|name> <#C1|ops> <!subteam^S1|@ops> <!here>',
    '<user U1 > <user U1 name> <channel C1 ops> <group S1 @ops> <all here>',
  ],
  [
    '<!date^1392734382^{date} at {time}^https://a.example|Feb 18>',
    '<date 1392734382 {date} at {time} https://a.example Feb 18>',
  ],
  ['> quoted\n> twice\nplain', 'quote(quoted⏎twice)plain'],
  ['&gt; *quoted*', 'quote(bold(quoted))'],
  ['5 > 3 < 4 <not a link>', '5 > 3 < 4 <not a link>'],
  [':tada: 10:30:00', '<emoji tada> 10<emoji 30>00'],
  ['*unclosed', '*unclosed'],
])('%j reads as Slack reads it', (text, shown) => {
  expect(show(parseMrkdwn(text))).toBe(shown)
})

test('every text comes to an end', () => {
  const nasty = '*_~`<&>|:>\n'
  for (let seed = 1; seed < 400; seed++) {
    const text = Array.from(
      { length: 24 },
      (_, at) => nasty[(seed * (at + 7) * 2_654_435_761) % nasty.length] ?? 'a',
    ).join('')
    expect(Array.isArray(parseMrkdwn(text))).toBe(true)
  }
})

test('dates are written with Slack’s tokens', () => {
  const noon = new Date(2026, 10, 22, 12, 5).getTime()
  const format = (text: string, at = noon) => formatDate(at / 1000, text, noon)
  expect(format('{date_num} {time}')).toBe('2026-11-22 12:05 PM')
  expect(format('{date} | {date_short} | {date_long}')).toBe(
    'November 22nd, 2026 | Nov 22, 2026 | Sunday, November 22nd, 2026',
  )
  expect(format('{date_pretty} {date_short_pretty}', noon - 86_400_000)).toBe('yesterday yesterday')
  expect(format('{ago}', noon - 600_000)).toBe('10 minutes ago')
  expect(format('{nonsense}')).toBe('{nonsense}')
})
