// Compares the predicted split of 2,000 random strategies and counts with what the sandbox's scheduler places, launch by
// launch. Counts, no times.

import { Clock } from '../sandbox/world/clock.ts'
import { createFleet } from '../sandbox/world/fleet.ts'
import { isAlive } from '../sandbox/world/state.ts'
import { predictSplit } from '../src/features/capacity/strategy.ts'
import { aService } from '../test/sandbox/aws/peer.ts'

const ROUNDS = 2_000
const PROVIDERS = ['FARGATE', 'FARGATE_SPOT']

let seed = 20_261_130
/** A linear congruential generator, so that each run draws the same. */
const below = (end: number): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((seed / 2 ** 32) * end)
}

const clock = new Clock({ start: Date.parse('2026-11-22T03:00:00Z'), speed: 0 })
const fleet = createFleet({ clock })
const service = aService({ fleet }, 'api')
const before = service.deployments[0]?.revision.spec
if (before === undefined) throw new Error('the service has no deployment')
for (const purchase of ['on-demand', 'spot'] as const) fleet.quotas.setVcpus(service.cluster, purchase, 100_000)
const { launchType: _, ...spec } = before

let exact = 0
let within = 0
const off: string[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  const names = PROVIDERS.slice(0, 1 + below(2))
  const items = names.map((provider, at) => ({ provider, weight: at === 0 ? 1 + below(9) : below(10), base: 0 }))
  const base = below(3) === 0 ? below(6) : 0
  const strategy = items.map((item, at) => ({ ...item, base: at === 0 ? base : 0 }))
  const count = 1 + below(40)
  service.desired = count
  fleet.deploy(service, {
    ...spec,
    capacityProviderStrategy: strategy.map(({ provider, ...rest }) => ({ capacityProvider: provider, ...rest })),
  })
  clock.advance(5 * 60_000)
  const tasks = [...service.tasks].filter(task => isAlive(task) && task.deploymentId === service.deployments[0]?.id)
  const predicted = predictSplit(strategy, tasks.length)
  const gaps = strategy.map(({ provider }) =>
    Math.abs((predicted.get(provider) ?? 0) - tasks.filter(task => task.capacityProvider === provider).length),
  )
  const gap = Math.max(...gaps)
  exact += gap === 0 ? 1 : 0
  within += gap <= 1 ? 1 : 0
  if (gap > 1) off.push(`${JSON.stringify(strategy)} × ${count}: ${gaps.join(', ')}`)
}
process.stdout.write(`
| Predicted against placed, ${ROUNDS.toLocaleString('en')} random strategies | |
|---|--:|
| each provider exactly as predicted | ${((100 * exact) / ROUNDS).toFixed(1)} % |
| each provider within one task | ${((100 * within) / ROUNDS).toFixed(1)} % |
`)
if (off.length > 0) process.stdout.write(`${off.slice(0, 5).join('\n')}\n`)
