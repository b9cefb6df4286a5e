// The approval rules for incidents: what confirms an incident, what they ease, and what tries to get round an approval.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aUser } from '../../sandbox/slack/seed.ts'
import type { OpenIncident } from '../../src/engine/rules/incidents/open-incidents.ts'
import type { Incident } from '../../src/features/incidents/incident/incident.ts'
import type { Problem } from '../../src/features/incidents/problems/problem.ts'
import { RemoteError } from '../../src/model/errors.ts'
import { pass } from '../world/driving.ts'
import { anAlarmEvent, anOom, aServiceEvent, send, taskId } from './problem-events.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

const MINUTE = 60_000
const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
/** Two approvals, and one while a confirmed incident is open. U0SECOND is on call. */
const RULES = `
  - approvals: 2
    approvers: [operators]
    incident: { approvals: 1 }
`
const PEOPLE = `
  U0TWICE: requester@example.com
  U0THIRD: third@example.com
`
const yaml = (rules = RULES, onCall = 'schedule: { from: 2026-11-01T09:00:00Z, shift: 90d, who: [U0SECOND] }') =>
  `${EXAMPLE.replace(/\napprovals:\n[\s\S]*?\n\n(?=#)/, `\napprovals:${rules}\n`).replace(/\npeople:\n/, `\npeople:${PEOPLE}`)}
incidents:
  onCall:
    - ${onCall}
`

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  await world.publish(yaml())
  const ops = world.slack.workspace.groups.get('S0OPS')
  if (ops) world.slack.workspace.groups.set('S0OPS', { ...ops, users: [...ops.users, 'U0THIRD', 'U0TWICE'] })
  await world.recur('index')
  await world.type('subscribe orders-api')
})
afterEach(() => world.stop())

const ooms = (count: number) =>
  send(world, ...Array.from({ length: count }, (_, at) => anOom({ id: taskId(at + 1), at: world.clock.now() })))
const open = () => world.type('incident open orders-api')
const acknowledge = (user = 'U0SECOND') => world.type('incident acknowledge --service orders-api', { user })
/** The rule that a new request gets, as its card says it. */
const ruleOf = async (line = 'scale orders-api 6'): Promise<'eased' | 'ordinary'> => {
  const before = world.cards('C0OPS').at(-1)?.ts
  const [command = '', rest] = line.split(' -- ')
  const told = await world.type(`${command} --reason "incident"${rest === undefined ? '' : ` -- ${rest}`}`)
  const card = world.cards('C0OPS').at(-1)?.ts === before ? '' : world.card()
  const isEased = card.includes('Incident: fewer approvals than the usual 2')
  if (isEased && /Needs 1\b/.test(card)) return 'eased'
  if (!isEased && /Needs 2\b/.test(card)) return 'ordinary'
  throw new Error(`no request: ${card} ${told}`)
}
const isEased = async (line?: string): Promise<boolean> => (await ruleOf(line)) === 'eased'

describe('without a confirmation', () => {
  test('an incident opened to get round an approval changes nothing: the request needs two, and one does not do', async () => {
    await open()
    expect(await isEased()).toBe(false)
    await world.click('approve')
    await pass(5 * MINUTE, world)
    expect(world.desired()).toBe(4)
  })

  test.each([
    ['the opener', 'U0REQUEST', 'U0REQUEST'],
    ['the opener as another Slack user', 'U0TWICE', 'U0TWICE'],
    ['an operator who is not on call', 'U0APPROVE', 'U0SECOND'],
  ])('%s acknowledges it', async (_, user, onCall) => {
    world.slack.workspace.putUser(aUser({ id: 'U0TWICE', displayName: 'Requester again' }))
    const ops = world.slack.workspace.channels.get('C0OPS')
    if (ops) world.slack.workspace.putChannel({ ...ops, members: [...ops.members, 'U0TWICE'] })
    await world.publish(yaml(RULES, `schedule: { from: 2026-11-01T09:00:00Z, shift: 90d, who: [${onCall}] }`))
    await open()
    await acknowledge(user)
    expect(world.card()).toContain('acknowledged the incident')
    expect(await isEased()).toBe(false)
  })

  test('being on call gives no right: without operator access the acknowledgement confirms nothing', async () => {
    await world.publish(
      yaml().replace('access:\n', 'access:\n  - { who: [U0SECOND], deny: operator, targets: [web/orders-api] }\n'),
    )
    await open()
    await acknowledge()
    expect(world.card()).toContain('acknowledged the incident')
    expect(await isEased()).toBe(false)
  })

  test('a look-up of on-call people that failed is the stricter rule', async () => {
    await world.publish(
      yaml(RULES, 'pagerduty: { schedules: [PI7DH85] }').replace('onCall: [S0ONCALL]', 'onCall: [U0SECOND]'),
    )
    world.onCall.ask = async () =>
      Promise.reject(new RemoteError('reading PagerDuty: it answered 503', { code: 'HTTP 503', passing: true }))
    await open()
    await acknowledge()
    expect(await isEased()).toBe(false)
  })

  test('an alarm alone confirms nothing: alarms also watch for what is usual', async () => {
    await send(world, anAlarmEvent('orders-5xx', 'ALARM', world.clock.now()))
    await pass(MINUTE, world)
    await open()
    expect(await isEased()).toBe(false)
  })

  test('a problem that a change through Quarterdeck may have caused confirms nothing', async () => {
    await world.type('restart orders-api --reason "to break it"')
    await world.click('approve')
    await world.click('approve', 'U0SECOND')
    await pass(10 * MINUTE, world)
    await ooms(3)
    await pass(MINUTE, world)
    await open()
    await pass(6 * MINUTE, world)
    await changedAndOpen()
    expect(await isEased()).toBe(false)
  })

  test('a problem after a change of the opener to another service confirms nothing', async () => {
    await world.type('restart prod.us-east-1/web/search --reason "to break others"')
    await world.click('approve')
    await world.click('approve', 'U0SECOND')
    await pass(10 * MINUTE, world)
    await ooms(3)
    await pass(MINUTE, world)
    await open()
    await changedAndOpen()
    expect(await isEased()).toBe(false)
  })

  /** Otherwise these tests would show nothing. */
  const changedAndOpen = async () => {
    expect((await world.audit('111122223333')).map(({ kind }) => kind)).toContain('intent')
    const problems = await world.store().list<Problem>('problems')
    expect(problems.map(({ value }) => value.state)).toContain('open')
  }
})

describe('confirmed', () => {
  const byProblem = async () => {
    await ooms(3)
    await pass(MINUTE, world)
    await open()
  }

  test('by a problem that Quarterdeck did not cause: one approval does, and the card says so', async () => {
    await byProblem()
    expect(await isEased()).toBe(true)
    await world.click('approve')
    await pass(5 * MINUTE, world)
    expect(world.desired()).toBe(6)
  })

  test('by the second person on call: the timeline and the review say from when to when, and mark what was done', async () => {
    await open()
    await acknowledge()
    expect(await isEased()).toBe(true)
    await world.click('approve')
    await pass(10 * MINUTE, world)
    expect(await world.type('incident timeline')).toContain('1 incident is open')
    await world.type('incident close done --service orders-api')
    await pass(2 * MINUTE, world)
    const review = [...world.slack.workspace.files.values()].find(({ file }) => file.name.endsWith('.md'))
    const text = review?.content.toString('utf8') ?? ''
    expect(text).toContain('The approval rules for incidents hold until')
    expect(text).toMatch(/The approval rules for incidents held from .* to .*\. Lines of this time have a †\./)
    expect(text).toMatch(/† \/ecs scale/)
  })

  test('the requester still does not approve', async () => {
    await byProblem()
    await ruleOf()
    await world.click('approve', 'U0REQUEST')
    expect(world.told('U0REQUEST')).toContain('You requested this change')
    expect(world.desired()).toBe(4)
  })

  test.each([
    ['scale to 0', 'scale orders-api 0'],
    ['a deployment', 'deploy orders-api orders-api:1'],
    ['a restart, which may run an image of a tag that has moved', 'restart orders-api'],
    ['a command', 'exec orders-api:app -- ls'],
    ['many services', 'restart cluster:prod.us-east-1/web'],
  ])('%s keeps the ordinary rule', async (_, line) => {
    await byProblem()
    expect(await isEased(line)).toBe(false)
  })

  test('another service keeps the ordinary rule', async () => {
    await byProblem()
    expect(await isEased('scale prod.us-east-1/web/search 3')).toBe(false)
  })

  test.each([
    ['a lock', async () => void (await world.type('lock orders-api --reason "keep"')), 'keep'],
    ['a halt', async () => void (await world.type('halt --reason "all stop"')), 'all stop'],
  ])('%s still blocks', async (_, block, words) => {
    await byProblem()
    await block()
    expect(await world.type('scale orders-api 6 --reason "incident"')).toContain(words)
  })

  test('a ceiling, a freeze and a denial still block', async () => {
    await byProblem()
    expect(await world.type('scale orders-api 500 --reason "incident"')).toContain('ceiling')
    await world.publish(
      `${yaml()}\nfreezes:\n  - { name: launch, from: 2026-11-01T00:00:00Z, until: 2026-12-01T00:00:00Z }\n`,
    )
    expect(await world.type('scale orders-api 6 --reason "incident"')).toContain('frozen')
    await world.publish(yaml().replace('access:\n', 'access:\n  - { who: [U0REQUEST], deny: operator }\n'))
    expect(await world.type('scale orders-api 6 --reason "incident"')).toContain('denies')
  })

  test('after four hours the ordinary rule applies, also to what was asked before', async () => {
    await byProblem()
    await pass(225 * MINUTE, world)
    expect(await isEased()).toBe(true)
    await pass(20 * MINUTE, world)
    await world.click('approve')
    await pass(5 * MINUTE, world)
    expect(world.desired()).toBe(4)
    const all = world.cards('C0OPS').map(message => textOf(message))
    expect(all.join('\n')).toContain('It needs 2 approvals now and has 1')
    expect(await isEased()).toBe(false)
  })

  test('a shorter time of the configuration holds', async () => {
    await world.publish(`${yaml()}\n  longest: 1h\n`)
    await byProblem()
    await pass(61 * MINUTE, world)
    expect(await isEased()).toBe(false)
  })

  test('closing ends it at once, also for what was asked before; opening again renews nothing', async () => {
    await byProblem()
    await ruleOf()
    const requested = world.cards('C0OPS').at(-1)?.ts
    await world.type('incident close "for a moment" --service orders-api')
    const card = world.slack.workspace.message('C0OPS', requested ?? '')
    expect(card).toBeDefined()
    await world.slack.deliver.click({
      user: 'U0APPROVE',
      channel: 'C0OPS',
      ts: requested ?? '',
      actionId: 'decide:approve',
    })
    await pass(5 * MINUTE, world)
    expect(world.desired()).toBe(4)
    await open()
    await pass(6 * MINUTE, world)
    expect(await isEased()).toBe(false)
    await acknowledge()
    expect(await isEased('scale orders-api 7')).toBe(false)
  })

  test('a responder who loses the right ends it', async () => {
    await open()
    await acknowledge()
    expect(await isEased()).toBe(true)
    await world.publish(yaml().replace('access:\n', 'access:\n  - { who: [U0SECOND], deny: operator }\n'))
    await world.click('approve')
    await pass(5 * MINUTE, world)
    expect(world.desired()).toBe(4)
  })

  test('a responder who leaves Slack ends it, right before the change', async () => {
    await open()
    await acknowledge()
    expect(await isEased()).toBe(true)
    const user = world.slack.workspace.users.get('U0SECOND')
    if (user) world.slack.workspace.putUser({ ...user, deleted: true })
    await world.click('approve')
    await pass(5 * MINUTE, world)
    expect(world.desired()).toBe(4)
  })

  test('with no approval in the rule, a confirmed change runs at once, and one that is not confirmed does not', async () => {
    await world.publish(yaml(RULES.replace('approvals: 1 }', 'approvals: 0 }')))
    await world.type('scale orders-api 6 --reason "incident"')
    expect(world.desired()).toBe(4)
    await world.click('cancel', 'U0REQUEST')
    await byProblem()
    await world.type('scale orders-api 6 --reason "incident"')
    await pass(5 * MINUTE, world)
    expect(world.desired()).toBe(6)
  })

  test('a rule without a variant is as it was', async () => {
    await world.publish(yaml('\n  - { approvals: 2, approvers: [operators] }\n'))
    await byProblem()
    expect(await isEased()).toBe(false)
  })
})

test('a deployment that fails by itself is a problem of the service', async () => {
  await send(world, aServiceEvent('SERVICE_DEPLOYMENT_FAILED', world.clock.now(), 'web/orders-api', {}))
  await pass(MINUTE, world)
  await open()
  expect(await isEased()).toBe(true)
})

test('each delivery twice, and a function that dies after the confirmation, confirm once', async () => {
  world.functions.deliversTwice = new Set(['quarterdeck-decision', 'quarterdeck-schedule'])
  await open()
  await acknowledge()
  await pass(2 * MINUTE, world)
  const texts = (await world.audit('111122223333')).map(({ text = '' }) => text)
  expect(texts.filter(text => text.startsWith('The approval rules for incidents hold'))).toHaveLength(1)
  const [item] = await world.store().list<Incident>('incidents', { prefix: 'incident#' })
  if (item === undefined) throw new Error('no incident')
  const { eased, ...before } = item.value
  expect(eased?.responder).toBe('U0SECOND')
  await world.store().replace(item.key, before, item.version)
  await acknowledge()
  const [after] = await world.store().list<Incident>('incidents', { prefix: 'incident#' })
  expect(after?.value.eased).toEqual(eased)
})

test('delivered twice, an opening leaves one open incident, which is no claim', async () => {
  world.functions.deliversTwice = new Set(['quarterdeck-decision'])
  await open()
  const items = await world.store().list<OpenIncident>('incidents', { prefix: 'open#' })
  expect(items.map(({ value }) => value.isClaimed)).toEqual([undefined])
})
