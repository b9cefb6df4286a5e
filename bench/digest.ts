// Measures a digest of every topic over 2,000, 5,000 and 10,000 services in three accounts and two regions, with 50 ms a call to
// AWS. The built schedule function runs in its own process, without a memory limit, and reports its peak memory.
import { DIGEST_TOPICS } from '../src/engine/rules/config.ts'
import { DELAY_MS, EXAMPLE, PLACES, startLargeFleet } from './large-fleet.ts'
import { type Measured, runFunction } from './run-function.ts'

const COUNTS = (process.env['COUNTS'] ?? '2000,5000,10000').split(',').map(Number)

/** The runs of each world: what they measure, and their topics. Each is an hour after the one before. */
const RUNS = [
  ['cost', '[cost]'],
  ['cost, again', '[cost]'],
  ['all but posture', '[waiting, left-overs, emergencies, suspensions, temporary, deployments, cost]'],
  ['every topic', `[${DIGEST_TOPICS.join(', ')}]`],
] as const

/** One digest, which is due each hour. */
function withDigest(text: string, topics: string): string {
  return text.replace(
    /digests:\n( .*\n)+/,
    `digests:\n  - { name: all, channel: C0OPS, cron: cron(0 * * * ? *), owners: [S0ONCALL, S0OPS], what: ${topics} }\n`,
  )
}

type Row = {
  readonly count: number
  readonly calls: number
  readonly reads: Readonly<Record<string, number>>
  readonly which: string
} & Measured

const rows: Row[] = []
for (const count of COUNTS) {
  const world = await startLargeFleet(count, withDigest(EXAMPLE, '[cost]'), (world, place, path, nth) => {
    world.autoscaling.register(place, `service/${path}`, {
      ...{ min: 1, max: 4, suspended: { DynamicScalingInSuspended: nth % 100 === 0 } },
    })
  })
  await runFunction(world, 'schedule', { kind: 'index' })
  await runFunction(world, 'schedule', { kind: 'digest' })
  world.aws.faults.add({ match: {}, when: 'before', effect: { kind: 'delay', ms: DELAY_MS }, times: 10_000_000 })
  for (const [which, topics] of RUNS) {
    await world.publish(withDigest(EXAMPLE, topics))
    world.clock.advance(3_600_000)
    world.aws.throttle.reset()
    world.aws.callLog.clear()
    const measured = await runFunction(world, 'schedule', { kind: 'digest' })
    const asked = world.aws.callLog.list()
    const reads: Record<string, number> = {}
    for (const { action } of asked) reads[action] = (reads[action] ?? 0) + 1
    rows.push({ ...measured, count, which, reads, calls: asked.length })
    const text = world.slack.workspace
      .messages('C0OPS')
      .findLast(message => message.text.startsWith('Digest all'))?.text
    process.stderr.write(`${which}: ${text?.slice(0, 200)}\n${JSON.stringify(reads)}\n`)
  }
  await world.stop()
}
process.stdout.write(`
| A digest, ${PLACES.length} places, ${DELAY_MS} ms a call | of | calls to AWS | of Compute Optimizer | of Application Auto Scaling | time | CPU time | peak memory |
|--:|--|--:|--:|--:|--:|--:|--:|
`)
for (const { count, which, calls, reads, ms, cpu, kb } of rows) {
  const optimizer =
    (reads['GetECSServiceRecommendations'] ?? 0) +
    (reads['GetIdleRecommendations'] ?? 0) +
    (reads['GetEnrollmentStatus'] ?? 0)
  process.stdout.write(
    `| ${count.toLocaleString('en')} services | ${which} | ${calls} | ${optimizer} | ${reads['DescribeScalableTargets'] ?? 0} | ${(ms / 1_000).toFixed(1)} s | ${(cpu / 1_000).toFixed(1)} s | ${Math.round(kb / 1_024)} MB |\n`,
  )
}
process.exit(0)
