// Measures `/ecs services --unhealthy` over 2,000 services, from command to answer, with the built functions in the sandbox.
// Wall time, including cold starts.
import { HUB, startSandbox } from '../sandbox/sandbox.ts'

const COUNT = 2_000
const LINE = 'services --unhealthy'

const world = await startSandbox({ start: Date.parse('2026-11-22T03:00:00Z'), services: COUNT })
world.clock.advance(120_000)
const service = world.fleet.site(HUB).clusters.get('fleet-1')?.services.get('billing-api-0001')
for (const task of service?.tasks ?? []) world.fleet.stopTask(task, 'bench')
world.clock.advance(61_000)
let answer = ''
world.slack.subscribe(change => {
  if (change.kind === 'ephemeral') answer = change.message.text
})
const ask = async (): Promise<number> => {
  world.aws.throttle.reset()
  const before = performance.now()
  await world.slack.deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: LINE })
  await world.quiet()
  return performance.now() - before
}
const [cold, warm] = [await ask(), await ask()]
process.stdout.write(`
| /ecs ${LINE}, ${COUNT} services | cold | warm |
|---|---|---|
| time to answer (“${answer.slice(0, 60)}…”) | ${(cold / 1_000).toFixed(1)} s | ${(warm / 1_000).toFixed(1)} s |
`)
await world.stop()
