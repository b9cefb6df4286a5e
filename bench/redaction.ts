// Measures redaction: precision and recall over the corpus of the tests, and lines a second of processor time.
import { redact } from '../src/kit/redact/redact.ts'
import { redactLines } from '../src/kit/redact/stream.ts'
import { HIDDEN_LINES } from '../test/fixtures/redaction/hidden.ts'
import { SHOWN_LINES } from '../test/fixtures/redaction/shown.ts'
import { lineOf } from './log-lines.ts'

const hidden = HIDDEN_LINES.filter(({ line, secret }) => !redact(line).text.includes(secret)).length
const altered = SHOWN_LINES.filter(({ line }) => redact(line).text !== line).length

const LINES = 50_000
const ROUNDS = 3
const lines = Array.from({ length: LINES }, (_, nth) => lineOf(nth))
const secondsOf = (run: () => unknown): number => {
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000_000
  })
  return times.toSorted((a, b) => a - b)[1] ?? 0
}

const KB = 1_024
const WORST: Readonly<Record<string, string>> = {
  letters: 'a',
  digits: '4',
  'groups of digits': '4111 ',
  brackets: '[',
  'open objects': '{"a":',
  quotes: '"\'',
  backslashes: '\\"',
  'keys and values': 'password=x ',
  'objects with secrets': '{"name":"DB_PASSWORD","value":"x"} ',
  'percent-encoding': '%7B%22password%22%3A%22x%22%7D',
  'JWTs without an end': 'eyJ',
  'URLs without a host': 'a://b:',
  YAML: 'password:\n  - ',
  XML: '<password>',
}
const slowest = Object.entries(WORST)
  .map(([name, text]) => {
    const line = text.repeat(Math.ceil((256 * KB) / text.length)).slice(0, 256 * KB)
    return { name, ms: secondsOf(() => redact(line, { emails: true })) * 1_000 }
  })
  .toSorted((a, b) => b.ms - a.ms)[0]

const percent = (part: number, all: number): string => `${((100 * part) / all).toFixed(1)} %`
const perSecond = (seconds: number): string => (Math.round(LINES / seconds / 1_000) * 1_000).toLocaleString('en')

process.stdout.write(`| Redaction | |
|---|--:|
| recall: of ${HIDDEN_LINES.length} lines with a secret, hidden | ${percent(hidden, HIDDEN_LINES.length)} |
| precision: of the lines that were altered, those with a secret | ${percent(hidden, hidden + altered)} |
| of ${SHOWN_LINES.length} lines without a secret, altered | ${altered} |
| lines a second, as a stream | ${perSecond(secondsOf(() => redactLines(lines)))} |
| lines a second, each alone | ${perSecond(secondsOf(() => lines.map(line => redact(line))))} |
| 256 KB of the slowest of ${Object.keys(WORST).length} hostile texts (${slowest?.name}) | ${slowest?.ms.toFixed(0)} ms |
`)
