// Measures picker suggestions in process: 10,000 services, ten access rules, and typed prefixes with typos.
// Without the store: ingress caches the index for half a minute.
import { readFile } from 'node:fs/promises'
import { compileConfig } from '../src/commands/compile-config.ts'
import { SERVICES, shardKey } from '../src/features/services/service-index.ts'
import { createNames } from '../src/functions/ingress/picker-names.ts'

const COUNT = 10_000
const QUERIES = 2_000
const nouns = ['billing', 'cart', 'email', 'fraud', 'geo', 'identity', 'ledger', 'media', 'pricing', 'quotes', 'tax']
const kinds = ['api', 'worker', 'gateway', 'sync', 'indexer', 'cron']
const nameOf = (n: number) => `${nouns[n % nouns.length]}-${kinds[Math.floor(n / nouns.length) % kinds.length]}-${n}`

const yaml = await readFile('quarterdeck.yaml', 'utf8')
const rules = Array.from(
  { length: 10 },
  (_, n) => `  - { who: [everyone], deny: operator, targets: ["web/secret-${n}-*"] }\n`,
)
const compiled = compileConfig(yaml.replace('access:\n', `access:\n${rules.join('')}`), { clusters: ['web'] })
if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
const { config } = compiled

const places = config.accounts.flatMap(({ id, regions }) => regions.map(region => ({ accountId: id, region })))
const items = places.map((place, at) => {
  const web = Array.from({ length: COUNT }, (_, n) => n).filter(n => n % places.length === at)
  const value = { at: new Date().toISOString(), of: 1, clusters: { web: web.map(nameOf) } }
  return { key: shardKey(place, 0), version: 1, value }
})

const names = createNames({
  store: { list: async pk => (pk === SERVICES ? items : []), get: async () => undefined },
  config: async () => config,
  members: async () => ['U0REQUEST'],
  now: Date.now,
})
const actor = { team: config.team, user: 'U0REQUEST', name: 'Requester' }

const typed = (n: number): string => {
  const name = nameOf((n * 7_919) % COUNT)
  const start = name.slice(0, 1 + (n % name.length))
  return n % 5 === 0
    ? `${start.slice(0, -2)}${start.slice(-1)}${start.slice(-2, -1)}`
    : n % 7 === 0
      ? name.slice(3)
      : start
}

await names.offer('', actor, '', 'services')
const durations: number[] = []
for (let n = 0; n < QUERIES; n += 1) {
  const before = performance.now()
  await names.offer(typed(n), actor, 'C0OPS', 'services')
  durations.push(performance.now() - before)
}
const sorted = durations.toSorted((a, b) => a - b)
const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2)
process.stdout.write(`
| suggestions over ${COUNT} services, ${QUERIES} of them | median | p99 | slowest |
|---|---|---|---|
| in process, ten rules | ${at(0.5)} ms | ${at(0.99)} ms | ${at(0.999999)} ms |
`)
