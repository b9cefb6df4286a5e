// Changes with an end, over the wire: they hold what they say, end when they should, and restore what was there, for every
// requester and in spite of other changes.
import { readFile } from 'node:fs/promises'
import {
  ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
} from '@aws-sdk/client-application-auto-scaling'
import { ECSClient, UpdateServiceCommand, type UpdateServiceCommandInput } from '@aws-sdk/client-ecs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { HUB } from '../../../sandbox/sandbox.ts'
import { verifyChain } from '../../../src/engine/audit/audit.ts'
import { pass } from '../driving.ts'
import { ENDED } from '../ends.ts'
import { aWorld, textOf, type World } from '../world.ts'

const CHECKOUT = 'prod.us-east-1/web/checkout'
const MINUTE = 60_000
const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')

let world: World
/** One world for all, because it takes longer to begin than most of what happens in it: what was there before each. */
let before = { at: 0, cards: 0, replies: 0, calls: 0, records: 0 }
beforeAll(async () => {
  world = await aWorld()
})
beforeEach(async () => {
  world.aws.faults.clear()
  await world.publish(EXAMPLE)
  world.autoscaling.register(HUB, 'service/web/checkout', { min: 4, max: 10 })
  world.autoscaling.setLoad(checkout(), 3.42)
  checkout().desired = 6
  world.fleet.touch(checkout())
  await minutes(30)
  before = {
    at: world.clock.now(),
    cards: world.cards().length,
    replies: world.replies().length,
    calls: world.aws.callLog.list().at(-1)?.id ?? 0,
    records: (await world.audit('111122223333')).length,
  }
})
afterEach(async () => {
  expect(await world.type('leases')).toContain('There are no temporary changes.')
})
afterAll(() => world.stop())

const checkout = () => world.service('web/checkout')
const target = () => world.autoscaling.targetOf(checkout())
const bounds = () => `${target()?.min}..${target()?.max}`
const minutes = (count: number) => pass(count * MINUTE, world)
/** To so many minutes after the test began. */
const goTo = (count: number) => pass(before.at + count * MINUTE - world.clock.now(), world)
const calls = (action: string) => world.calls(action).filter(({ id }) => id > before.calls)
const registrations = () => calls('RegisterScalableTarget')
const SCALABLE = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/web/checkout',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const
/** As somebody with keys of their own calls AWS. */
const atAws = async (
  ...[action, input]:
    | ['UpdateService', UpdateServiceCommandInput]
    | ['RegisterScalableTarget', RegisterScalableTargetCommandInput]
) => {
  const { accessKeyId, secretAccessKey } = localUser
  const settings = { endpoint: world.aws.url, region: HUB.region, credentials: { accessKeyId, secretAccessKey } }
  await (action === 'UpdateService'
    ? new ECSClient(settings).send(new UpdateServiceCommand(input))
    : new ApplicationAutoScalingClient(settings).send(new RegisterScalableTargetCommand(input)))
}
const cards = () => world.cards().slice(before.cards)
const first = () => textOf(cards()[0])
const replies = () => world.replies().slice(before.replies).map(textOf)
const records = async () => (await world.audit('111122223333')).slice(before.records)

/** Asks for a lease that somebody approves, and waits until it runs. */
const lease = async (line = `scale ${CHECKOUT} 12 --for 1h`, user = 'U0REQUEST', approver = 'U0APPROVE') => {
  const count = world.cards().length
  expect(await world.type(line, { user })).toBe('')
  await world.click('approve', approver)
  await world.until(() => world.cards().length > count && world.card().includes('✅ Temporary'))
}
const approved = async (approver = 'U0APPROVE') => {
  await world.click('approve', approver)
  await world.until(() => ENDED.test(world.card()))
}
const fault = (code: string, times: number, action = 'RegisterScalableTarget') =>
  world.aws.faults.add({
    match: { action },
    when: 'before',
    effect: { kind: 'error', code, message: 'no', status: 400 },
    times,
  })

describe('a floor', () => {
  test('is held, and put back on the revert role in the name of whoever asked; then policies scale in', async () => {
    await lease()
    expect([bounds(), checkout().desired]).toEqual(['12..12', 12])
    world.autoscaling.setLoad(checkout(), 1.2)
    await goTo(59)
    expect([bounds(), checkout().desired]).toEqual(['12..12', 12])
    await goTo(62)
    expect(world.card()).toMatch(
      /↩️ Reverted .*Autoscaling bounds: 12\.\.12 → 4\.\.10; Desired count: 12 → 10, at once/s,
    )
    expect(bounds()).toBe('4..10')
    expect(registrations().map(({ arn, sourceIdentity }) => [arn.split('/')[1], sourceIdentity])).toEqual([
      ['quarterdeck-operator', 'requester@example.com'],
      ['quarterdeck-revert', 'requester@example.com'],
    ])
    await goTo(100)
    expect(checkout().desired).toBe(4)
    expect((await records()).map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['intent', undefined],
      ['outcome', 'done'],
      ['intent', undefined],
      ['outcome', 'reverted'],
    ])
    expect(verifyChain(await world.audit('111122223333'))).toEqual([])
    expect([cards().length, replies()]).toEqual([1, []])
  })
})

test('where Slack’s answers are lost for minutes, the card and the message that took its place both tell the end', async () => {
  await world.type('scale orders-api 8 --for 1h')
  world.slack.faults.add({ method: 'chat.update', effect: { kind: 'lose' }, times: 20 })
  await world.click('approve')
  await goTo(30)
  expect(cards()).toHaveLength(2)
  world.slack.faults.clear()
  await goTo(65)
  for (const card of cards()) expect(textOf(card)).toMatch(/↩️ Reverted .*Desired count: 8 → 4/s)
})

test('a count that somebody has changed at AWS is left as found; CloudTrail names them', async () => {
  await lease('scale orders-api 9 --for 1h')
  await atAws('UpdateService', { cluster: 'web', service: 'orders-api', desiredCount: 5 })
  await minutes(65)
  expect(world.card()).toMatch(
    /It set desired count 9 and found 5, changed by local outside Quarterdeck, 2026-\S+ \S+ UTC \(CloudTrail\)\. It is not reverted\./,
  )
  expect(world.desired()).toBe(5)
  await world.press('Restore 4')
  await approved()
  expect(world.desired()).toBe(4)
  await minutes(25 * 60)
  expect(world.cards().map(textOf)).toContainEqual(
    expect.stringMatching(/^↩️ Reverted .*It already has its earlier value/s),
  )
})

describe('what somebody else has changed meanwhile', () => {
  test('by a call in its last minutes: unknown at first, named the next day', async () => {
    await lease()
    await goTo(58)
    await atAws('RegisterScalableTarget', { ...SCALABLE, MinCapacity: 6, MaxCapacity: 20 })
    await goTo(62)
    expect(first()).toContain('found 6..20, changed by someone outside Quarterdeck. It is not reverted.')
    await goTo(62 + 24 * 60)
    expect(first()).toContain('changed by local outside Quarterdeck')
    await world.press('Keep')
    await approved()
    await minutes(3)
    expect(first()).toContain('📌 Kept')
  })

  test('a suspension: what was resumed or suspended besides is left as found', async () => {
    await lease(`autoscale suspend ${CHECKOUT} in --for 1h`)
    await atAws('RegisterScalableTarget', {
      ...SCALABLE,
      SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true },
    })
    await goTo(65)
    expect(first()).toMatch(/It set suspended .*in.* and found .*out.*, changed by local outside Quarterdeck/)
    await world.press('Resume')
    await approved()
    await goTo(65 + 24 * 60)
    expect(first()).toMatch(/↩️ Reverted .*It already has its earlier value/s)
  })
})

describe('whoever carries it is gone', () => {
  test('the decision function dies between ending it and waking it: it ends within minutes all the same', async () => {
    await lease()
    world.aws.faults.add({
      match: { function: 'quarterdeck-decision', action: 'SendDurableExecutionCallbackSuccess' },
      when: 'before',
      effect: { kind: 'kill' },
      times: 3,
    })
    await world.press('Revert Now')
    await minutes(8)
    expect(first()).toContain('↩️ Reverted')
    expect([bounds(), registrations().length]).toEqual(['4..10', 2])
  })

  test('the operation ends without a word: said on the card, in the thread and in the list, with what to do', async () => {
    await lease()
    fault('AccessDeniedException', 99, 'CheckpointDurableExecution')
    await goTo(75)
    const words =
      'Quarterdeck stopped unexpectedly during this temporary change: a minimum of 12 is not reverted automatically.'
    expect(first()).toContain('⚠️ Unknown')
    expect(first()).toContain(words.replace(/\.$/, ''))
    expect(replies()).toEqual([
      expect.stringContaining(`@U0REQUEST The temporary change on checkout needs you. ${words}`),
    ])
    expect((await records()).map(({ outcome }) => outcome)).toEqual([undefined, 'done', 'unknown'])
    world.aws.faults.clear()
    expect(await world.type('leases')).toContain('its operation is dead, so it is not reverted automatically')
    expect(world.told('U0REQUEST')).toContain('[Restore 4..10] [Keep]')
    await world.press('Restore 4..10')
    await approved()
    expect(bounds()).toBe('4..10')
    await world.type('leases')
    await world.press('Keep')
    await approved()
    await goTo(300)
    expect(replies()).toHaveLength(1)
  })
})
