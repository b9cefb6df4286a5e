// The words that people read: refuses `whoever`, `whatever`, `anew` and `consent` in messages, summaries, refusals and errors.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { literalsOf } from './literals.ts'

const REFUSED = /\b(?:whoever|whatever|anew|consent(?:s|ed|ing)?)\b/i

type Exemption = { readonly file: string; readonly text: string; readonly why: string }

/** Literals that no person reads: what the store, durable steps or published JSON contain. `text`: the whole literal. */
const EXEMPT: readonly Exemption[] = [
  { file: 'engine/rules/published/decode-config.ts', text: 'consent', why: 'a key of the published JSON' },
  { file: 'engine/rules/published/widening.ts', text: 'consent', why: 'a key of the published JSON' },
  { file: 'engine/rules/judge.ts', text: 'consent', why: 'a verdict, which durable steps store' },
  { file: 'functions/operation/await-approval.ts', text: 'consent', why: 'a callback name and a stored kind' },
  { file: 'functions/operation/operation.ts', text: 'consent', why: 'a verdict, which durable steps store' },
  { file: 'functions/operation/set/member.ts', text: 'consent', why: 'a kind of what durable steps store' },
  { file: 'functions/prepare/judge-set.ts', text: 'consent', why: 'a verdict, which durable steps store' },
  { file: 'functions/operation/story.ts', text: 'consent', why: 'a kind and a key of what durable steps store' },
  { file: 'functions/operation/report.ts', text: 'report anew', why: 'the name of a durable step' },
]

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map(path => path.replaceAll('\\', '/'))
  .filter(path => path.endsWith('.ts'))

const offences = files.flatMap(file =>
  literalsOf(readFileSync(`src/${file}`, 'utf8'))
    .filter(({ text }) => REFUSED.test(text))
    .map(literal => ({ file, ...literal })),
)

const isExempt = ({ file, text }: { readonly file: string; readonly text: string }): boolean =>
  EXEMPT.some(exemption => exemption.file === file && exemption.text === text)

test('no literal in src/ has a refused word', () => {
  const refused = offences.filter(offence => !isExempt(offence))
  expect(refused.map(({ file, line, text }) => `src/${file}:${line} ${text}`)).toEqual([])
})

test('every exemption is still needed', () => {
  const needless = EXEMPT.filter(({ file, text }) => !offences.some(one => one.file === file && one.text === text))
  expect(needless).toEqual([])
})

test('the comments of the configuration that people copy have none either', () => {
  const lines = readFileSync('quarterdeck.yaml', 'utf8').split('\n')
  expect(lines.filter(line => REFUSED.test(line))).toEqual([])
})

test.each([
  ["const a = 'ask whoever'", ['ask whoever']],
  [`// it is anew\nconst a = \`x \${f(\`y \${"whatever"}\`)} z\``, ['x ', 'y ', 'whatever', '', ' z']],
  ["const a = /['`]/.test(b) ? 'yes' : \"no\"", ['yes', 'no']],
  [`const a = { b: \`\${c({ d: 1 })}\` } // don't\nconst e = 'f'`, ['', '', 'f']],
])('the literals of %j', (source, texts) => {
  expect(literalsOf(source).map(({ text }) => text)).toEqual(texts)
})
