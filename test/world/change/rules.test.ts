// The rules over the wire: as whom a change is made, the switches and the configuration as AWS keeps them, and settings that a
// crash delivers again.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ENDED } from '../ends.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeEach(async () => {
  world = await aWorld()
})
afterEach(() => world.stop())

const isOver = () => ENDED.test(world.card())

describe('between consent and execution', () => {
  test.each<[string, (world: World) => unknown, string]>([
    [
      'the halt switch of the hub',
      world =>
        world.aws.parameters.put({ account: '111122223333', region: 'us-east-1' }, '/quarterdeck/halt', {
          value: 'incident 812',
          type: 'String',
          at: 0,
          by: 'x',
        }),
      'All changes are halted: the switch /quarterdeck/halt is on: incident 812',
    ],
  ])('%s: stale, with the reason, and nothing runs', async (_, meanwhile, words) => {
    // The rules change while the operation is on its way: after the vote was counted, before it is checked again.
    await world.type('scale orders-api 6')
    const held = world.aws.faults.add({
      match: { function: 'quarterdeck-decision', action: 'SendDurableExecutionCallbackSuccess' },
      when: 'before',
      effect: { kind: 'hold' },
    })
    const clicking = world.slack.deliver.click({
      user: 'U0APPROVE',
      channel: 'C0OPS',
      ts: world.cards().at(-1)?.ts ?? '',
      actionId: 'decide:approve',
    })
    await waitFor(() => world.aws.faults.hits(held.id) > 0)
    await meanwhile(world)
    world.aws.faults.release(held.id)
    await clicking
    await world.until(isOver)
    expect(world.card()).toContain(words)
    expect(world.card()).toContain('⚪ Out of date')
    expect(world.card()).toContain('[Plan Again]')
    expect(world.calls('UpdateService')).toEqual([])
  })
})

describe('locks and the halt', () => {
  test.each([
    ['halt --reason "incident 812"', 'resume', 'halt --reason "incident 813"', 'incident 813'],
    ['lock orders-api --reason migration', 'unlock orders-api', 'lock orders-api --reason another', 'another'],
  ])(
    '%s, %s: delivered again, it takes away nothing newer, and the asker hears of the newer one',
    async (begin, end, next, text) => {
      await world.type(begin)
      world.aws.faults.add({
        match: { function: 'quarterdeck-decision', action: 'DeleteItem' },
        when: 'after',
        effect: { kind: 'kill' },
      })
      await world.type(end, { user: 'U0APPROVE' })
      await world.type(next, { user: 'U0SECOND' })
      const said = world.cards().length
      world.clock.advance(10 * 60_000)
      await world.quiet()
      expect(world.cards()).toHaveLength(said)
      expect(world.told('U0APPROVE')).toContain('somebody else halted or locked it meanwhile')
      expect(await world.type('scale orders-api 6')).toContain(text)
      const ends = (await world.audit('111122223333')).filter(({ invocation }) => invocation === end)
      expect(ends.length).toBeLessThanOrEqual(1)
    },
  )

  test('a halt that is delivered again after somebody lifted it does not come back', async () => {
    world.onSlackCall = method => {
      if (method !== 'chat.postMessage') return
      world.functions.killAll('quarterdeck-decision')
      world.onSlackCall = () => {}
    }
    await world.type('halt --reason "incident 812"')
    await world.type('resume', { user: 'U0APPROVE' })
    world.clock.advance(10 * 60_000)
    await world.quiet()
    expect(world.card()).toContain('All changes are halted by requester: incident 812')
    expect(await world.type('scale orders-api 6')).toBe('')
  })

  test('the switch in the account of the service halts it as well', async () => {
    world.aws.parameters.put({ account: '444455556666', region: 'us-east-1' }, '/quarterdeck/halt', {
      value: 'no',
      type: 'String',
      at: 0,
      by: 'x',
    })
    expect(await world.type('scale catalog-api 9')).toContain('2 services are named catalog-api')
    const said = await world.type('scale staging.us-east-1/web/catalog-api 9')
    expect(said).toContain('All changes are halted: the switch /quarterdeck/halt is on: no')
    expect(await world.type('scale orders-api 6')).toBe('')
  })
})

describe('as whom', () => {
  test('writes run as the actor, in a session that can do its plan and nothing else', async () => {
    await world.type('scale orders-api 6')
    await world.click('approve')
    await world.until(isOver)
    const [update] = world.calls('UpdateService')
    expect(update).toMatchObject({
      sourceIdentity: 'requester@example.com',
      arn: expect.stringMatching(/assumed-role\/quarterdeck-operator\/U0REQUEST-[0-9a-f]{40}$/),
    })
    const assumed = world
      .calls('AssumeRole')
      .map(
        ({ input }) =>
          input as { RoleArn: string; Policy?: string; SourceIdentity: string; Tags: { Key: string; Value: string }[] },
      )
    const writer = assumed.find(({ RoleArn }) => RoleArn.endsWith('operator'))
    expect(JSON.parse(writer?.Policy ?? '{}')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ecs:UpdateService',
          Resource: ['arn:aws:ecs:us-east-1:111122223333:service/web/orders-api'],
          Condition: {
            Null: {
              'ecs:task-definition': 'true',
              'ecs:task-cpu': 'true',
              'ecs:task-memory': 'true',
              'ecs:capacity-provider': 'true',
              'ecs:enable-execute-command': 'true',
              'ecs:subnet': 'true',
              'ecs:auto-assign-public-ip': 'true',
              'ecs:propagate-tags': 'true',
              'ecs:enable-ecs-managed-tags': 'true',
              'ecs:enable-service-connect': 'true',
              'ecs:namespace': 'true',
              'ecs:enable-vpc-lattice': 'true',
              'ecs:enable-ebs-volumes': 'true',
            },
          },
        },
      ],
    })
    expect(writer?.Tags).toContainEqual({ Key: 'quarterdeck:approvers', Value: 'U0APPROVE' })
    expect(
      assumed
        .filter(({ RoleArn }) => RoleArn.endsWith('viewer'))
        .every(({ SourceIdentity }) => SourceIdentity === 'requester@example.com'),
    ).toBe(true)
  })

  test('a role that cannot be assumed is said, and nothing runs', async () => {
    await world.type('scale orders-api 6')
    world.aws.roles.remove('arn:aws:iam::111122223333:role/quarterdeck-operator')
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toMatch(/❌ Failed .*assuming quarterdeck-operator: AWS denied it \(AccessDenied/s)
    expect(world.desired()).toBe(4)
  })
})

test('a configuration that was put there by hand and is none: an alarm, and the last valid one stays in force', async () => {
  for (const value of ['{}', 'not JSON', '{"version":"x","team":"T0OTHER"}']) {
    world.aws.parameters.put({ account: '111122223333', region: 'us-east-1' }, '/quarterdeck/config', {
      value,
      type: 'String',
      at: 0,
      by: 'x',
    })
  }
  expect(await world.type('scale orders-api 6')).toBe('')
  expect(world.card()).toContain('Scale orders-api 4 → 6')
  expect(JSON.stringify(world.functions.logs)).toContain(
    'version 4 of /quarterdeck/config is invalid; the last valid configuration stays active',
  )
})

const waitFor = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise(resolve => setImmediate(resolve))
}
