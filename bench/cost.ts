// Measures `/ecs cost` over 2,000, 5,000 and 10,000 services in three accounts and two regions, with 50 ms a call to AWS. The
// built query function runs in its own process, without a memory limit, and reports its peak memory.
import { DELAY_MS, EXAMPLE, PLACES, startLargeFleet } from './large-fleet.ts'
import { type Measured, runFunction } from './run-function.ts'

const COUNTS = (process.env['COUNTS'] ?? '2000,5000,10000').split(',').map(Number)

const JOB = {
  ...{ kind: 'query', id: 'bench', line: 'cost' },
  actor: { team: 'T0QUARTER', user: 'U0REQUEST', name: 'bench' },
  place: { channel: 'C0OPS' },
}

type Row = { readonly count: number; readonly calls: number; readonly advice: number } & Measured
const rows: Row[] = []
for (const count of COUNTS) {
  const world = await startLargeFleet(count, EXAMPLE)
  await runFunction(world, 'schedule', { kind: 'index' })
  world.aws.throttle.reset()
  world.aws.callLog.clear()
  world.aws.faults.add({ match: {}, when: 'before', effect: { kind: 'delay', ms: DELAY_MS }, times: 1_000_000 })
  let answer = ''
  world.slack.subscribe(change => {
    if (change.kind === 'ephemeral') answer = change.message.text
  })
  const { ms, kb, cpu } = await runFunction(world, 'query', JOB)
  if (!answer.includes('could cost less')) throw new Error(`no answer: ${answer}`)
  const asked = world.aws.callLog.list().filter(({ service }) => ['ecs', 'compute-optimizer', 'sts'].includes(service))
  const advice = asked.filter(({ service }) => service === 'compute-optimizer').length
  rows.push({ count, calls: asked.length, advice, ms, cpu, kb })
  await world.stop()
}
const [first] = rows
process.stdout.write(`
| /ecs cost, ${PLACES.length} places, ${DELAY_MS} ms a call | calls to AWS | of Compute Optimizer | time to answer | CPU time | of the first | peak memory |
|--:|--:|--:|--:|--:|--:|--:|
`)
for (const { count, calls, advice, ms, cpu, kb } of rows)
  process.stdout.write(
    `| ${count.toLocaleString('en')} services | ${calls} | ${advice} | ${(ms / 1_000).toFixed(1)} s | ${(cpu / 1_000).toFixed(1)} s | ${(cpu / (first?.cpu ?? cpu)).toFixed(1)} × | ${Math.round(kb / 1_024)} MB |\n`,
  )
process.exit(0)
