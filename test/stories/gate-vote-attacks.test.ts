// Attacks on gates: who continues them, as whom, and what their cards say.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deployByPipeline, gateFor, type PipelineRun } from '../../sandbox/control/pipeline.ts'
import { seedRelease } from '../../sandbox/world/seed-release.ts'
import { pass } from '../world/driving.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory({ hasEvents: true })
  seedRelease(world.fleet)
  await world.recur('index')
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const MINUTE = 60_000
const APPROVALS = 'C0APPROVALS'
const OUTSIDER = (yaml: string) =>
  yaml
    .replace('  U0REQUEST:', '  U0OUTSIDE: outside@example.com\n  U0REQUEST:')
    .replace('access:\n', 'access:\n  - { who: [U0OUTSIDE], role: operator }\n')
const withRules = (rules: string) => OUTSIDER(EXAMPLE.replace(/approvals:\n[\s\S]*?\n\n/, `approvals:\n${rules}\n`))
const card = (): string => world.card(APPROVALS)
const run = (name: string, more: PipelineRun = {}) => {
  const service = world.service(name)
  const { fleet, aws } = world
  return deployByPipeline({ fleet, callLog: aws.callLog }, service, { gate: gateFor(service), ...more })
}
const gated = async (name = 'web/orders-api', more: PipelineRun = {}) => {
  const record = run(name, more)
  await world.until(() => card().includes('Gate:'))
  return record
}
const asks = /\[(?:Continue|Review…)\]/
const vote = async (user: string, channel = APPROVALS) => {
  const message = world.cards(channel).findLast(one => asks.test(textOf(one)))
  const ts = message?.ts ?? ''
  if (textOf(message).includes('[Continue]'))
    await world.slack.deliver.click({ user, channel, ts, actionId: 'decide:approve' })
  else {
    await world.slack.deliver.click({ user, channel, ts, actionId: 'card:open' })
    await world.quiet()
    await world.slack.deliver.click({ user, actionId: 'decide:approve' })
    await world.quiet()
    await world.slack.deliver.close({ user })
  }
  await world.quiet()
}
/** A forced deployment of what runs: who registered it is another one. */
const again = (session: string) => {
  const service = world.service()
  const [deployment] = service.deployments
  if (deployment === undefined) throw new Error('no deployment')
  service.deploymentConfiguration = { ...service.deploymentConfiguration, lifecycleHooks: [gateFor(service)] }
  world.aws.callLog.add({
    ...{ at: world.clock.now(), service: 'ecs', action: 'UpdateService', region: 'us-east-1' },
    ...{ account: '111122223333', status: 200, requestId: 'again' },
    arn: `arn:aws:sts::111122223333:assumed-role/deploy/${session}`,
    input: { cluster: 'web', service: 'orders-api', forceNewDeployment: true },
  })
  world.fleet.deploy(service, { ...deployment.revision.spec })
}
const whereAsked = () => (world.cards(APPROVALS).some(one => asks.test(textOf(one))) ? APPROVALS : 'C0OPS')

test.each([
  [
    'that comes before a general one',
    `  - { when: { commands: [gate continue] }, approvals: 1, approvers: [U0OUTSIDE] }
  - { approvals: 1, approvers: [operators] }
`,
  ],
  [
    'that comes after one about deployments',
    `  - { when: { commands: [deploy] }, approvals: 1, approvers: [operators] }
  - { when: { commands: [gate continue] }, approvals: 1, approvers: [U0OUTSIDE] }
`,
  ],
])('a rule that names who continues gates, %s, holds', async (_, rules) => {
  await world.publish(withRules(rules))
  const record = await gated('web/orders-api', { session: 'approver@example.com' })
  await pass(10 * MINUTE, world)
  await world.recur('gates')
  await vote('U0SECOND')
  await pass(MINUTE, world)
  expect(world.told('U0SECOND')).toContain('may not approve')
  expect(record.status).toBe('IN_PROGRESS')
  await vote('U0OUTSIDE')
  await pass(MINUTE, world)
  expect(card()).toMatch(/^✅ Done/)
})

test('a gate that nobody can continue by both of its rules says so', async () => {
  await world.publish(
    withRules(`  - { when: { commands: [gate continue] }, approvals: 1, approvers: [U0OUTSIDE] }
  - { approvals: 2, approvers: [operators] }
`),
  )
  await gated('web/orders-api', { session: 'approver@example.com' })
  await pass(10 * MINUTE, world)
  await world.recur('gates')
  expect(card()).toContain('⚠️ Needs 2 approvals by approval rules 1 and 2 together, and 1 can approve now.')
})

test('the approvers ask again after it went out of date, also the deployer, and AWS hears of the last vote', async () => {
  await world.publish(withRules('  - { approvals: 2, approvers: [U0APPROVE, U0SECOND] }\n'))
  const record = await gated('web/orders-api', { session: 'requester@example.com' })
  await pass(10 * MINUTE, world)
  await world.recur('gates')
  expect(card()).not.toContain('⚠️')
  expect(card()).toContain('Continue needs 2')
  await vote('U0SECOND')
  await world.type('lock web/orders-api --reason x', { user: 'U0REQUEST' })
  await vote('U0APPROVE')
  await pass(MINUTE, world)
  expect(card()).toMatch(/^⚪ Out of date/)
  await world.type('unlock prod.us-east-1/web/orders-api', { user: 'U0REQUEST' })
  await world.press('Plan Again', 'U0APPROVE')
  await pass(MINUTE, world)
  await world.press('Plan Again', 'U0REQUEST')
  await pass(MINUTE, world)
  expect(world.told('U0REQUEST')).toContain('already open')
  const channel = whereAsked()
  await vote('U0SECOND', channel)
  await pass(MINUTE, world)
  await vote('U0REQUEST', channel)
  expect(world.told('U0REQUEST')).toContain('You deployed this')
  await vote('U0APPROVE', channel)
  await pass(MINUTE, world)
  expect(record.status).toBe('SUCCESSFUL')
  expect(world.calls('ContinueServiceDeployment')).toMatchObject([{ sourceIdentity: 'approver@example.com' }])
  const records = await world.audit('111122223333')
  expect(records.filter(({ kind }) => kind === 'intent').map(({ actor }) => actor.user)).toEqual(['U0APPROVE'])
})

test('a request of the deployer is continued as the person whose vote settled it', async () => {
  const record = await gated('web/orders-api', { session: 'requester@example.com' })
  await pass(10 * MINUTE, world)
  await world.recur('gates')
  await world.type('lock web/orders-api --reason x', { user: 'U0REQUEST' })
  await vote('U0APPROVE')
  await pass(MINUTE, world)
  await world.type('unlock prod.us-east-1/web/orders-api', { user: 'U0REQUEST' })
  await world.press('Plan Again', 'U0REQUEST')
  await pass(MINUTE, world)
  await vote('U0SECOND', whereAsked())
  await pass(MINUTE, world)
  expect(record.status).toBe('SUCCESSFUL')
  expect(world.calls('ContinueServiceDeployment')).toMatchObject([{ sourceIdentity: 'second.approver@example.com' }])
})

test('the vote of a deployer who is known only at the re-check is struck, and the others count', async () => {
  again('approver@example.com')
  await world.until(() => card().includes('Gate:'))
  await pass(10 * MINUTE, world)
  await vote('U0SECOND')
  await vote('U0APPROVE')
  await pass(MINUTE, world)
  expect(card()).toMatch(/^✅ Done[\s\S]*approved by second-approver\n/)
  expect(world.calls('ContinueServiceDeployment')).toMatchObject([{ sourceIdentity: 'second.approver@example.com' }])
  const records = await world.audit('111122223333')
  expect(new Set(records.map(({ actor }) => actor.user))).toEqual(new Set(['U0SECOND']))
})

test('a new version without a running task is not shown as running', async () => {
  const record = await gated('release/web-canary')
  const service = world.service('release/web-canary')
  const isNew = ({ revision }: { readonly revision?: { readonly arn: string } }) =>
    revision?.arn === service.deployments[0]?.revision.arn
  for (const task of [...service.tasks].filter(one => !isNew(one))) world.fleet.stopTask(task, 'x')
  await pass(3 * MINUTE, world)
  for (const task of [...service.tasks].filter(isNew)) world.fleet.stopTask(task, 'crash')
  await pass(1_000, world)
  const line = `gate continue release/web-canary ${record.hooks[0]?.id} --dry-run`
  expect(await world.type(line, { user: 'U0APPROVE' })).toContain('v3: 0/2 running')
})

test('a ceiling below the running tasks does not stop Roll Back', async () => {
  const record = await gated()
  await world.publish(EXAMPLE.replace('- tasks: 200', '- tasks: 3'))
  await world.press('Roll Back', 'U0SECOND')
  await world.until(() => record.status === 'ROLLBACK_SUCCESSFUL')
})

test('a person’s request knows who deployed, also when CloudTrail does not answer at its end', async () => {
  const record = await gated('web/orders-api', { session: 'approver@example.com' })
  await vote('U0SECOND')
  await world.type('lock web/orders-api --reason x', { user: 'U0APPROVE' })
  await vote('U0REQUEST')
  await pass(MINUTE, world)
  await world.type('unlock prod.us-east-1/web/orders-api', { user: 'U0APPROVE' })
  await pass(10 * MINUTE, world)
  await world.press('Plan Again', 'U0REQUEST')
  await pass(MINUTE, world)
  const channel = whereAsked()
  expect(world.card(channel)).toContain('Continue needs 1: any operator, not approver@example.com')
  world.aws.faults.add({
    match: { service: 'cloudtrail' },
    when: 'before',
    effect: { kind: 'error', code: 'ThrottlingException', message: 'Rate exceeded' },
    times: 9_999,
  })
  await vote('U0SECOND', channel)
  await pass(MINUTE, world)
  expect(record.status).toBe('SUCCESSFUL')
})

test('a gate that opens the network is of high risk', async () => {
  const service = world.service()
  const spec = service.deployments[0]?.revision.spec
  if (spec === undefined) throw new Error('no deployment')
  service.deploymentConfiguration = { ...service.deploymentConfiguration, lifecycleHooks: [gateFor(service)] }
  const awsvpcConfiguration = {
    ...spec.networkConfiguration?.awsvpcConfiguration,
    ...{ securityGroups: ['sg-0open'], assignPublicIp: 'ENABLED' },
  }
  world.fleet.deploy(service, { ...spec, networkConfiguration: { awsvpcConfiguration } } as typeof spec)
  await world.until(() => card().includes('Gate:'))
  expect(card()).toContain('High risk')
  expect(await world.details('U0APPROVE', APPROVALS)).toContain('what reaches them: security groups, public IP')
})
