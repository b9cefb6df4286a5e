// Reads, redacts and prints log lines as /ecs logs does: `all` of them, or the `newest` 1,000. bench/logs.ts measures it.

import type { Config } from '../src/engine/rules/config.ts'
import { readEntries } from '../src/features/logs/log-entries.ts'
import { printFile } from '../src/features/logs/render-file.ts'
import type { Sessions } from '../src/gateways/aws/identity/sessions.ts'
import { createLogReaders } from '../src/gateways/aws/logs/logs.ts'
import { EVENTS, GROUP } from './log-lines.ts'

const [url = '', from = '0', what = 'all'] = process.argv.slice(2)
const credentials = {
  accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
  secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
}
const settings = { region: 'us-east-1', maxAttempts: 3, credentials, endpoint: url }
const sessions = {
  each: (make: (settings: object) => unknown) => async () => make(settings),
} as unknown as Sessions
const config = { accounts: [{ id: '111122223333' }] } as unknown as Config
const ref = { accountId: '111122223333', service: GROUP }
const query = { group: GROUP, region: 'us-east-1', streams: [], since: Number(from), sessions: 'left out' as const }
const answer = await createLogReaders(config, sessions, true).logLines(
  ref,
  what === 'all' ? { ...query, limit: EVENTS, oldestFirst: true } : { ...query, limit: 1_000 },
)
if (answer.kind !== 'lines') throw new Error(answer.kind)
const found = readEntries(answer.lines)
const file = printFile({
  name: GROUP,
  found,
  lines: answer.lines.length,
  from: Number(from),
  zone: 'UTC',
  sources: [],
  isCut: answer.isPartial,
})
process.stdout.write(`${answer.lines.length} ${file.bytes.length}\n`)
