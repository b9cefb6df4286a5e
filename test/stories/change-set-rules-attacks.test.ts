// Attacks on the rules about change sets: who may ask for one, approve it, read it and stop it, and what the card says.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { setCard as cardOfSet, fleetOf, moveToSpot, throttleEcr } from './fleet-of.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.stop()
})

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const withRule = (rule: string, yaml = EXAMPLE) => yaml.replace('approvals:\n', `approvals:\n  - ${rule}\n`)
const withAccess = (rule: string, yaml = EXAMPLE) => yaml.replace('access:\n', `access:\n  - ${rule}\n`)
const withOutside = (yaml = EXAMPLE) => yaml.replace('people:\n', 'people:\n  U0OUTSIDE: outsider@example.com\n')
const HOUR = 3_600_000
/** In the order of their ARNs: orders-api, payments-api, search. */
const THREE = ['web/orders-api', 'web/search', 'web/payments-api'] as const
const SET = 'restart tag:team=shop'

const tagged = async (names: readonly string[] = THREE) => {
  for (const name of names) world.service(name).tags['team'] = 'shop'
  await world.recur('index')
}
const onSpot = async (names = ['web/orders-api', 'web/search']) => {
  moveToSpot(names, world)
  await tagged(names)
  await pass(HOUR / 6, world)
}
const setCard = (): string => cardOfSet(world)
const over = async () => {
  if (!ENDED.test(setCard())) await world.until(() => ENDED.test(setCard()))
}
const updates = () => world.calls('UpdateService').length
const stopsFirst = (service: ReturnType<StoryWorld['service']>) => {
  const { deploymentConfiguration } = service
  Object.assign(service, {
    deploymentConfiguration: { ...deploymentConfiguration, minimumHealthyPercent: 0, maximumPercent: 100 },
  })
  world.fleet.touch(service)
}

describe('a rule about size', () => {
  test('counts the tasks of all services of a set', async () => {
    await fleetOf(30, world)
    expect(await world.type('restart cluster:fleet-1')).toContain('This change needs a reason')
    await world.type('restart cluster:fleet-1 --reason "new certificates"')
    const [card] = world.cards('C0APPROVALS').map(textOf)
    expect(card).toContain('Replaces 60 tasks')
    expect(card).toContain('Needs 2')
  })

  test('also where small changes are free', async () => {
    await world.publish(EXAMPLE.replace('- when: { commands: [exec, exec terminate], risk: low }', '- when: {}'))
    const text = EXAMPLE.replace('- when: { commands: [exec, exec terminate], risk: low }', '- when: {}')
    expect(text).not.toBe(EXAMPLE)
    await fleetOf(30, world)
    await world.type('restart cluster:fleet-1')
    await pass(HOUR, world)
    expect(updates()).toBe(0)
  })
})

describe('images', () => {
  test('that may be new are on the card of a set', async () => {
    await tagged()
    await world.type(SET)
    expect(world.card()).toContain('nothing to take back; a tag outside ECR may be new')
    expect(await world.details()).toContain('Tags outside Amazon ECR are not compared: a new image may start.')
  })

  test.each([
    ['before the approval', true],
    ['after it', false],
  ])('in ECR that cannot be read %s: no service of the set starts them', async (_, isBefore) => {
    await tagged()
    if (isBefore) throttleEcr()
    await world.type(SET)
    if (!isBefore) throttleEcr()
    await world.click('approve')
    await over()
    expect(updates()).toBe(0)
    expect(setCard()).toContain('Its image tags could not be read')
  })
})

describe('the right to vote on a set, and to read it, is that of each of its services', () => {
  test('a stranger to the other services cannot vote', async () => {
    await tagged()
    const access = '{ who: [U0OUTSIDE], role: operator, targets: [web/orders-api] }'
    await world.publish(withAccess(access, withOutside(EXAMPLE.replace('- approvals: 1\n', '- approvals: 2\n'))))
    await world.type(SET)
    await world.click('approve', 'U0APPROVE')
    await world.click('approve', 'U0OUTSIDE')
    expect(world.told('U0OUTSIDE')).toContain('may not approve or reject this')
    await world.click('approve', 'U0SECOND')
    await over()
    expect(setCard()).toContain('3 of 3 services done')
  })

  test('a person whom a rule denies a service neither approves nor rejects the set with it', async () => {
    await tagged()
    await world.publish(withAccess('{ who: [U0SECOND], deny: operator, targets: web/search }'))
    await world.type(SET)
    await world.click('approve', 'U0SECOND')
    await world.click('reject', 'U0SECOND', 'no')
    expect(world.told('U0SECOND')).toContain('may not approve or reject this')
    expect(updates()).toBe(0)
    await world.click('approve', 'U0APPROVE')
    await over()
    expect(setCard()).toContain('approved by approver')
  })

  test('where rules name other approvers, the card names who may approve each service', async () => {
    await tagged()
    await world.publish(withRule('{ when: { targets: [web/search] }, approvals: 1, approvers: [U0SECOND] }'))
    await world.type(SET)
    expect(world.card()).toMatch(/Needs 1: @U0SECOND/)
    await world.click('approve', 'U0APPROVE')
    expect(world.told('U0APPROVE')).toContain('may not approve or reject this')
    await world.click('approve', 'U0SECOND')
    await over()
    expect(setCard()).toContain('3 of 3 services done')
  })

  test('a person who may not view one service reads nothing of the set', async () => {
    await tagged()
    await world.publish(withAccess('{ who: [U0SECOND], deny: viewer, targets: [web/search, web/payments-api] }'))
    await world.type(SET)
    expect(await world.details('U0SECOND')).not.toContain('web/search')
  })

  test('an operator of one service may stop it', async () => {
    await tagged()
    const rule = '{ who: [U0OUTSIDE], role: operator, targets: [web/search] }'
    await world.publish(withAccess(rule, withOutside()))
    await world.type(SET)
    await world.click('approve')
    await world.until(() => updates() === 1)
    await world.press('Stop', 'U0OUTSIDE')
    await over()
    expect(updates()).toBe(1)
  })
})

test('of several rules the shortest time and the named channel hold', async () => {
  await tagged()
  const rule =
    '{ when: { targets: [web/search] }, approvals: 1, approvers: [operators], expiry: 15m, channel: C0APPROVALS }'
  await world.publish(withRule(rule))
  await world.type(SET)
  expect(world.cards('C0APPROVALS')).toHaveLength(1)
  await pass(HOUR, world)
  expect(textOf(world.cards('C0APPROVALS')[0])).toContain('Expired')
  expect(updates()).toBe(0)
})

describe('an open request does not keep others from', () => {
  test('a set with another time', async () => {
    await onSpot()
    await world.type('capacity escape tag:team=shop --for 15m')
    await world.type('capacity escape tag:team=shop --for 24h', { user: 'U0SECOND' })
    expect(world.cards()).toHaveLength(2)
  })

  test('a set whose requester is denied one of its services', async () => {
    await tagged()
    await world.type(SET)
    await world.publish(withAccess('{ who: [U0REQUEST], deny: operator, targets: web/search }'))
    await world.type(SET, { user: 'U0SECOND' })
    expect(world.cards()).toHaveLength(2)
  })

  test.each([
    ['whose risk is higher now', `${EXAMPLE}\nrisk:\n  - { when: { commands: [restart] }, atLeast: high }\n`],
    [
      'that needs more votes now',
      EXAMPLE.replace('- approvals: 1\n    approvers: [operators]', '- approvals: 2\n    approvers: [operators]'),
    ],
  ])('a request %s', async (_, yaml) => {
    const people = (text = EXAMPLE) => withAccess('{ who: [U0OUTSIDE], role: operator }', withOutside(text))
    await world.publish(people())
    await world.type('restart orders-api')
    await world.publish(people(yaml))
    await world.type('restart orders-api', { user: 'U0SECOND' })
    expect(world.cards()).toHaveLength(2)
  })
})

describe('a voter learns', () => {
  test('of the only service of a set what its own card says', async () => {
    await tagged(['web/orders-api'])
    stopsFirst(world.service())
    await world.quiet()
    await world.type(SET)
    expect(world.card()).toContain('Restart orders-api')
    expect(world.card()).toMatch(/at times none may run/)
    expect(world.card()).toMatch(/envoy could not be compared: a new image may start/)
    expect(world.card()).toMatch(/Undo: cannot be undone/)
  })

  test('that a service stops altogether, and why the risk is high', async () => {
    await tagged()
    stopsFirst(world.service('web/search'))
    await world.quiet()
    await world.type(SET)
    expect(world.card()).toContain('1 of 3 high risk: search')
    expect(world.card()).toContain('All tasks may stop before a new one starts')
    expect(await world.details()).toContain(
      'web/search: 5 tasks, high risk (All tasks may stop before a new one starts)',
    )
  })

  test('that tasks are missing since the request', async () => {
    await tagged()
    await world.type(SET)
    const service = world.service('web/search')
    world.fleet.knobs.failService(service.arn, 'oom')
    service.desired = 9
    world.fleet.touch(service)
    await pass(5 * HOUR, world)
    expect(await world.details()).toContain('1 of 3 services lacks tasks')
  })

  test('which places could not be read', async () => {
    await tagged()
    loseStaging()
    world.clock.advance(26 * HOUR)
    await world.recur('index')
    await world.type(SET)
    expect(world.card()).toContain('Services may be missing: staging')
  })
})

test('a temporary change of a set is not longer than one of a service', async () => {
  await onSpot()
  expect(await world.type('capacity escape tag:team=shop --for 30d')).toContain('lasts at most 2d')
  expect(world.cards()).toEqual([])
})

const loseStaging = () =>
  world.aws.faults.add({
    match: { service: 'ecs', account: '444455556666' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 9_999,
  })

describe('the name of a cluster that could be in a place that was not read', () => {
  test('asks for the full name', async () => {
    expect(await world.type('restart cluster:jobs')).toContain('2 clusters are named jobs')
    await world.stop()
    world = await aStory()
    loseStaging()
    expect(await world.type('restart cluster:jobs')).toContain('but could be elsewhere, too: staging')
    expect(world.cards()).toEqual([])
    await world.type('restart cluster:prod.us-east-1/jobs')
    expect(world.card()).toContain('services in the cluster prod.us-east-1/jobs')
  })
})

test('the line that takes a set back is about the same tag, also with blanks', async () => {
  moveToSpot(THREE, world)
  for (const name of ['web/orders-api', 'web/search']) world.service(name).tags['team'] = 'shop --reason=x'
  await tagged(['web/payments-api'])
  await pass(HOUR / 6, world)
  await world.type('capacity escape prod.us-east-1/web/payments-api --for 2h')
  await world.click('approve')
  await world.until(() => world.card().includes('Revert Now'))
  await world.type('capacity escape "tag:team=shop --reason=x" --for 2h')
  await world.click('approve')
  await world.until(() => world.card().includes('Done'))
  await world.press('Undo')
  expect(world.card()).toContain('Return 2 services')
})

test('an approved return of a set does not end a lease that began after the request', async () => {
  await onSpot()
  await world.type('capacity escape tag:team=shop --for 2h')
  await world.click('approve')
  await over()
  await pass(HOUR / 6, world)
  await world.type('capacity return tag:team=shop', { user: 'U0SECOND' })
  const asked = world.cards().at(-1)
  await world.type('leases')
  await world.press('Revert Now')
  await pass(HOUR / 3, world)
  await world.type('capacity set prod.us-east-1/web/orders-api fargate=2:1 --for 24h')
  await world.click('approve')
  await world.until(() => world.card().includes('Revert Now'))
  const spot = { user: 'U0APPROVE', channel: asked?.channel ?? '', ts: asked?.ts ?? '' }
  await world.slack.deliver.click({ ...spot, actionId: 'card:open' })
  await world.quiet()
  await world.slack.deliver.click({ user: 'U0APPROVE', actionId: 'decide:approve' })
  await pass(HOUR / 2, world)
  expect(textOf(world.cards().find(({ ts }) => ts === asked?.ts))).toContain('It changed after the set was planned')
  expect(await world.type('leases')).toContain('capacity fargate=2:1')
})

test('once the requester is mapped to another corporate id, no further service of the set begins as that person', async () => {
  await tagged()
  await world.type(SET)
  await world.click('approve')
  await world.until(() => updates() === 1)
  await world.publish(EXAMPLE.replace('U0REQUEST: requester@example.com', 'U0REQUEST: somebody.else@example.com'))
  await over()
  const intents = (await world.audit('111122223333')).filter(({ kind }) => kind === 'intent')
  expect(new Set(intents.map(({ corporateId }) => corporateId))).toEqual(new Set(['requester@example.com']))
  expect(updates()).toBe(1)
  expect(setCard()).toContain('1 of 3 services done, 2 not')
})
