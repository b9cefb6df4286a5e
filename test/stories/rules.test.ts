// The rules: who may, whose consent, what stops a change between consent and execution, and what is recorded.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aChannel, aUser } from '../../sandbox/slack/seed.ts'
import type { AuditRecord } from '../../src/engine/audit/audit.ts'
import { verifyChain } from '../../src/engine/audit/audit.ts'
import { isQuick } from '../seed.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const isOver = () => /Done|Failed|Replaced|Out of date|Rejected|Expired|Cancelled|Blocked|Unknown/.test(world.card())
const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const publish = (from: string, to: string) => world.publish(EXAMPLE.replace(from, to))

/** Asks for a change, lets something happen, and approves it: what becomes of it. */
const between = async (meanwhile: () => unknown, line = 'scale orders-api 6'): Promise<string> => {
  await world.type(line)
  await meanwhile()
  await world.click('approve')
  await world.until(isOver)
  return world.card()
}

describe('who may vote', () => {
  test('an outsider is refused, and the card stays as it is', async () => {
    await world.type('scale orders-api 6')
    await world.click('approve', 'U0OUTSIDE')
    expect(world.told('U0OUTSIDE')).toContain('outsider is not in Quarterdeck’s configuration')
    await world.click('reject', 'U0OUTSIDE', 'because')
    expect(world.told('U0OUTSIDE')).toContain('outsider is not in')
    expect(world.card()).toContain('[Approve]')
  })

  test('someone from another workspace in a shared channel is refused', async () => {
    world.slack.workspace.putUser(aUser({ id: 'U0PARTNER', displayName: 'Partner', teamId: 'T0PARTNER' }))
    const ops = world.slack.workspace.channels.get('C0OPS') ?? aChannel({ id: 'C0OPS', name: 'ops' })
    world.slack.workspace.putChannel({ ...ops, shared: true, members: [...ops.members, 'U0PARTNER'] })
    await world.publish(EXAMPLE.replace('trusted: []', 'trusted: [C0OPS]'))
    await world.type('scale orders-api 6')
    await world.click('approve', 'U0PARTNER')
    expect(world.told('U0PARTNER')).toContain('Only people of this workspace')
    expect(world.card()).toContain('[Approve]')
  })

  test('a deactivated user is refused', async () => {
    await world.type('scale orders-api 6')
    const user = world.slack.workspace.users.get('U0APPROVE')
    if (user) world.slack.workspace.putUser({ ...user, deleted: true })
    await world.click('approve')
    expect(world.told('U0APPROVE')).toContain('approver is no longer active in Slack')
    expect(world.card()).toContain('[Approve]')
  })

  test('two of two: the card counts, the same person does not count twice, and a reason is asked for', async () => {
    expect(await world.type('scale orders-api 80')).toContain('This change needs a reason.')
    await world.type('scale orders-api 80 --reason sale')
    expect(world.told('U0REQUEST')).toContain('The plan was posted in #C0APPROVALS: open it')
    expect(world.card('C0APPROVALS')).toContain('Needs 2: @S0OPS, not @requester, by ')
    await world.click('approve')
    expect(world.card('C0APPROVALS')).toContain('1 of 2 given (approver). 1 more: @S0OPS, not @requester')
    await world.click('approve')
    expect(world.told('U0APPROVE')).toContain('You have already approved this')
    await world.click('approve', 'U0SECOND')
    await world.until(() => world.card('C0APPROVALS').includes('✅ Done'))
    expect(world.desired()).toBe(80)
  })

  test('nobody left who could: it is refused at once, and says who could', async () => {
    expect(await world.type('scale orders-api 80 --reason sale', { user: 'U0APPROVE' })).toContain(
      'This needs 2 approvals, and only second.approver@example.com can approve now.',
    )
    expect(world.cards('C0APPROVALS')).toEqual([])
  })

  test('Slack does not say who is in a group: the answer is no', async () => {
    world.slack.faults.add({ method: 'usergroups.users.list', effect: { kind: 'status', status: 500 }, times: 99 })
    void world.type('scale orders-api 6')
    await world.until(() => world.told('U0REQUEST') !== '')
    expect(world.told('U0REQUEST')).toContain('nothing was changed')
    expect(world.cards()).toEqual([])
  })

  test('a click after the expiry is told so', async () => {
    await world.type('scale orders-api 6')
    const ts = world.cards().at(-1)?.ts ?? ''
    world.slack.faults.add({ method: 'chat.update', effect: { kind: 'status', status: 500 }, times: 3 })
    world.clock.advance(8 * 3_600_000 + 1_000)
    await world.slack.deliver.click({ user: 'U0APPROVE', channel: 'C0OPS', ts, actionId: 'decide:approve' })
    await world.until(isOver)
    expect(world.told('U0APPROVE')).toContain('Too late: it expired at 2026-11-22 11:00 UTC.')
    expect(world.calls('UpdateService')).toEqual([])
  })
})

/** Opens the dialog of the last card and takes an offer there. The text of the dialog. */
const choose = async (label: string, user: string): Promise<string> => {
  await world.slack.deliver.click({
    user,
    channel: 'C0OPS',
    ts: world.cards().at(-1)?.ts ?? '',
    actionId: 'card:open',
  })
  await world.quiet()
  const blocks = world.slack.workspace.views(user).at(-1)?.view.blocks ?? []
  await world.slack.deliver.click({ user, label })
  return textOf({ text: '', blocks } as never)
}

describe('a plan that is given up', () => {
  test('a rejection says why', async () => {
    await world.type('scale orders-api 6')
    await world.click('reject', 'U0APPROVE', 'not *during* <!channel> the sale')
    await world.until(isOver)
    expect(world.card()).toContain(
      '🚫 Rejected · prod · Scale orders-api 4 → 6\nweb · us-east-1 · requested by requester, rejected by approver',
    )
    expect(world.card()).toContain('> not *during* <!channel> the sale')
  })

  test('an offer taken by the requester replaces the plan', async () => {
    await world.type('scale orders-api 1')
    expect(await choose('Scale to 2 First', 'U0REQUEST')).toContain('[Scale to 2 First]')
    await world.until(() => world.cards().length === 2)
    await world.quiet()
    const [first, second] = world.cards().map(textOf)
    expect(first).toContain('⚪ Replaced · prod · Scale orders-api 4 → 1')
    expect(first).toContain('replaced by requester')
    expect(second).toContain('Scale orders-api 4 → 2')
  })

  test('an offer taken by somebody else is a request of their own', async () => {
    await world.type('scale orders-api 1')
    await choose('Scale to 2 First', 'U0SECOND')
    await world.until(() => world.cards().length === 2)
    await world.quiet()
    const [first, second] = world.cards().map(textOf)
    expect(first).toContain('[Review…]')
    expect(second).toContain('web · us-east-1 · @second-approver')
    expect(world.told('U0SECOND')).toBe('')
  })

  test('a vote in the moment of the expiry: the store decides, and the operation learns it', async () => {
    await world.type('scale orders-api 6')
    const ts = world.cards().at(-1)?.ts ?? ''
    const expiry = Date.parse('2026-11-22T11:00:00Z')
    world.clock.advanceTo(expiry - 1)
    const clicking = world.slack.deliver.click({ user: 'U0APPROVE', channel: 'C0OPS', ts, actionId: 'decide:approve' })
    world.clock.advanceTo(expiry)
    await clicking
    await world.until(isOver)
    const isApproved = world.card().includes('approved by approver')
    expect(world.card()).toContain(isApproved ? '✅ Done' : '⌛ Expired · prod · Scale orders-api 4 → 6')
    expect(world.calls('UpdateService')).toHaveLength(isApproved ? 1 : 0)
  })
})

describe('between consent and execution', () => {
  test.each<[string, (world: StoryWorld) => unknown, string]>([
    [
      'a deployment began',
      world => void world.fleet.deploy(world.service(), world.service().deployments[0]?.revision.spec as never),
      'The plan has changed since its approval',
    ],
    ['the direction turned', world => void Object.assign(world.service(), { desired: 9 }), 'direction: up → down'],
    ['it is set already', world => void Object.assign(world.service(), { desired: 6 }), 'is set to 6 tasks already'],
    [
      'a freeze began',
      () =>
        world.publish(
          `${EXAMPLE}\nfreezes:\n  - name: black friday\n    from: 2026-11-22T00:00:00Z\n    until: 2026-11-30T00:00:00Z\n`,
        ),
      'Changes are frozen until 2026-11-30T00:00:00Z: black friday',
    ],
    ['the ceiling came down', () => publish('tasks: 200', 'tasks: 5'), '6 tasks are over the ceiling of 5'],
    [
      'the requester lost access',
      () => publish('who: [S0ONCALL, S0OPS]', 'who: [S0OPS]'),
      'No rule lets requester change',
    ],
    [
      'the requester was taken out',
      () => publish('  U0REQUEST: requester@example.com\n', ''),
      'requester is not in Quarterdeck’s configuration',
    ],
    ['another rule asks for more', () => publish('approvals: 1', 'approvals: 2'), 'It needs 2 approvals now and has 1'],
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
    expect(world.card()).toContain('⚪ Out of date · prod · Scale orders-api 4 → 6')
    expect(world.card()).toContain('[Plan Again]')
    expect(world.calls('UpdateService')).toEqual([])
  })

  test('the voter loses the right to vote: the vote does not count any more', async () => {
    await world.type('scale orders-api 6')
    const held = world.aws.faults.add({
      match: { function: 'quarterdeck-decision', action: 'SendDurableExecutionCallbackSuccess' },
      when: 'before',
      effect: { kind: 'hold' },
    })
    void world.slack.deliver.click({
      user: 'U0APPROVE',
      channel: 'C0OPS',
      ts: world.cards().at(-1)?.ts ?? '',
      actionId: 'decide:approve',
    })
    await waitFor(() => world.aws.faults.hits(held.id) > 0)
    const ops = world.slack.workspace.groups.get('S0OPS')
    if (ops) world.slack.workspace.groups.set('S0OPS', { ...ops, users: ['U0SECOND'] })
    world.aws.faults.release(held.id)
    await world.until(isOver)
    expect(world.card()).toContain('It needs 1 approval now and has 0. approver may no longer approve it')
    expect(world.calls('UpdateService')).toEqual([])
  })

  test('the service was deleted and created again: another service, stale', async () => {
    const card = await between(() => Object.assign(world.service(), { createdAt: world.clock.now() }))
    expect(card).toContain('⚪ Out of date · prod · Scale orders-api 4 → 6: The plan has changed since its approval')
    expect(card).toContain('createdAt')
  })

  test('autoscaling moved the count: drift, which is shown, not stale', async () => {
    const card = await between(() => {
      world.service().desired = 5
      world.fleet.touch(world.service())
    })
    expect(card).toContain('Changed since the request: desired tasks 4 → 5.')
    expect(card).toMatch(/^✅ Done · prod · Scaled orders-api 4 → 6 in \d+ s\n[\s\S]*6\/6 running/)
  })
})

test('waking is throttled for longer than Lambda tries: a sweep wakes it within minutes', async () => {
  await world.type('scale orders-api 6')
  world.aws.faults.add({
    match: { action: 'SendDurableExecutionCallbackSuccess' },
    when: 'before',
    effect: { kind: 'throttle' },
    times: 12,
  })
  const asked = world.clock.now()
  await world.click('approve')
  await world.until(isOver)
  expect(world.card()).toContain('✅ Done')
  expect(world.clock.now() - asked).toBeLessThan(15 * 60_000)
})

test('a vote that cannot be read is a no', async () => {
  await world.type('scale orders-api 6')
  const denied = { kind: 'error', code: 'AccessDeniedException', message: 'no' } as const
  world.aws.faults.add({
    match: { function: 'quarterdeck-operation', action: 'GetItem' },
    when: 'before',
    effect: denied,
    times: 1,
  })
  await world.click('approve')
  await world.until(isOver)
  expect(world.card()).toContain(
    '❌ Failed · prod · Scale orders-api 4 → 6: Nothing was changed: the vote could not be read',
  )
  expect(world.calls('UpdateService')).toEqual([])
})

describe('locks and the halt', () => {
  test('a lock refuses every change of what it covers, says who holds it, and ends', async () => {
    await world.type('lock prod.us-east-1/web --reason "migration" --for 2h', { user: 'U0APPROVE' })
    expect(world.card()).toBe('prod.us-east-1/web is locked by approver until 2026-11-22 05:00 UTC: migration')
    expect(await world.type('scale orders-api 6')).toContain(
      'prod.us-east-1/web is locked by approver until 2026-11-22 05:00 UTC: migration',
    )
    expect(await world.type('scale orders-worker 6')).toBe('')
    expect(await world.type('lock prod.us-east-1/web --reason again')).toContain('is locked by approver')
    world.clock.advance(2 * 3_600_000)
    expect(await world.type('scale orders-api 6')).toBe('')
  })

  test('a lock that begins between consent and execution holds', async () => {
    const card = await between(() =>
      world.type('lock orders-api --reason "migration"', { user: 'U0SECOND', channel: 'C0APPROVALS' }),
    )
    expect(card).toContain('is locked by second-approver: migration')
    await world.type('unlock orders-api', { user: 'U0APPROVE', channel: 'C0APPROVALS' })
    expect(world.card('C0APPROVALS')).toContain(
      'approver unlocked prod.us-east-1/web/orders-api; second-approver had locked it: migration',
    )
  })

  test('a halt refuses every change, break glass included, until somebody resumes', async () => {
    expect(await world.type('halt')).toContain('A halt needs a reason')
    await world.type('halt --reason "incident 812"')
    expect(world.card()).toBe('All changes are halted by requester: incident 812')
    expect(await world.type('scale orders-api 6')).toContain(
      'All changes are halted: requester, 2026-11-22 03:00 UTC: incident 812',
    )
    expect(await world.type('scale prod.us-east-1/web/orders-api 6 --break-glass --reason now')).toContain(
      'All changes are halted',
    )
    await world.type('resume', { user: 'U0APPROVE' })
    expect(await world.type('scale orders-api 6')).toBe('')
  })

  test('a setting that is delivered twice at once is made and recorded once', async () => {
    world.functions.deliversTwice = new Set(['quarterdeck-decision'])
    await world.type('lock orders-api --reason migration')
    await world.type('unlock orders-api', { user: 'U0APPROVE' })
    expect(await world.type('scale orders-api 6')).toBe('')
    const settings = (await world.audit('111122223333')).filter(({ kind }) => kind === 'setting')
    expect(settings.map(({ invocation }) => invocation.split(' ')[0])).toEqual(['lock', 'unlock'])
  })

  test('an unlisted person may neither lock nor halt', async () => {
    for (const line of ['lock orders-api --reason x', 'halt --reason x', 'resume']) {
      expect(await world.type(line, { user: 'U0OUTSIDE' })).toContain('is not in Quarterdeck’s configuration')
    }
  })
})

describe('without consent', () => {
  test('where a rule asks nobody, it runs at once, through the same door', async () => {
    await world.type('scale staging.us-east-1/web/catalog-api 2')
    await world.until(isOver)
    expect(world.card()).toMatch(/^✅ Done · staging · Scaled catalog-api 1 → 2 in \d+ s\n[\s\S]*2\/2 running/)
    expect(await world.details()).toContain('approval rule 1 needs no approval')
  })

  test('breaking glass needs a reason and the right to; it is told where the rules say, and reviewed the next day', async () => {
    expect(await world.type('scale prod.us-east-1/web/orders-api 6 --break-glass')).toContain(
      'Breaking glass needs a reason',
    )
    expect(
      await world.type('scale prod.us-east-1/web/orders-api 6 --break-glass --reason x', { user: 'U0APPROVE' }),
    ).toContain('may not break glass')
    await world.type('scale prod.us-east-1/web/orders-api 6 --break-glass --reason "site is down"')
    const messages = () => world.slack.workspace.messages('C0APPROVALS')
    await world.until(() => messages().length > 2, 48 * 3_600_000)
    const [card, end, review] = messages()
    expect(end?.text).toContain('✅ Done')
    expect(JSON.stringify(card?.blocks)).toContain('breaking glass')
    expect(JSON.stringify(card?.blocks)).toContain('✅ Done')
    expect(review?.text).toContain(
      'Please review: requester used break glass yesterday to scale orders-api 4 → 6 (done).',
    )
    expect(world.desired()).toBe(6)
  })
})

describe('the audit', () => {
  const chain = async (account = '111122223333'): Promise<readonly AuditRecord[]> => world.audit(account)

  test('intent before the act, outcome after, with who, whose consent, as whom and the request’s id; the chain holds', async () => {
    await world.type('scale orders-api 6 --reason queue')
    await world.click('approve')
    await world.until(isOver)
    await world.type('lock orders-api --reason x')
    const records = await chain()
    expect(records.map(({ kind }) => kind)).toEqual(['intent', 'outcome', 'setting'])
    const [intent, outcome] = records
    expect(outcome).toMatchObject({
      corporateId: 'requester@example.com',
      voters: ['U0APPROVE'],
      outcome: 'done',
      invocation: 'scale prod.us-east-1/web/orders-api 6',
      fingerprint: intent?.fingerprint,
      requestIds: [world.calls('UpdateService')[0]?.requestId],
    })
    expect(verifyChain(records)).toEqual([])
    const order = world.aws.callLog
      .list()
      .filter(
        ({ action, input }) =>
          action === 'UpdateService' || (action === 'PutItem' && JSON.stringify(input).includes('audit#')),
      )
    expect(order.map(({ action }) => action).slice(0, 2)).toEqual(['PutItem', 'UpdateService'])
  })

  test('what ended without an act is recorded, too', async () => {
    await world.type('scale orders-api 6')
    await world.click('reject')
    await world.until(isOver)
    expect(await chain()).toMatchObject([{ kind: 'ended', outcome: 'rejected' }])
  })

  test('without a record of the intent nothing runs', async () => {
    await world.type('scale orders-api 6')
    const denied = { kind: 'error', code: 'AccessDeniedException', message: 'no' } as const
    world.aws.faults.add({
      match: { function: 'quarterdeck-operation', service: 'dynamodb', action: 'Query' },
      when: 'before',
      effect: denied,
      times: 99,
    })
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toContain('Nothing was changed')
    expect(world.calls('UpdateService')).toEqual([])
  })

  test('is shown to those who may see the service', async () => {
    await world.type('scale orders-api 6')
    await world.click('approve')
    await world.until(isOver)
    const shown = await world.type('audit orders-api')
    expect(shown).toContain('done: requester scale prod.us-east-1/web/orders-api 6, approved by @U0APPROVE')
    expect(shown.match(/requester scale/g)).toHaveLength(1)
    expect(await world.type('audit orders-worker')).toContain('No audit records about orders-worker.')
    expect(await world.type('audit orders-api', { user: 'U0OUTSIDE' })).toContain(
      'is not in Quarterdeck’s configuration',
    )
  })

  test('is found by the id that a card prints, with each record and its hash', async () => {
    await world.type('scale orders-api 6')
    await world.click('approve')
    await world.until(isOver)
    const id = /operation (\w{12})/.exec(await world.details())?.[1] ?? 'none'
    const shown = await world.type(`audit ${id}`)
    expect(shown).toContain('outcome done: requester scale prod.us-east-1/web/orders-api 6')
    expect(shown).toContain('as requester@example.com, approved by @U0APPROVE')
    expect(await world.type('audit orders-api')).toContain(`· ${id}`)
    expect(await world.type(`audit ${id.slice(0, 11)}`)).toContain('No audit records about')
  })

  test('has a line an operation, and More for the earlier ones', async () => {
    for (const count of [5, 6, 7, 8, 9, 10, 11, 12, 13]) await world.type(`scale orders-api ${count} --reason "no"`)
    for (const { ts, channel, blocks = [] } of world.cards()) {
      const [, id] =
        /^decide:(\w+)/.exec(
          blocks.map(({ block_id }) => String(block_id)).find(one => one.startsWith('decide:')) ?? '',
        ) ?? []
      const menu = { channel, ts, actionId: 'card:menu', value: `cancel ${id}` }
      await world.slack.deliver.click({ user: 'U0REQUEST', ...menu })
    }
    await world.until(() => world.cards().every(card => textOf(card).includes('Cancelled')))
    const shown = await world.type('audit orders-api')
    expect(shown.match(/cancelled: requester/g)).toHaveLength(8)
    expect(shown).toContain('[More]')
    expect((await world.type('audit orders-api --more')).match(/cancelled: requester/g)).toHaveLength(9)
  })

  test('asks which one where a name means several', async () => {
    const shown = await world.type('audit checkout')
    expect(shown).toContain('Which one?')
  })
})

test('whoami shows what the rules give, and why', async () => {
  expect((await world.type('whoami')).replace(/configuration \w+$/, 'configuration …')).toMatchInlineSnapshot(`
    "You are requester@example.com to AWS, by your groups S0ONCALL.

    • prod: viewer (access rule 1); operator (access rule 2); exec (access rule 3)
    • staging: viewer (access rule 1); operator (access rule 2); exec (access rule 3)
    • You may break glass, with a reason.
    configuration …"
  `)
  expect(await world.type('whoami', { user: 'U0OUTSIDE' })).toContain('outsider is not in Quarterdeck’s configuration')
})

test('a configuration that does not validate is refused, and the last one stays in force', async () => {
  await expect(world.publish(EXAMPLE.replace('approvals: 1', 'approvals: one'))).rejects.toThrow(
    /quarterdeck\.yaml:\d+ approvals\.3\.approvals/,
  )
  expect(await world.type('scale orders-api 6')).toBe('')
})

test('an account named like a cluster, among other problems: each is listed, and the last one stays in force', async () => {
  const before = await world.type('whoami')
  const wrong = EXAMPLE.replace('  staging:\n', '  jobs:\n')
    .replace('tasks: 200', 'tasks: 5\n    targets: [prod/*]')
    .replace('environment: production, atLeast', 'environment: prodution, atLeast')
  const listed = await world.publish(wrong).then(String, ({ message }: Error) => message)
  expect(listed.split('\n')).toEqual([
    expect.stringMatching(/^quarterdeck\.yaml:\d+ approvals\.1\.when\.environment names prodution/),
    expect.stringMatching(/^quarterdeck\.yaml:\d+ ceilings\.0\.targets\.0 is prod\/\*, but prod is an account/),
    expect.stringMatching(/^quarterdeck\.yaml:\d+ accounts\.jobs has the name of an existing cluster/),
  ])
  expect(await world.type('whoami')).toBe(before)
  expect(await world.type('scale orders-api 80')).toContain('This change needs a reason.')
})

describe('a cluster that got the name of an account later', () => {
  beforeEach(() => {
    const { fleet } = world
    const spec = world.service().deployments[0]?.revision.spec
    const cluster = fleet.createCluster({ account: '444455556666', region: 'us-east-1' }, 'prod', {})
    for (const name of ['orders-api', 'web'])
      if (spec) fleet.createService(cluster, { name, desired: 2, spec, isSettled: true, createdBy: 'x' })
  })

  test('a target that could mean both is asked about', async () => {
    expect(await world.type('scale prod/orders-api 6')).toBe(
      'prod is both a cluster and an account: it matches 2 services.\n\nWhich one?\n[prod.us-east-1/web/orders-api] [staging.us-east-1/prod/orders-api]',
    )
    expect(world.cards()).toEqual([])
    await world.type('scale prod/web/orders-api 6')
    expect(await world.details()).toContain('prod.us-east-1/web/orders-api\nprod 1111-2222-3333 · us-east-1')
  })

  test('so is a place to lock, which is named by the account’s id', async () => {
    expect(await world.type('lock prod --reason x')).toContain(
      'prod matches 2 places: 111122223333, staging.us-east-1/prod.',
    )
    expect(await world.type('lock prod/web --reason x')).toContain('staging.us-east-1/prod/web')
    expect(world.cards()).toEqual([])
    await world.type('lock 111122223333 --reason x')
    expect(world.card()).toBe('prod is locked by requester: x')
  })
})

test.skipIf(isQuick)('twenty operations at once: all end, and Slack’s limit on updates is never met', async () => {
  await world.publish(EXAMPLE.replace('environment: staging, risk: low', 'environment: production, risk: low'))
  const names = [
    'orders-api',
    'checkout',
    'payments-api',
    'search',
    'catalog-api',
    'jobs/orders-worker',
    'jobs/notifications',
    'jobs/reports',
  ]
  for (let n = 0; n < 20; n += 1) {
    const name = names[n % names.length] ?? ''
    const target = name.includes('/') ? `prod.us-east-1/${name}` : `prod.us-east-1/web/${name}`
    await world.slack.deliver.command({
      user: 'U0REQUEST',
      channel: n % 2 === 0 ? 'C0OPS' : 'C0APPROVALS',
      text: `scale ${target} +${n + 1}`,
    })
  }
  await world.until(
    () =>
      world.durable.executions.size === 20 &&
      [...world.durable.executions.values()].every(({ status }) => status !== 'RUNNING'),
  )
  expect([...world.durable.executions.values()].filter(({ status }) => status !== 'SUCCEEDED')).toEqual([])
  expect(
    world.slack.calls.filter(({ method, answer }) => method === 'chat.update' && answer['error'] === 'ratelimited'),
  ).toEqual([])
  for (const message of [...world.cards(), ...world.cards('C0APPROVALS')])
    expect(textOf(message)).toMatch(/Done|Blocked|Out of date|Replaced|Expired/)
})

const waitFor = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise(resolve => setImmediate(resolve))
}
