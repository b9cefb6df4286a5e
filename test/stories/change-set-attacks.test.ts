// Attacks on change sets: a death, Stop, a halt or failures in the middle of many services.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isQuick } from '../seed.ts'
import { HUB, pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { setCard as cardOfSet, fleetOf, moveToSpot, throttleEcr } from './fleet-of.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  await world.publish(EXAMPLE)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.stop()
})

/** One approval is enough for all sets here. */
const EXAMPLE = (await readFile('quarterdeck.yaml', 'utf8')).replace('atLeast: 50', 'atLeast: 500')
const HOUR = 3_600_000
const SPOT = ['web/orders-api', 'web/search'] as const

const tagged = async (names: readonly string[] = ['web/orders-api', 'web/search', 'web/payments-api']) => {
  for (const name of names) world.service(name).tags['team'] = 'shop'
  await world.recur('index')
}
const onSpot = async () => {
  moveToSpot(SPOT, world)
  await tagged(SPOT)
  await pass(HOUR / 6, world)
}
const setCard = (): string => cardOfSet(world)
const over = async () => {
  if (!ENDED.test(setCard())) await world.until(() => ENDED.test(setCard()))
}
const updates = () => world.calls('UpdateService').length
const running = () => [...world.durable.executions.values()].filter(({ endedAt }) => endedAt === undefined)
const providerOf = (name: string) => [...world.service(name).tasks].at(-1)?.capacityProvider

const escaped = async () => {
  await onSpot()
  await world.type('capacity escape tag:team=shop --for 2h')
  await world.click('approve')
  await over()
}

describe('a temporary change of a set', () => {
  test('whose execution dies is reported in the thread of the set, and is no longer said to return', async () => {
    await escaped()
    const card = setCard()
    for (const { arn } of running()) world.durable.stop(arn)
    await pass(HOUR, world)
    const replies = world.replies().map(textOf).join('\n')
    for (const name of ['search', 'orders-api'])
      expect(replies).toContain(`The temporary change on ${name} needs you. Quarterdeck stopped unexpectedly`)
    expect(replies).toContain('/ecs leases')
    expect(replies).toContain('@U0REQUEST @S0ONCALL')
    expect(world.told('U0REQUEST') ?? '').not.toContain('Nothing was changed')
    expect(setCard()).toBe(card)
    const leases = await world.type('leases')
    expect(leases).not.toContain('Then reverts')
    expect(leases).toContain('its operation is dead, so it is not reverted automatically')
    expect(await world.type('capacity return prod.us-east-1/web/search')).toContain('dead')
    expect(await world.type('capacity return tag:team=shop')).not.toBe('')
    await pass(20 * HOUR, world)
    expect(world.replies()).toHaveLength(2)
  })

  test('can be ended at once by its requester and by those who approved the set', async () => {
    await escaped()
    const before = updates()
    for (const user of ['U0REQUEST', 'U0APPROVE']) {
      await world.type('leases', { user })
      await world.press('Revert Now', user)
      await pass(HOUR / 6, world)
    }
    expect(updates() - before).toBe(2)
    expect(SPOT.map(providerOf)).toEqual(['FARGATE_SPOT', 'FARGATE_SPOT'])
    expect(await world.type('leases')).toContain('There are no temporary changes')
  })

  test('cannot be ended by a person who may not change its service', async () => {
    await escaped()
    const rule = '{ who: [U0SECOND], deny: operator, targets: [web/search, web/orders-api] }'
    await world.publish(EXAMPLE.replace('access:\n', `access:\n  - ${rule}\n`))
    await world.type('leases', { user: 'U0SECOND' })
    await world.press('Revert Now', 'U0SECOND')
    expect(world.told('U0SECOND')).toContain('may not end this')
    expect(await world.type('leases')).toContain('Then reverts to capacity spot=1')
  })
})

describe('a service of a set whose execution dies', () => {
  test('after its call is unknown in the audit and on the card, and nobody is told that nothing was changed', async () => {
    await tagged()
    await world.type('restart tag:team=shop')
    const end = world.aws.callLog.subscribe(({ action }) => {
      if (action !== 'UpdateService') return
      end()
      world.durable.stop(running().at(-1)?.arn ?? '')
    })
    await world.click('approve')
    await world.until(() => updates() === 1)
    await over()
    expect(world.told('U0REQUEST') ?? '').not.toContain('Nothing was changed')
    const records = (await world.audit(HUB.account)).filter(({ invocation }) => invocation.startsWith('restart prod.'))
    expect(records.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['intent', undefined],
      ['outcome', 'unknown'],
    ])
    expect(setCard()).toContain('0 of 3 services done, 1 not. 2 not begun: The first service failed')
    expect(setCard()).toContain('unknown. Quarterdeck stopped unexpectedly; the call may or may not have reached AWS')
    expect(updates()).toBe(1)
  })
})

describe('after three failures in a row no further service begins', () => {
  test('three fail at once: no fourth begins', async () => {
    const services = await fleetOf(45, world)
    for (const { arn } of services.slice(1)) world.fleet.knobs.failService(arn, 'exit1')
    await world.type('restart cluster:fleet-1')
    await world.click('approve')
    await over()
    expect(setCard()).toContain('1 of 45 services done, 3 not. 41 not begun: 3 services failed in a row')
    expect(updates()).toBe(4)
  })

  test('also where a later one does not fail', async () => {
    const services = await fleetOf(45, world)
    for (const [at, { arn }] of services.entries())
      if (at !== 0 && at !== 9) world.fleet.knobs.failService(arn, 'exit1')
    await world.type('restart cluster:fleet-1')
    await world.click('approve')
    await over()
    expect(setCard()).toContain('1 of 45 services done, 3 not')
  })

  test.skipIf(isQuick)('where they begin to fail among many, only those fail that ran at once', async () => {
    const services = await fleetOf(30, world)
    for (const { arn } of services.slice(8)) world.fleet.knobs.failService(arn, 'exit1')
    await world.type('restart cluster:fleet-1')
    await world.click('approve')
    await over()
    expect(setCard()).toContain('8 of 30 services done')
    expect(setCard()).toContain('3 services failed in a row')
    expect(updates()).toBeLessThan(29)
  })
})

describe('a set of 200 services', () => {
  test.skipIf(isQuick)('ends at a halt in its middle; one that was deleted meanwhile is not changed', async () => {
    const services = await fleetOf(200, world)
    await world.publish(EXAMPLE.replace('tasks: 200', 'tasks: 500'))
    await world.type('restart cluster:fleet-1')
    const gone = services[3]
    if (gone === undefined) throw new Error('no service')
    await world.click('approve')
    await world.until(() => updates() === 1)
    gone.status = 'INACTIVE'
    world.fleet.touch(gone)
    await world.until(() => updates() >= 30)
    await world.type('halt --reason incident', { user: 'U0APPROVE' })
    const begun = updates()
    await over()
    expect(updates()).toBe(begun)
    expect(setCard()).toMatch(/not begun: Stopped: all changes are halted/)
    expect(setCard()).toMatch(/: refused\. prod\S+ no longer exists\./)
    expect(setCard()).not.toContain('Nothing was changed')
    expect(Math.max(...[...world.durable.executions.values()].map(one => one.metered))).toBeLessThan(200)
  })

  test('starts none any more once its execution is dead; what began ends', async () => {
    await fleetOf(200, world)
    await world.publish(EXAMPLE.replace('tasks: 200', 'tasks: 500'))
    await world.type('restart cluster:fleet-1')
    await world.click('approve')
    const [parent] = running()
    await world.until(() => updates() >= 3)
    world.durable.stop(parent?.arn ?? '')
    await pass(HOUR, world)
    expect(setCard()).toContain('Quarterdeck stopped unexpectedly')
    expect(updates()).toBeLessThanOrEqual(4)
    expect(running()).toEqual([])
    expect(world.replies().map(textOf).join()).not.toContain('needs you')
  })
})

test('a service that was started before Stop, and whose turn comes after it, is not changed', async () => {
  await tagged()
  await world.type('restart tag:team=shop')
  await world.click('approve')
  await world.until(() => updates() === 1)
  const fault = world.aws.faults.add({
    match: { service: 'ecs', action: 'DescribeServiceRevisions' },
    when: 'before',
    effect: { kind: 'error', code: 'ThrottlingException', message: 'slow', status: 400 },
    times: 9_999,
  })
  await world.until(() => setCard().includes('1/3 services ended'))
  expect(running()).toHaveLength(3)
  await world.press('Stop')
  world.aws.faults.remove(fault.id)
  await over()
  expect(setCard()).toContain('1 of 3 services done. 2 not begun: Stopped by requester')
  expect(updates()).toBe(1)
})

describe('a temporary change of capacity while ECR does not answer', () => {
  const ended = async () => {
    await onSpot()
    await world.type('capacity escape orders-api --for 1h')
    await world.click('approve')
    await world.until(() => world.card().includes('Temporary'))
    throttleEcr()
    await pass(2 * HOUR, world)
  }

  test('waits with its return and says so; it returns once ECR answers', async () => {
    const before = updates()
    await ended()
    expect(updates() - before).toBe(1)
    expect(world.card()).toContain('cannot be compared now: the return could start an image that nobody approved')
    expect(world.replies().map(textOf).join()).toContain('The temporary change on orders-api has ended.')
    await pass(30 * HOUR, world)
    expect(updates() - before).toBe(1)
    expect(world.card()).toContain('for a day already')
    vi.restoreAllMocks()
    await pass(7 * HOUR, world)
    expect(world.card()).toContain('Reverted')
    expect(updates() - before).toBe(2)
  })

  test.skipIf(isQuick)('returns without ECR after an approval that says that a new image may start', async () => {
    const before = updates()
    await ended()
    await world.type('capacity return orders-api')
    expect(world.card()).toContain('could not be compared')
    await world.click('approve')
    await pass(HOUR, world)
    expect(updates() - before).toBe(2)
  })

  test.skipIf(isQuick)('does not return at once by Revert Now', async () => {
    const before = updates()
    await ended()
    await world.type('leases')
    await world.press('Revert Now')
    await pass(HOUR, world)
    expect(updates() - before).toBe(1)
  })
})

describe('the list of a set with more than five services', () => {
  const files = () => world.replies().flatMap(({ files = [] }) => files)
  const content = (id = '') => world.slack.workspace.files.get(id)?.content.toString() ?? ''

  test('is a file in the thread of its card before anybody votes', async () => {
    await fleetOf(45, world)
    await world.type('restart cluster:fleet-1')
    expect(files()).toHaveLength(1)
    const lines = content(files()[0]?.id).trimEnd().split('\n')
    expect(lines).toHaveLength(45)
    expect(lines[0]).toBe('prod.us-east-1/fleet-1/billing-api-0001: 2 tasks, medium risk')
  })

  test('keeps no request from its approval where Slack takes no file', async () => {
    await fleetOf(6, world)
    world.slack.faults.add({ method: 'files.getUploadURLExternal', effect: { kind: 'error', error: 'not_allowed' } })
    await world.type('restart cluster:fleet-1')
    expect(files()).toEqual([])
    await world.click('approve')
    await over()
    expect(setCard()).toContain('6 of 6 services done')
  })

  test('is not posted for five', async () => {
    await fleetOf(5, world)
    await world.type('restart cluster:fleet-1')
    expect(files()).toEqual([])
  })
})
