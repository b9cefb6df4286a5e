// Gates: a deployment that stops at a PAUSE hook asks for approval, and is answered by people, by others, or by nobody.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deployByPipeline, gateFor, type PipelineRun } from '../../sandbox/control/pipeline.ts'
import { seedRelease } from '../../sandbox/world/seed-release.ts'
import type { DeploymentRecord } from '../../sandbox/world/state.ts'
import { meter } from '../metering/meter.ts'
import { recording } from '../metering/meter-stories.ts'
import { isQuick } from '../seed.ts'
import { pass } from '../world/driving.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld

beforeEach(async () => {
  world = await aStory({ hasEvents: true })
  seedRelease(world.fleet)
  await world.recur('index')
})
afterEach(() => world.stop())

const card = (): string => world.card('C0APPROVALS')
const withoutIds = (text: string): string =>
  text.replace(/configuration \w+ · operation \w+/, 'configuration … · operation …')
const asking = () => world.cards('C0APPROVALS').length

const MINUTE = 60_000

const run = (name: string, more: PipelineRun = {}): DeploymentRecord => {
  const service = world.service(name)
  const { fleet, aws } = world
  return deployByPipeline({ fleet, callLog: aws.callLog }, service, { gate: gateFor(service), ...more })
}

/** A pipeline deploys with a gate; the gate asks. */
const gated = async (name = 'web/orders-api', more: PipelineRun = {}) => {
  const record = run(name, more)
  await world.until(() => card().includes('Gate:'))
  return record
}

/** Somebody answers the gate with the console or the CLI. */
const atTheConsole = async (record: DeploymentRecord, action: 'CONTINUE' | 'ROLLBACK', at = 0) => {
  const hook = record.hooks[at]
  if (hook === undefined) throw new Error('no hook')
  world.fleet.answerHook(record, hook, action)
  await world.until(() => !card().includes('Gate:') || !card().startsWith('⏸'))
}

const lineOf = (text: string, start: string) => text.split('\n').find(line => line.startsWith(start)) ?? ''

describe('a gate', () => {
  test('asks in the approval channel; two continue it, and ECS hears from the one who settled it', async () => {
    const record = await gated()
    expect(card()).toMatchInlineSnapshot(`
      "⏸ Medium risk · prod · Gate: finish the deployment of orders-api v8?
      web · us-east-1 · unknown deployer (registered by deploy)
      • Only v8 runs now; Continue: it stays
      • v8: 4/4 running, health not reported
      • app b344…9d → aa44…85
      Now: healthy, 4 tasks, deploying orders-api:8, 1,444 req/min, 0 alarms
      No answer by 2026-11-22 04:00 UTC: ECS rolls back
      Continue needs 2: any operator, not who deployed. Roll Back: any 1 operator
      [Continue] [Roll Back] [⋯ Details]"
    `)
    expect(withoutIds(await world.details('U0APPROVE', 'C0APPROVALS'))).toMatchInlineSnapshot(`
      "⏸ Medium risk · prod · Gate: finish the deployment of orders-api v8?
      prod.us-east-1/web/orders-api
      prod 1111-2222-3333 · us-east-1
      Started by unknown deployer (registered by deploy)
      Changes
      • Gate: waits at post scale up → continues
      • Task definition: orders-api:7 → orders-api:8
      • Image of app: orders-api:v7 sha256:b3447fd4a50d → orders-api:v8 sha256:aa4471a963c0
      Risk: medium
      • Only v8 runs now; Continue: it stays
      • v8: 4/4 running, health not reported
      • app b344…9d → aa44…85
      • All 4 tasks are replaced
      • New code gets to run
      Effects
      • The deployment waits at the stage post scale up, by the strategy rolling.
      • Started by unknown deployer (registered by deploy).
      Images and settings in full
      • Image of app: 111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-api:v7 sha256:b3447fd4a50dc70467956971b029b00db01d6178b7bd4f4cbef39a254721db9d → 111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-api:v8 sha256:aa4471a963c0b9f6d3ce7faaca14c905475b558d3fbc855638836d2e4f134d85
      Now: healthy, 4 tasks, deploying orders-api:8, 1,444 req/min, 0 alarms
      No answer by 2026-11-22 04:00 UTC: ECS rolls back
      0 of 2 approvals given. From any operator, not who deployed
      [Continue] [Roll Back]
      approval rule 4 · configuration … · operation …"
    `)
    await world.click('approve', 'U0APPROVE')
    expect(card()).toContain('1 of 2 given')
    await world.click('approve', 'U0SECOND')
    await world.until(() => card().startsWith('✅'))
    expect(card()).toMatchInlineSnapshot(`
      "✅ Done · prod · Finished the deployment of orders-api v8 in 0 s
      web · us-east-1 · started by unknown deployer (registered by deploy), approved by approver and second-approver
      The deployment continues. 2026-11-22 03:00 UTC
      [Audit] [Details]"
    `)
    const [call, ...others] = world.calls('ContinueServiceDeployment')
    expect(others).toEqual([])
    expect(call).toMatchObject({
      input: { serviceDeploymentArn: record.arn, action: 'CONTINUE' },
      sourceIdentity: 'second.approver@example.com',
    })
    expect(call?.arn).toContain(':assumed-role/quarterdeck-gate/U0SECOND-')
    await world.until(() => record.status === 'SUCCESSFUL')
    const records = await world.audit('111122223333')
    expect(records.map(({ kind, actor, outcome }) => [kind, actor.user, outcome])).toEqual([
      ['intent', 'U0SECOND', undefined],
      ['outcome', 'U0SECOND', 'done'],
    ])
  })

  test('before production traffic says how much of it moves', async () => {
    await gated('release/web-blue-green')
    expect(card()).toMatchInlineSnapshot(`
      "⏸ Medium risk · prod · Gate: send traffic to web-blue-green v3?
      release · us-east-1 · unknown deployer (registered by deploy)
      • Continue: v3 goes 0 → 100 % of the traffic
      • v3: 2/2 running, health not reported
      • app 30e5…5d → 31e5…3d
      Now: healthy, 4 tasks, 2 wanted, deploying web-blue-green:3, 0 req/min, …
      No answer by 2026-11-22 04:00 UTC: ECS rolls back
      Continue needs 2: any operator, not who deployed. Roll Back: any 1 operator
      [Continue] [Roll Back] [⋯ Details]"
    `)
  })

  test('of a canary asks again before each step', async () => {
    const record = await gated('release/web-canary')
    expect(card()).toContain('• v3 has 0 % of the traffic now; Continue: more')
    await world.click('approve', 'U0APPROVE')
    await world.click('approve', 'U0SECOND')
    await world.until(() => asking() === 2)
    expect(card()).toContain('• v3 has 10 % of the traffic now; Continue: more')
    await world.click('approve', 'U0APPROVE')
    await world.click('approve', 'U0SECOND')
    await world.until(() => record.status === 'SUCCESSFUL')
    expect(world.calls('ContinueServiceDeployment')).toHaveLength(2)
  })

  test('is rolled back by one operator, without approval, and its card closes', async () => {
    const record = await gated()
    await world.press('Roll Back', 'U0SECOND')
    await world.until(() => record.status === 'ROLLBACK_SUCCESSFUL')
    await world.quiet()
    const texts = world.cards('C0APPROVALS').map(({ text }) => text)
    expect(texts).toMatchInlineSnapshot(`
      [
        "⚪ Closed · prod · Gate: finish the deployment of orders-api v8: Rolled back by second-approver, started by unknown deployer (registered by deploy)",
        "✅ Done · prod · Rolled back orders-api v8 at its gate in 0 s, requested by second-approver",
      ]
    `)
    expect(world.calls('ContinueServiceDeployment')).toMatchObject([{ input: { action: 'ROLLBACK' } }])
  })

  test('is rolled back in its dialog, too', async () => {
    const record = await gated()
    const { channel = '', ts = '', blocks = [] } = world.cards('C0APPROVALS').at(-1) ?? {}
    const value = /"value":"(details [^"]+)"/.exec(JSON.stringify(blocks))?.[1] ?? ''
    await world.slack.deliver.click({ user: 'U0SECOND', channel, ts, actionId: 'card:menu', value })
    await world.quiet()
    await world.slack.deliver.click({ user: 'U0SECOND', actionId: 'run:rollback' })
    await world.until(() => record.status === 'ROLLBACK_SUCCESSFUL')
    await world.slack.deliver.close({ user: 'U0SECOND' })
  })

  test('is not rolled back by somebody who may not operate the service', async () => {
    await gated()
    await world.press('Roll Back', 'U0OUTSIDE')
    expect(world.told('U0OUTSIDE')).toContain('not in Quarterdeck’s configuration')
    expect(world.calls('ContinueServiceDeployment')).toEqual([])
  })

  test.each([
    ['CONTINUE', '⚪ Closed · prod · Gate: finish the deployment of orders-api v8: Continued outside Quarterdeck'],
    ['ROLLBACK', '⚪ Closed · prod · Gate: finish the deployment of orders-api v8: Rolled back outside Quarterdeck'],
  ] as const)('that the console answers with %s is closed', async (action, line) => {
    const record = await gated()
    await atTheConsole(record, action)
    expect(card().split('\n')[0]).toBe(line)
    await world.click('approve', 'U0APPROVE')
    expect(world.calls('ContinueServiceDeployment')).toEqual([])
  })

  test('that is settled tells a late click what settled it', async () => {
    const record = await gated()
    const { channel = '', ts = '' } = world.cards('C0APPROVALS').at(-1) ?? {}
    await atTheConsole(record, 'ROLLBACK')
    const [operation = ''] = [...world.durable.executions.values()].map(({ name }) => name)
    world.functions.invokeAsync('quarterdeck-decision', {
      ...{ kind: 'decision', operation, choice: 'approve', place: { channel, thread: ts } },
      actor: { team: 'T0QUARTER', user: 'U0APPROVE', name: 'approver' },
    })
    await world.quiet()
    expect(world.told('U0APPROVE')).toContain('Too late: Rolled back outside Quarterdeck')
  })

  test('that nobody answers ends with what ECS does', async () => {
    await gated()
    await world.until(() => card().startsWith('⌛'))
    expect(card().split('\n')[0]).toBe(
      '⌛ Expired · prod · Gate: finish the deployment of orders-api v8: Nobody answered in time: ECS rolls the deployment back',
    )
    expect(card()).not.toContain('Nothing was changed')
  })

  test('that goes live without an answer says so', async () => {
    const service = world.service()
    const gate = { ...gateFor(service), timeoutConfiguration: { timeoutInMinutes: 30, action: 'CONTINUE' as const } }
    const record = await gated('web/orders-api', { gate })
    expect(lineOf(card(), '⚠️')).toBe('⚠️ No answer by 2026-11-22 03:30 UTC: goes live unapproved')
    await world.until(() => record.status === 'SUCCESSFUL')
    await world.quiet()
    expect(card().split('\n')[0]).toContain('the deployment went on without approval')
  })

  test('whose deployment is stopped is closed', async () => {
    const record = await gated()
    world.fleet.stopDeployment(record)
    await world.until(() => card().startsWith('⚪'))
    expect(card().split('\n')[0]).toMatch(/: Rolled back outside Quarterdeck$/)
  })

  test('answered twice, at the same moment and afterwards, is answered once', async () => {
    await gated()
    await Promise.all([world.click('approve', 'U0APPROVE'), world.click('approve', 'U0SECOND')])
    await world.click('approve', 'U0REQUEST')
    await world.until(() => card().startsWith('✅'))
    await world.click('approve', 'U0REQUEST')
    expect(world.calls('ContinueServiceDeployment')).toHaveLength(1)
  })

  test('of which the console is faster than the last vote tells what settled it', async () => {
    const record = await gated()
    await world.click('approve', 'U0APPROVE')
    const [hook] = record.hooks
    if (hook === undefined) throw new Error('no hook')
    if (world.events) world.events.latencyMs = 10 * MINUTE
    world.fleet.answerHook(record, hook, 'ROLLBACK')
    await world.click('approve', 'U0SECOND')
    await world.until(() => card().startsWith('⚪'))
    expect(card().split('\n')[0]).toContain('Rolled back outside Quarterdeck')
    expect(world.calls('ContinueServiceDeployment')).toEqual([])
  })

  test('of two hooks at one stage are two cards; a rollback at one closes the other', async () => {
    const service = world.service()
    const gate = gateFor(service)
    service.deploymentConfiguration = { ...service.deploymentConfiguration, lifecycleHooks: [gate] }
    const record = run('web/orders-api', { gate })
    await world.until(() => asking() === 2)
    await world.press('Roll Back', 'U0SECOND')
    await world.until(() => record.status === 'ROLLBACK_SUCCESSFUL')
    await world.quiet()
    expect(world.cards('C0APPROVALS').map(({ text }) => text.slice(0, 8))).toMatchInlineSnapshot(`
      [
        "⚪ Closed",
        "⚪ Closed",
        "✅ Done ·",
      ]
    `)
  })

  test('of two hooks at one stage, one is continued, and the other still waits', async () => {
    const service = world.service()
    const gate = gateFor(service)
    service.deploymentConfiguration = { ...service.deploymentConfiguration, lifecycleHooks: [gate] }
    const record = run('web/orders-api', { gate })
    await world.until(() => asking() === 2)
    await world.click('approve', 'U0APPROVE')
    await world.click('approve', 'U0SECOND')
    await world.until(() => card().startsWith('✅'))
    expect(card()).toContain('It waits at 1 more gate.')
    expect(record.status).toBe('IN_PROGRESS')
  })

  test('whose event comes three times asks once', async () => {
    if (world.events) world.events.deliversTwice = true
    ;(world.functions.deliversTwice as Set<string>).add('quarterdeck-events')
    await gated()
    await pass(MINUTE, world)
    expect(asking()).toBe(1)
    expect([...world.durable.executions.values()]).toHaveLength(1)
  })

  test('whose event is lost is found', async () => {
    if (world.events) world.events.latencyMs = 30 * 24 * 60 * MINUTE
    const record = run('web/orders-api')
    await world.until(() => record.hooks.length > 0)
    await world.recur('gates')
    expect(asking()).toBe(0)
    // ECS's event about the deployment arrived, and the one about its hook did not.
    world.functions.invokeAsync('quarterdeck-events', {
      ...{ source: 'aws.ecs', 'detail-type': 'ECS Deployment State Change', account: '111122223333' },
      ...{ region: 'us-east-1', time: new Date(world.clock.now()).toISOString(), resources: [world.service().arn] },
      detail: { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS', updatedAt: new Date(world.clock.now()).toISOString() },
    })
    await world.quiet()
    await world.recur('gates')
    await world.recur('gates')
    expect(asking()).toBe(1)
    expect(card()).toContain('Gate: finish the deployment of orders-api v8?')
  })

  test('settled while no event arrives is closed by the next look', async () => {
    const record = await gated()
    if (world.events) world.events.latencyMs = 30 * 24 * 60 * MINUTE
    const [hook] = record.hooks
    if (hook) world.fleet.answerHook(record, hook, 'CONTINUE')
    await world.quiet()
    expect(card()).toContain('Gate:')
    await world.recur('gates')
    expect(card().split('\n')[0]).toContain('Continued outside Quarterdeck')
  })
})

describe('who deployed', () => {
  test('is known some minutes later: the card says so, and their vote is struck', async () => {
    await gated('web/orders-api', { session: 'approver@example.com' })
    expect(card()).toContain('unknown deployer (registered by deploy)')
    expect(lineOf(card(), 'Continue needs')).toMatchInlineSnapshot(
      `"Continue needs 2: any operator, not approver@example.com. Roll Back: any 1 operator"`,
    )
    await pass(10 * MINUTE, world)
    await world.recur('gates')
    expect(card()).toMatchInlineSnapshot(`
      "⏸ Medium risk · prod · Gate: finish the deployment of orders-api v8?
      web · us-east-1 · deploy for approver@example.com
      • Only v8 runs now; Continue: it stays
      • v8: 4/4 running, health not reported
      • app b344…9d → aa44…85
      Now: healthy, 4 tasks, deploying orders-api:8, 1,444 req/min, 0 alarms
      No answer by 2026-11-22 04:00 UTC: ECS rolls back
      Continue needs 1: any operator, not approver@example.com. Roll Back: any 1 operator
      [Continue] [Roll Back] [⋯ Details]"
    `)
    await world.click('approve', 'U0APPROVE')
    expect(world.told('U0APPROVE')).toContain('You deployed this, so someone else must continue it.')
    await world.click('approve', 'U0SECOND')
    await world.until(() => card().startsWith('✅'))
    expect(card()).toContain('started by deploy for approver@example.com, approved by second-approver')
  })

  test('is the requester, where Quarterdeck deployed; the gate does not wait for that change', async () => {
    const service = world.service()
    service.deploymentConfiguration = { ...service.deploymentConfiguration, lifecycleHooks: [gateFor(service)] }
    await world.type('restart orders-api')
    await world.click('approve', 'U0APPROVE')
    await world.until(() => card().includes('Gate:'))
    await pass(10 * MINUTE, world)
    await world.recur('gates')
    expect(lineOf(card(), 'web ·')).toBe('web · us-east-1 · Quarterdeck for requester@example.com')
    const { channel = '', ts = '' } = world.cards('C0APPROVALS').at(-1) ?? {}
    const click = (user: string) => world.slack.deliver.click({ user, channel, ts, actionId: 'decide:approve' })
    await click('U0REQUEST')
    await world.quiet()
    expect(world.told('U0REQUEST')).toContain('You deployed this')
    await click('U0SECOND')
    await world.until(() => card().startsWith('✅'))
  })

  test('a change of Quarterdeck that waits at a gate locks nothing, and ends with its deployment', async () => {
    const service = world.service()
    service.deploymentConfiguration = { ...service.deploymentConfiguration, lifecycleHooks: [gateFor(service)] }
    await world.type('restart orders-api')
    await world.click('approve', 'U0APPROVE')
    const asked = () => textOf(world.cards()[0])
    await pass(20 * MINUTE, world)
    expect(asked()).toContain('waits at a gate')
    await world.type('scale orders-api 5')
    await world.click('approve', 'U0SECOND')
    await world.until(() => world.card().startsWith('✅'))
    expect(world.desired()).toBe(5)
    const [record] = [...world.fleet.records.values()].slice(-1)
    if (record === undefined) throw new Error('no deployment')
    await atTheConsole(record, 'CONTINUE')
    await world.until(() => asked().startsWith('✅'))
  })

  test('a vote that was given before is struck, and no longer counts', async () => {
    // The task definition is another one's, so who deployed is known from the call alone.
    const service = world.service()
    const [definition] = [...(world.fleet.site(service.cluster).taskDefinitions.get('orders-api') ?? [])].reverse()
    if (definition === undefined) throw new Error('no definition')
    const [deployment] = service.deployments
    if (deployment === undefined) throw new Error('no deployment')
    service.deploymentConfiguration = { ...service.deploymentConfiguration, lifecycleHooks: [gateFor(service)] }
    world.aws.callLog.add({
      ...{ at: world.clock.now(), service: 'ecs', action: 'UpdateService', region: 'us-east-1' },
      ...{ account: '111122223333', status: 200, requestId: 'pipeline' },
      arn: 'arn:aws:sts::111122223333:assumed-role/deploy/approver@example.com',
      input: { cluster: 'web', service: 'orders-api', forceNewDeployment: true },
    })
    world.fleet.deploy(service, { ...deployment.revision.spec })
    await world.until(() => card().includes('Gate:'))
    await world.click('approve', 'U0APPROVE')
    expect(card()).toContain('1 of 2 given')
    await pass(10 * MINUTE, world)
    await world.recur('gates')
    expect(card()).not.toContain('given')
    expect(lineOf(card(), 'Continue needs')).toMatchInlineSnapshot(
      `"Continue needs 1: any operator, not approver@example.com. Roll Back: any 1 operator"`,
    )
    await world.click('approve', 'U0APPROVE')
    expect(world.calls('ContinueServiceDeployment')).toEqual([])
  })
})

describe('the rules', () => {
  const rules = (approvals: string) => async () => {
    const yaml = await readFile('quarterdeck.yaml', 'utf8')
    await world.publish(yaml.replace(/approvals:\n[\s\S]*?\n\n/, `approvals:\n${approvals}\n\n`))
  }

  test('a gate that no rule matches asks all the same, and says that nobody can continue it', async () => {
    await rules('  - { when: { commands: [scale] }, approvals: 1, approvers: [operators] }')()
    const record = await gated()
    expect(lineOf(card(), '⚠️')).toBe('⚠️ No approval rule matches: nobody can continue it here.')
    await world.click('approve', 'U0APPROVE')
    expect(world.told('U0APPROVE')).toContain('may not approve')
    await world.press('Roll Back', 'U0SECOND')
    await world.until(() => record.status === 'ROLLBACK_SUCCESSFUL')
  })

  test('a gate that too few can approve asks all the same, and says so', async () => {
    await rules('  - { approvals: 2, approvers: [U0APPROVE, U0SECOND] }')()
    await gated()
    expect(lineOf(card(), '⚠️')).toBe('⚠️ Needs 3 approvals, and 2 can approve now.')
  })

  test('a gate of high risk is continued in its dialog only', async () => {
    const yaml = await readFile('quarterdeck.yaml', 'utf8')
    const risk = 'risk:\n  - { when: { commands: [gate continue] }, atLeast: high }\n\nceilings:'
    await world.publish(yaml.replace('ceilings:', risk))
    await gated()
    expect(card()).toMatch(/^⏸ High risk · prod · Gate: .*\[Review…\] \[Roll Back\] \[⋯ Details\]$/s)
    await world.click('approve', 'U0APPROVE')
    await world.click('approve', 'U0SECOND')
    await world.until(() => card().startsWith('✅'))
  })

  test('while Slack posts nothing, the gate is told once it does', async () => {
    const record = run('web/orders-api', {
      gate: { ...gateFor(world.service()), timeoutConfiguration: { timeoutInMinutes: 600, action: 'ROLLBACK' } },
    })
    world.slack.faults.add({ method: 'chat.postMessage', effect: { kind: 'status', status: 503 }, times: 25 })
    await world.until(() => card().includes('stopped at a gate'))
    await world.press('Ask Again', 'U0REQUEST')
    await world.until(() => card().startsWith('⏸') || world.card().startsWith('⏸'))
    expect(record.status).toBe('IN_PROGRESS')
  })

  test('a rule that needs no approval still needs one for a gate', async () => {
    await rules('  - { approvals: 0 }')()
    await gated()
    expect(lineOf(card(), 'Continue needs')).toContain('Continue needs 2: any operator')
  })

  test('a halt stops the last vote, and a lock the answer', async () => {
    await gated()
    await world.click('approve', 'U0APPROVE')
    await world.type('lock web/orders-api --reason "release"', { user: 'U0APPROVE' })
    const { channel = '', ts = '' } = world.cards('C0APPROVALS').at(-1) ?? {}
    await world.slack.deliver.click({ user: 'U0SECOND', channel, ts, actionId: 'decide:approve' })
    await world.until(() => card().startsWith('⚪'))
    expect(card().split('\n')[0]).toContain('Out of date')
    expect(card()).toContain('Plan Again')
    expect(world.calls('ContinueServiceDeployment')).toEqual([])
    await world.type('unlock prod.us-east-1/web/orders-api', { user: 'U0APPROVE' })
    await world.press('Plan Again', 'U0REQUEST')
    await world.until(() => card().startsWith('⏸') || world.card().startsWith('⏸'))
  })

  test('a person asks for a gate of an unknown deployer while its card is open, and is pointed to it', async () => {
    await gated()
    const hook = [...world.fleet.records.values()].at(-1)?.hooks[0]?.id
    const yaml = await readFile('quarterdeck.yaml', 'utf8')
    await world.publish(
      yaml
        .replaceAll('who: [S0ONCALL, S0OPS]', 'who: [everyone]')
        .replace('  U0REQUEST:', '  U0OUTSIDE: outside@example.com\n  U0REQUEST:'),
    )
    expect(await world.type(`gate continue web/orders-api ${hook}`, { user: 'U0REQUEST' })).toContain('already open')
  })

  test('a lock does not stop Roll Back, and a halt does', async () => {
    const record = await gated()
    await world.type('lock web/orders-api --reason "release"', { user: 'U0APPROVE' })
    await world.type('halt --reason "incident"', { user: 'U0APPROVE' })
    await world.press('Roll Back', 'U0SECOND')
    expect(world.told('U0SECOND')).toContain('All changes are halted')
    await world.click('approve', 'U0APPROVE').catch(() => undefined)
    await world.type('resume', { user: 'U0APPROVE' })
    await world.press('Roll Back', 'U0SECOND')
    await world.until(() => record.status === 'ROLLBACK_SUCCESSFUL')
    expect(world.calls('ContinueServiceDeployment')).toHaveLength(1)
  })

  test('where Quarterdeck has no gate role, it says that a gate waits', async () => {
    const yaml = await readFile('quarterdeck.yaml', 'utf8')
    await world.publish(yaml.replaceAll(/ {6}gate: .*\n/g, ''))
    run('web/orders-api')
    await world.until(() => card().includes('stopped at a gate'))
    expect(card()).toMatchInlineSnapshot(`
      "A deployment of orders-api (111122223333 us-east-1, web) stopped at a gate: Gates need a gate role in prod, and the configuration has none.

      Ask your administrator to add gate under the account’s roles. docs/gates.md has the AWS CLI line.
      [Ask Again]"
    `)
    await world.recur('gates')
    expect(asking()).toBe(1)
  })

  test('a person asks for a gate again, and does not approve what they deployed', async () => {
    await gated('web/orders-api', { session: 'approver@example.com' })
    await pass(10 * MINUTE, world)
    await world.recur('gates')
    const hook = [...world.fleet.records.values()].at(-1)?.hooks[0]?.id
    const told = await world.type(`gate continue web/orders-api ${hook}`, { user: 'U0REQUEST' })
    expect(told).toContain('already open')
  })
})

test.skipIf(isQuick)(
  'a gate that waits 14 days costs few durable operations, however often it is looked at',
  async () => {
    const updates = recording(world)
    const service = world.service()
    const timeoutConfiguration = { timeoutInMinutes: 14 * 24 * 60, action: 'ROLLBACK' as const }
    await gated('web/orders-api', { gate: { ...gateFor(service), timeoutConfiguration } })
    for (let day = 0; day < 14; day += 1) {
      for (let look = 0; look < 2; look += 1) await world.recur('gates')
      await pass(24 * 60 * MINUTE, world)
    }
    await world.until(() => card().startsWith('⌛'))
    const [metered, ...others] = [...updates.values()].map(meter)
    expect(others).toEqual([])
    expect(metered?.operations).toBeLessThan(20)
  },
  120_000,
)

describe('/ecs gates', () => {
  test('lists what waits', async () => {
    expect(await world.type('gates')).toContain('No deployment waits at a gate')
    await gated()
    await pass(5 * MINUTE, world)
    expect(await world.type('gates')).toMatchInlineSnapshot(`
      "1 deployment waits at a gate
      Finish the deployment of orders-api v8 · 54 min left

      prod.us-east-1/web/orders-api · unknown deployer (registered by deploy)
      No answer by 2026-11-22 04:00 UTC: ECS rolls back
      [Open]"
    `)
  })
})

test('a gate names another registry, also of a new container, and is high', async () => {
  const service = world.service('web/orders-api')
  const spec = service.deployments[0]?.revision.spec
  if (spec === undefined) throw new Error('no deployment')
  const { input } = spec.taskDefinition
  const [, sidecar] = input.containerDefinitions ?? []
  const helper = { ...sidecar, name: 'helper', image: 'evil.example.com/helper:v1' }
  const taskDefinition = world.fleet.registerTaskDefinition(
    service.cluster,
    { ...input, containerDefinitions: [...(input.containerDefinitions ?? []), helper] },
    'arn:aws:sts::111122223333:assumed-role/deploy/asker@example.com',
  )
  service.deploymentConfiguration = { ...service.deploymentConfiguration, lifecycleHooks: [gateFor(service)] }
  world.fleet.deploy(service, { ...spec, taskDefinition })
  await world.until(() => card().includes('Gate:'))
  expect(card()).toContain('High risk')
  expect(card()).toContain('from evil.example.com/helper')
})
