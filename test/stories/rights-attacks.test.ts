// Attempts to do what one has no right to: end a halt, vote, steer names, and learn of places that one may not see.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aChannel } from '../../sandbox/slack/seed.ts'
import { HALT_KEY, type Halt, PLACE_LOCKS, type PlaceLock } from '../../src/engine/rules/rule-inputs.ts'
import type { Json } from '../../src/model/json.ts'
import type { Key } from '../../src/model/ports/store.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const ACCESS = 'access:\n'
/** Publishes the example with more access rules, and with U0OUTSIDE as a listed person. */
const publish = (rules: string, change: (yaml: string) => string = yaml => yaml) =>
  world.publish(
    change(
      EXAMPLE.replace(ACCESS, `${ACCESS}${rules}`).replace('people:\n', 'people:\n  U0OUTSIDE: outsider@example.com\n'),
    ),
  )
const isOver = () => /Done|Failed|Out of date|Rejected|Blocked/.test(world.card())
const loseGroups = () =>
  world.slack.faults.add({ method: 'usergroups.users.list', effect: { kind: 'status', status: 500 }, times: 99 })
const NO_RULE = 'No rule allows'

/** Another person halts right after the halt was read so many times. */
const haltTooAfter = (looks: number): void => {
  const store = world.store()
  const { get } = store
  let seen = 0
  const haltingToo: typeof get = async <T extends Json>(key: Key) => {
    const found = await get<T>(key)
    if (found === undefined || key.pk !== HALT_KEY.pk || ++seen !== looks) return found
    const halt = { ...(found.value as Halt), also: [{ team: 'T0QUARTER', user: 'U0APPROVE', name: 'approver' }] }
    await store.replace(key, halt, found.version)
    return found
  }
  Object.assign(store, { get: haltingToo })
}

test('of two locks at the same moment the second is not said to stand', async () => {
  const store = world.store()
  const { create } = store
  const [name, by] = ['prod.us-east-1/web/search', { team: 'T0QUARTER', user: 'U0APPROVE', name: 'approver' }]
  const first: typeof create = async (key, value, until) => {
    if (key.pk !== PLACE_LOCKS) return create(key, value, until)
    await create(key, { ...(value as PlaceLock), by, reason: 'a minute' }, until)
    return create(key, value, until)
  }
  Object.assign(store, { create: first })
  expect(await world.type(`lock ${name} --reason migration --for 2d`)).toContain('somebody else halted or locked it')
  expect(world.cards()).toEqual([])
  expect(await world.type(`restart ${name}`)).toContain('is locked by approver until')
})

describe('the end of a halt', () => {
  test.each([
    [
      'an operator of one service',
      '  - { who: [U0OUTSIDE], role: operator, targets: web/orders-worker }\n',
      'U0OUTSIDE',
    ],
    [
      'a person whom a rule denies one service',
      '  - { who: [U0SECOND], deny: operator, targets: web/orders-api }\n',
      'U0SECOND',
    ],
    [
      'a person on call whom a rule denies',
      '  - { who: [U0REQUEST], deny: viewer, environment: staging }\n',
      'U0REQUEST',
    ],
    ['a viewer', '', 'U0OUTSIDE'],
  ])('%s does not end it', async (_, rules, user) => {
    await publish(rules)
    await world.type('halt --reason "incident 812"', { user: 'U0APPROVE' })
    expect(await world.type('resume', { user })).toContain(NO_RULE)
    expect(await world.type('scale orders-api 6', { user: 'U0APPROVE' })).toContain('All changes are halted')
  })

  test.each([
    ['the person who halted', 'U0OUTSIDE', ''],
    ['on call', 'U0REQUEST', '  - { who: [U0REQUEST], role: viewer }\n'],
    ['an operator of everything', 'U0APPROVE', ''],
  ])('%s ends it', async (_, user, rules) => {
    await publish(rules)
    await world.type('halt --reason "incident 812"', { user: 'U0OUTSIDE' })
    await world.type('resume', { user })
    expect(world.card()).toContain('Changes are allowed again')
  })

  test('the person who halted first does not end it alone once somebody else halted, too', async () => {
    await publish('')
    await world.type('halt --reason first', { user: 'U0OUTSIDE' })
    await world.type('halt --reason "incident 812"')
    expect(world.card()).toContain('requester halted, too: incident 812')
    expect(await world.type('resume', { user: 'U0OUTSIDE' })).toContain(NO_RULE)
    expect(await world.type('halt --reason again')).toContain('All changes are already halted')
    await world.type('resume')
    expect(world.card()).toContain('Changes are allowed again')
  })

  test.each([1, 2, 3])('stays where somebody else halts while it is ended, after look %i', async look => {
    await publish('')
    await world.type('halt --reason first', { user: 'U0OUTSIDE' })
    haltTooAfter(look)
    expect(await world.type('resume', { user: 'U0OUTSIDE' })).toMatch(/No rule allows|somebody else halted/)
    expect(world.card()).not.toContain('Changes are allowed again')
    expect(await world.type('scale orders-api 6')).toContain('All changes are halted')
  })

  test('nobody ends it while Slack does not name the members of groups', async () => {
    await world.type('halt --reason "incident 812"')
    loseGroups()
    void world.type('resume', { user: 'U0APPROVE' })
    await world.until(() => world.told('U0APPROVE') !== '')
    expect(world.told('U0APPROVE')).toContain('Request failed')
    world.slack.faults.clear()
    expect(await world.type('scale orders-api 6', { user: 'U0APPROVE' })).toContain('All changes are halted')
  })
})

describe('a halt', () => {
  test.each([
    ['a viewer', ''],
    ['a person whom rules deny everything', '  - { who: [U0OUTSIDE], deny: viewer }\n'],
  ])('is begun by %s, while Slack answers nothing about people', async (_, rules) => {
    await publish(rules)
    loseGroups()
    world.slack.faults.add({ method: 'users.info', effect: { kind: 'status', status: 500 }, times: 99 })
    await world.type('halt --reason "incident 812"', { user: 'U0OUTSIDE' })
    expect(world.card()).toContain('All changes are halted')
    expect(world.told('U0OUTSIDE')).toContain('All changes are halted by outsider: incident 812')
  })

  test('is not begun by a person who is not listed', async () => {
    expect(await world.type('halt --reason x', { user: 'U0OUTSIDE' })).toContain(
      'is not in Quarterdeck’s configuration',
    )
  })
})

describe('a vote', () => {
  const byGroup = (yaml: string) => yaml.replace('approvers: [operators]', 'approvers: [U0OUTSIDE, U0SECOND]')

  test.each(['viewer', 'operator', 'approver'])(
    'of a named approver whom a rule denies %s there does not count',
    async role => {
      await publish(`  - { who: [U0SECOND], deny: ${role}, targets: web/orders-api }\n`, byGroup)
      await world.type('scale orders-api 6')
      await world.click('approve', 'U0SECOND')
      expect(world.told('U0SECOND')).toContain('may not approve or reject this')
      expect(world.card()).toContain('[Approve]')
    },
  )

  test('of a manager who is named and may only view counts', async () => {
    await publish('', byGroup)
    await world.type('scale orders-api 6')
    await world.click('approve', 'U0OUTSIDE')
    await world.until(isOver)
    expect(world.card()).toContain('Done')
  })

  test('of the requester’s second Slack user does not count, nor does one person count twice', async () => {
    await publish('', yaml => byGroup(yaml).replace('outsider@example.com', 'requester@example.com'))
    await world.type('scale orders-api 6')
    await world.click('approve', 'U0OUTSIDE')
    expect(world.told('U0OUTSIDE')).toContain('You requested this change')
    await publish('', yaml =>
      byGroup(yaml)
        .replace('outsider@example.com', 'second.approver@example.com')
        .replace('- approvals: 1', '- approvals: 2'),
    )
    expect(await world.type('scale orders-worker 6', { user: 'U0REQUEST' })).toContain('This needs 2 approvals')
  })

  test('that counted no longer does when a denial comes before the change runs', async () => {
    await publish('', byGroup)
    await world.type('scale orders-api 80 --reason sale')
    await publish('  - { who: [U0SECOND], deny: approver }\n')
    await world.click('approve', 'U0SECOND')
    expect(world.told('U0SECOND')).toContain('may not approve or reject this')
  })
})

test('a request whose requester has another corporate id meanwhile does not run as either', async () => {
  await publish('')
  await world.type('scale orders-api 6')
  await publish('', yaml => yaml.replace('requester@example.com', 'somebody.else@example.com'))
  await world.click('approve')
  await world.until(isOver)
  expect(world.card()).toContain('requester is another person in the configuration now')
  expect(world.desired()).toBe(4)
})

describe('a denial', () => {
  const twoUsers = (yaml: string) =>
    yaml
      .replace('outsider@example.com', 'requester@example.com')
      .replaceAll('who: [S0ONCALL, S0OPS]', 'who: [S0ONCALL, S0OPS, U0OUTSIDE]')

  test.each(['U0REQUEST', 'S0ONCALL'])('of %s holds for every Slack user of that person', async who => {
    await publish(`  - { who: [${who}], deny: operator, targets: web/orders-api }\n`, twoUsers)
    expect(await world.type('scale orders-api 6', { user: 'U0OUTSIDE' })).toContain('A rule denies outsider this on')
    expect(await world.type('scale orders-worker 6', { user: 'U0OUTSIDE' })).toBe('')
    expect(await world.type('scale orders-api 6', { user: 'U0APPROVE' })).toBe('')
  })
})

test('clicks of a person who may not vote ask Slack nothing about them', async () => {
  await publish('')
  await world.type('scale orders-api 6')
  const lookUps = () => world.slack.calls.filter(({ method }) => method === 'users.info').length
  const before = lookUps()
  await world.click('approve', 'U0OUTSIDE')
  expect(world.told('U0OUTSIDE')).toContain('may not approve or reject this')
  expect(lookUps()).toBe(before)
})

describe('the defaults of a channel', () => {
  const SMALL = '  - { who: [U0OUTSIDE], role: operator, targets: web/checkout }\n'

  test.each(['here set prod', 'here set prod.us-east-1/web', 'here set --favourites prod.us-east-1/web/orders-api'])(
    '%s needs the right to operate there',
    async line => {
      await publish(SMALL)
      expect(await world.type(line, { user: 'U0OUTSIDE' })).toContain(NO_RULE)
      expect(await world.type('here')).toContain('no defaults')
    },
  )

  test('are neither replaced nor removed by a person who may not operate what was set', async () => {
    await publish(SMALL)
    await world.type('here set prod', { user: 'U0APPROVE' })
    for (const line of ['here clear', 'here set --favourites prod.us-east-1/web/checkout'])
      expect(await world.type(line, { user: 'U0OUTSIDE' })).toContain(NO_RULE)
  })

  test('are one’s own only in the direct message with the bot', async () => {
    await publish('')
    world.slack.workspace.putChannel(
      aChannel({ id: 'D0PAIR', name: '', kind: 'im', members: ['U0OUTSIDE', 'U0REQUEST'] }),
    )
    expect(await world.type('here set prod', { user: 'U0OUTSIDE', channel: 'D0PAIR' })).toContain(NO_RULE)
    const { id } = world.slack.workspace.openDm('U0OUTSIDE')
    expect(await world.type('here set prod', { user: 'U0OUTSIDE', channel: id })).not.toContain(NO_RULE)
  })
})

describe('a place that one may not see', () => {
  const BLIND = '  - { who: [U0OUTSIDE], deny: viewer, accounts: prod }\n'

  test.each([
    ['lock %s --reason x', 'prod', 'nowhere'],
    ['lock %s --reason x', 'prod.us-east-1/web', 'prod.us-east-1/nowhere'],
    ['unlock %s', 'orders-api', 'nothing-api'],
    ['unlock %s', 'prod.us-east-1/web', 'prod.us-east-1/nowhere'],
    ['audit %s', 'orders-api', 'nothing-api'],
    ['audit %s', 'prod.us-east-1/web', 'prod.us-east-1/nowhere'],
  ])('%s answers for %s as for %s', async (line, unseen, absent) => {
    await publish(BLIND)
    await world.type('lock prod.us-east-1/web --reason "the secret project"', { user: 'U0APPROVE' })
    await world.type('lock prod.us-east-1/web/orders-api --reason "the secret project"', { user: 'U0APPROVE' })
    const ask = (place: string) => world.type(line.replace('%s', place), { user: 'U0OUTSIDE' })
    const answer = await ask(unseen)
    expect(answer.replaceAll(unseen, '…')).toBe((await ask(absent)).replaceAll(absent, '…'))
    expect(answer).not.toContain('secret')
    expect(await world.type('whoami', { user: 'U0OUTSIDE' })).not.toContain('secret')
  })

  test('is seen neither by whoami nor by audit where a rule denies all services of a cluster', async () => {
    await publish('  - { who: [U0OUTSIDE], deny: viewer, targets: "web/*" }\n')
    await world.type('lock prod.us-east-1/web --reason "the secret project"', { user: 'U0APPROVE' })
    for (const line of ['whoami', 'audit prod.us-east-1/web'])
      expect(await world.type(line, { user: 'U0OUTSIDE' })).not.toContain('secret')
    expect(await world.type('whoami', { user: 'U0REQUEST' })).toContain('secret')
  })

  test('is not named by the defaults of a channel, nor by the audit of them', async () => {
    await publish(BLIND)
    await world.type('here set prod.us-east-1/web', { user: 'U0APPROVE' })
    await world.type('here set --favourites prod.us-east-1/web/catalog-api', { user: 'U0APPROVE' })
    for (const line of ['here', 'audit everything', 'audit C0OPS', 'audit prod'])
      expect(await world.type(line, { user: 'U0OUTSIDE' })).not.toMatch(/catalog-api|us-east-1/)
    expect(await world.type('audit C0OPS', { user: 'U0APPROVE' })).toContain('favourites are catalog-api')
    expect(await world.type('here', { user: 'U0APPROVE' })).toContain('prod.us-east-1/web')
  })

  test('a place that one may see and not operate is refused before its lock is named', async () => {
    await publish('')
    await world.type('lock orders-api --reason "the secret project"', { user: 'U0APPROVE' })
    for (const line of ['lock orders-api --reason x', 'unlock orders-api'])
      expect(await world.type(line, { user: 'U0OUTSIDE' })).toContain(NO_RULE)
  })
})

describe('a user group that Slack does not know', () => {
  const disable = (id: string) => {
    const group = world.slack.workspace.groups.get(id)
    if (group) world.slack.workspace.groups.set(id, { ...group, disabled: true })
  }

  test('stops no command, vote or halt of others', async () => {
    disable('S0ONCALL')
    expect(await world.type('scale orders-api 6', { user: 'U0APPROVE' })).toBe('')
    await world.click('approve', 'U0SECOND')
    await world.until(isOver)
    expect(world.card()).toContain('Done')
    await world.type('halt --reason x', { user: 'U0APPROVE' })
    expect(world.card()).toContain('All changes are halted')
  })

  test('gives its members nothing, break glass included, and says so', async () => {
    disable('S0ONCALL')
    expect(await world.type('scale orders-api 6')).toContain('No rule lets requester change')
    expect(await world.type('scale prod.us-east-1/web/orders-api 6 --break-glass --reason now')).toContain(
      'No rule lets requester change',
    )
  })

  test('in a rule that denies, it denies everybody in that scope', async () => {
    world.slack.workspace.groups.set('S0GONE', {
      id: 'S0GONE',
      handle: 'gone',
      name: 'Gone',
      users: [],
      disabled: true,
    })
    await publish('  - { who: [S0GONE], deny: operator, targets: web/orders-api }\n')
    expect(await world.type('scale orders-api 6')).toContain('A rule denies requester this on')
    expect(await world.type('scale orders-worker 6')).toBe('')
  })
})

test('people who may not change a service learn of no alarm by naming it', async () => {
  const named = EXAMPLE.replace('- who: [everyone]\n    role: viewer', '- who: [U0REQUEST]\n    role: viewer')
  await publish('  - { who: [U0OUTSIDE], role: viewer, targets: [web/search] }\n', () =>
    named
      .replace(ACCESS, `${ACCESS}  - { who: [U0OUTSIDE], role: viewer, targets: [web/search] }\n`)
      .replace('people:\n', 'people:\n  U0OUTSIDE: outsider@example.com\n'),
  )
  const alarm = world.autoscaling.putAlarm(world.service('web/search').cluster, {
    AlarmName: 'payments-fraud-rate',
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Dimensions: [{ Name: 'TargetGroup', Value: 'targetgroup/payments/6d0ecf831eec9f09' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
  })
  world.autoscaling.setAlarmState(alarm, 'ALARM', 'set by the test')
  const ask = (name: string) =>
    world.type(`deploy prod.us-east-1/web/search v9 --watch 20m --alarm ${name}`, { user: 'U0OUTSIDE' })
  const answer = await ask('payments-fraud-rate')
  expect(answer).toContain('No rule lets outsider change search')
  expect(await ask('no-such')).toBe(answer)
})
