// Measures a digest of every topic over 2,000, 5,000 and 10,000 services in three accounts and two regions, with 50 ms a call to
// AWS. The built schedule function runs in its own process, without a memory limit, and reports its peak memory.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { spokeRoles } from '../infra/spoke-roles.ts'
import { HUB, type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { staging } from '../sandbox/world/seed.ts'

const COUNTS = (process.env['COUNTS'] ?? '2000,5000,10000').split(',').map(Number)
const DELAY_MS = 50
const THIRD = '777788889999'
const PLACES = [HUB.account, staging.account, THIRD].flatMap(account =>
  ['us-east-1', 'eu-west-1'].map(region => ({ account, region })),
)
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The example configuration with a third account, a copy of staging. */
const withThird = (yaml: string): string => {
  const [block = ''] = /^ {2}staging:\n(?: {4}.*\n)+/m.exec(yaml) ?? []
  const third = block.replace('  staging:', '  tools:').replaceAll(staging.account, THIRD)
  return yaml.replace(block, `${block}${third}`)
}

const start = async (count: number) => {
  const world = await startSandbox({ start: Date.now() - 26 * 3_600_000, speed: 1 })
  for (const { name, ...role } of spokeRoles({ account: THIRD, hub: HUB.account }))
    world.aws.roles.add({
      ...{ account: THIRD, name, trustPolicy: role.trustPolicy, policies: role.policies },
      maxSessionDuration: role.maxSessionSeconds,
    })
  await world.publish(withDigest(withThird(await readFile(at('../quarterdeck.yaml'), 'utf8'))))
  const model = [...(world.fleet.site(HUB).clusters.get('web')?.services.values() ?? [])][0]?.deployments[0]
  if (model === undefined) throw new Error('no service to copy')
  for (const place of PLACES) {
    world.fleet.quotas.setVcpus(place, 'on-demand', count * 10)
    world.aws.advice.enrol(place.account, { status: 'Active' })
  }
  for (let n = 0; n < count; n += 1) {
    const place = PLACES[n % PLACES.length] ?? HUB
    const name = `crowd-${n % 10}`
    const cluster = world.fleet.site(place).clusters.get(name) ?? world.fleet.createCluster(place, name)
    const taskDefinition = world.fleet.registerTaskDefinition(
      place,
      { ...model.revision.spec.taskDefinition.input, family: `worker-${n}` },
      'bench',
    )
    world.fleet.createService(cluster, {
      ...{ name: `billing-gateway-worker-${n}`, desired: 2, createdBy: 'bench', tags: { team: `team-${n % 40}` } },
      ...{ spec: { ...model.revision.spec, taskDefinition }, isSettled: true, age: 40 },
    })
    world.autoscaling.register(place, `service/${name}/billing-gateway-worker-${n}`, {
      ...{ min: 1, max: 4, suspended: { DynamicScalingInSuspended: n % 100 === 0 } },
    })
  }
  world.clock.advance(25 * 3_600_000)
  return world
}

const run = async (world: Sandbox, name: string, event: object) => {
  const role = `quarterdeck-${name}`
  const credential = world.aws.credentials.issue({
    account: HUB.account,
    arn: `arn:aws:sts::${HUB.account}:assumed-role/${role}/${role}`,
    roleArn: `arn:aws:iam::${HUB.account}:role/${role}`,
    userId: `AROABENCH:${role}`,
  })
  const offset = world.clock.now() - Date.now()
  const script = `
const Real = Date
globalThis.Date = class extends Real {
  static now() { return Real.now() + ${offset} }
  constructor(...parts) { parts.length === 0 ? super(Real.now() + ${offset}) : super(...parts) }
}
const { handler } = await import(${JSON.stringify(at(`../dist/${name}/index.mjs`))})
const before = performance.now()
await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 60_000 })
process.stdout.write(JSON.stringify({ ms: performance.now() - before, kb: process.resourceUsage().maxRSS, cpu: (process.cpuUsage().user + process.cpuUsage().system) / 1_000 }))
`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: {
      ...process.env,
      AWS_REGION: HUB.region,
      AWS_ACCESS_KEY_ID: credential.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credential.secretAccessKey,
      AWS_SESSION_TOKEN: credential.sessionToken ?? '',
      AWS_ENDPOINT_URL: world.aws.url,
      SLACK_API_URL: `${world.url}/api/`,
      TABLE: 'quarterdeck',
    },
  })
  return JSON.parse(stdout.slice(stdout.lastIndexOf('{'))) as {
    readonly ms: number
    readonly kb: number
    readonly cpu: number
  }
}

/** One digest, which is due at the next minute. */
const withDigest = (yaml: string): string =>
  yaml.replace(
    /digests:\n( .*\n)+/,
    'digests:\n  - { name: all, channel: C0OPS, cron: cron(0 * * * ? *), owners: [S0ONCALL, S0OPS] }\n',
  )

type Row = {
  readonly count: number
  readonly calls: number
  readonly reads: Readonly<Record<string, number>>
  readonly which: string
} & Awaited<ReturnType<typeof run>>

const rows: Row[] = []
for (const count of COUNTS) {
  const world = await start(count)
  await run(world, 'schedule', { kind: 'index' })
  await run(world, 'schedule', { kind: 'digest' })
  world.aws.faults.add({ match: {}, when: 'before', effect: { kind: 'delay', ms: DELAY_MS }, times: 10_000_000 })
  for (const which of ['first', 'next']) {
    world.clock.advance(3_600_000)
    world.aws.throttle.reset()
    world.aws.callLog.clear()
    const measured = await run(world, 'schedule', { kind: 'digest' })
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
| A digest of every topic, ${PLACES.length} places, ${DELAY_MS} ms a call | run | calls to AWS | of Compute Optimizer | of Application Auto Scaling | time | CPU time | peak memory |
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
