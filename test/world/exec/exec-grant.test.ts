// Somebody is let into one task by their own sign-in: with the policies that the spoke stack makes, over the wire.
import { readFile } from 'node:fs/promises'
import { ECSClient, ExecuteCommandCommand, TagResourceCommand } from '@aws-sdk/client-ecs'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { peoplePolicy, tagGuard } from '../../../infra/people.ts'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { containersOf } from '../../../sandbox/ssm/container.ts'
import { pass } from '../driving.ts'
import { aWorld, textOf, type World } from '../world.ts'
import { connect, type RawClient, written } from './exec-client.ts'

const ACCOUNT = '111122223333'
const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')

let world: World
const clients: RawClient[] = []
beforeAll(async () => {
  world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: localUser.arn }, Action: ['sts:AssumeRole', 'sts:TagSession'] }],
  }
  const tagging = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['ecs:TagResource', 'ecs:UntagResource'], Resource: '*' }],
  }
  const place = { partition: 'aws', account: ACCOUNT }
  world.aws.roles.add({
    account: ACCOUNT,
    name: 'engineer',
    trustPolicy: trust,
    policies: [peoplePolicy(place), tagging, tagGuard(place)],
  })
})
afterAll(() => world.stop())
afterEach(() => {
  for (const client of clients.splice(0)) client.socket.terminate()
  world.clock.advance(60_000)
})

/** Signed in the world's time. */
const settings = () => ({
  endpoint: world.aws.url,
  region: 'us-east-1',
  maxAttempts: 1,
  systemClockOffset: world.clock.now() - Date.now(),
})

/** The terminal of this person, signed in. */
const terminal = async (corporateId: string) => {
  const sts = new STSClient({ ...settings(), credentials: localUser })
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/engineer`,
      RoleSessionName: 'terminal',
      Tags: [{ Key: 'corporateId', Value: corporateId }],
    }),
  )
  const keys = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  }
  const ecs = () => new ECSClient({ ...settings(), credentials: keys })
  const enter = async (task: string, container = 'app') => {
    const input = { cluster: 'web', task, container, command: '/bin/sh', interactive: true }
    const { session = {} } = await ecs().send(new ExecuteCommandCommand(input))
    const client = connect(session, { keys, at: world.clock.now() })
    clients.push(client)
    return client
  }
  const tagTask = (arn: string, key = 'quarterdeck:exec') =>
    ecs().send(new TagResourceCommand({ resourceArn: arn, tags: [{ key, value: corporateId }] }))
  return { enter, tagTask }
}

const DENIED = { name: 'AccessDeniedException' }
const taskOf = (card: string) => {
  const [, id = ''] = /--task (\w{32})/.exec(card) ?? []
  const task = [...world.service().tasks].find(one => one.id === id)
  if (task === undefined) throw new Error('no task')
  return task
}
const granted = async (minutes = '30m') => {
  await world.type(`exec orders-api:app --interactive --for ${minutes} --reason "heap looks odd"`)
  const asked = await world.details()
  await world.click('approve')
  return taskOf(asked)
}
const opens = () => world.aws.exec.sessions.list().filter(({ endedAt }) => endedAt === undefined)

test('before: denied; granted: in, alone, in that container; after: denied, and what was open is ended', async () => {
  const me = await terminal('requester@example.com')
  const [first] = world.service().tasks
  await expect(me.enter(first?.id ?? '')).rejects.toMatchObject(DENIED)

  // A session that idles for twenty minutes is ended by AWS.
  const task = await granted('15m')
  expect(world.card()).toContain('requester@example.com a shell in orders-api')
  expect(world.card()).toContain(
    `aws ecs execute-command --region us-east-1 --cluster web --task ${task.id} --container app --interactive --command /bin/sh`,
  )
  expect(world.card()).toContain('[Revoke]')
  expect(world.calls('ExecuteCommand').filter(({ arn }) => arn.includes('quarterdeck'))).toEqual([])

  const you = await terminal('second.approver@example.com')
  await expect(you.enter(task.id)).rejects.toMatchObject(DENIED)
  await expect(me.enter(task.id, 'envoy')).rejects.toMatchObject(DENIED)
  const others = [...world.service().tasks].filter(one => one !== task)
  await expect(me.enter(others[0]?.id ?? '')).rejects.toMatchObject(DENIED)
  for (const key of ['quarterdeck:exec', 'Quarterdeck:exec', 'QUARTERDECK:EXEC-container'])
    for (const arn of [others[0]?.arn ?? '', world.service().arn])
      await expect(me.tagTask(arn, key)).rejects.toMatchObject(DENIED)

  const client = await me.enter(task.id)
  await expect.poll(() => written(client)).not.toBe('')
  world.clock.advance(60_000)
  await world.quiet()
  const [session] = opens()
  expect(world.replies().map(textOf).join('\n')).toContain(session?.id ?? 'none')

  await world.until(() => world.card().includes('↩️ Reverted'), 3_600_000)
  expect(world.card()).toContain('It expired. 1 open session was terminated')
  expect(opens()).toEqual([])
  await expect(me.enter(task.id)).rejects.toMatchObject(DENIED)
  expect((await world.audit(ACCOUNT)).map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ['intent', undefined],
    ['outcome', 'done'],
    ['intent', undefined],
    ['intent', undefined],
    ['outcome', 'reverted'],
  ])
  const [untag, terminate, reverted] = (await world.audit(ACCOUNT)).slice(2)
  expect([untag?.text, terminate?.text]).toEqual(['at its end: UntagResource', 'at its end: TerminateSession'])
  expect(reverted?.requestIds).toEqual(
    ['UntagResource', 'TerminateSession'].map(action => world.calls(action).at(-1)?.requestId),
  )
})

test('Revoke ends it at once', async () => {
  const me = await terminal('requester@example.com')
  const task = await granted()
  await me.enter(task.id)
  await world.press('Revoke', 'U0SECOND')
  expect(world.card()).toContain('second-approver revoked it. 1 open session was terminated')
  await expect(me.enter(task.id)).rejects.toMatchObject(DENIED)
})

test('goes on beside a change of the service', async () => {
  await world.type('scale orders-api 6')
  await world.slack.deliver.click({
    user: 'U0APPROVE',
    channel: 'C0OPS',
    ts: world.cards().at(-1)?.ts ?? '',
    actionId: 'decide:approve',
  })
  await world.quiet()
  await granted('5m')
  expect(world.card()).toContain('[Revoke]')
  await world.press('Revoke')
  expect(world.card()).toContain('revoked it')
  await world.until(() => world.service().scheduler.isSteady)
})

test('a halt ends it within a minute', async () => {
  const me = await terminal('requester@example.com')
  const task = await granted()
  await world.type('halt --reason "stop it all"', { user: 'U0SECOND' })
  world.clock.advance(60_000)
  await world.quiet()
  await expect(me.enter(task.id)).rejects.toMatchObject(DENIED)
  await world.type('resume', { user: 'U0SECOND' })
})

test.each<[string, () => Promise<unknown>]>([
  [
    'leaves Slack',
    async () => {
      const user = world.slack.workspace.users.get('U0REQUEST')
      if (user) world.slack.workspace.putUser({ ...user, deleted: true })
    },
  ],
  [
    'is another person in the configuration',
    () => world.publish(EXAMPLE.replace('U0REQUEST: requester@', 'U0REQUEST: somebody.else@')),
  ],
  ['leaves the configuration', () => world.publish(EXAMPLE.replace(/ {2}U0REQUEST: .*\n/, ''))],
  [
    'is denied the role',
    () =>
      world.publish(
        EXAMPLE.replace('access:\n', 'access:\n  - { who: [U0REQUEST], deny: exec, targets: web/orders-api }\n'),
      ),
  ],
])('it ends within a minute when its holder %s', async (_, leave) => {
  const me = await terminal('requester@example.com')
  const task = await granted()
  const user = world.slack.workspace.users.get('U0REQUEST')
  await leave()
  await pass(2 * 60_000, world)
  await expect(me.enter(task.id)).rejects.toMatchObject(DENIED)
  expect(world.card()).toContain('It ended early: ')
  if (user) world.slack.workspace.putUser(user)
  await world.publish(EXAMPLE)
  await pass(10 * 60_000, world)
})

test('nobody stays in while it is not known whether they may', async () => {
  const me = await terminal('requester@example.com')
  const task = await granted()
  const { id } = world.aws.faults.add({
    match: { function: 'quarterdeck-operation', service: 'dynamodb', action: 'GetItem' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 9_999,
  })
  world.clock.advance(60_000)
  await world.quiet()
  await expect(me.enter(task.id)).rejects.toMatchObject(DENIED)
  world.aws.faults.remove(id)
  await pass(10 * 60_000, world)
  expect(world.card()).toContain('It ended because its state could not be read: ')
})

test('so does the switch of the service’s own account, with what is open in the task', async () => {
  const spoke = { account: '444455556666', region: 'us-east-1' }
  await world.type('exec staging.us-east-1/web/catalog-api:app --interactive --for 30m')
  const [, id = ''] = /--task (\w{32})/.exec(await world.details()) ?? []
  await world.click('approve')
  const task = [...(world.fleet.site(spoke).clusters.get('web')?.services.get('catalog-api')?.tasks ?? [])].find(
    one => one.id === id,
  )
  if (task === undefined) throw new Error('no task')
  expect(task.tags).toMatchObject({ 'quarterdeck:exec': 'requester@example.com' })
  const by = { arn: 'arn:aws:iam::444455556666:user/somebody', account: spoke.account }
  const [container] = containersOf(task)
  if (container === undefined) throw new Error('no container')
  world.aws.exec.start(container, 'sleep 600', { ...localUser, ...by })
  world.aws.parameters.put(spoke, '/quarterdeck/halt', {
    value: 'no',
    type: 'String',
    at: world.clock.now(),
    by: by.arn,
  })
  world.clock.advance(60_000)
  await world.quiet()
  world.aws.parameters.remove(spoke, '/quarterdeck/halt')
  expect(world.card()).toMatch(/↩️ Reverted .*All changes are halted\. 1 open session was terminated/s)
  expect(Object.keys(task.tags).filter(key => key.startsWith('quarterdeck:'))).toEqual([])
  expect(opens()).toEqual([])
})

test('where its operation ends without a word, that is said', async () => {
  const task = await granted('10m')
  for (const { arn, status } of world.durable.executions.values()) if (status === 'RUNNING') world.durable.stop(arn)
  await world.until(() => world.card().includes('⚠️ Unknown'), 3_600_000)
  expect(world.card()).toContain(`The tag quarterdeck:exec of task ${task.id.slice(0, 8)} may still grant access`)
  task.tags = {}
})

test('a second grant in the same task waits for the end of the first', async () => {
  const task = await granted()
  const before = world.cards().length
  await world.type(`exec orders-api/${task.id}:app --interactive --for 4h`)
  expect(world.told('U0REQUEST')).toContain('You already have shell access to this task; its card shows until when.')
  expect(world.cards()).toHaveLength(before)
  await world.press('Revoke')
  expect(world.card()).toContain('revoked it')
  await world.type(`exec orders-api/${task.id}:app --interactive`)
  expect(world.cards()).toHaveLength(before + 1)
  await world.click('approve')
  expect(world.card()).toContain('✅ Shell access open')
  await world.press('Revoke')
})

test('another spelling of the tag ends it within a minute, and goes with it', async () => {
  const task = await granted()
  const you = await terminal('second.approver@example.com')
  task.tags = { 'Quarterdeck:exec': 'second.approver@example.com', 'quarterdeck:EXEC-container': 'app', team: 'orders' }
  await you.enter(task.id)
  world.clock.advance(60_000)
  await world.quiet()
  await world.until(() => world.card().includes('↩️ Reverted'))
  expect(world.card()).toContain('It ended because somebody else set the tag Quarterdeck:exec of the task')
  expect(task.tags).toEqual({ team: 'orders' })
  expect(opens()).toEqual([])
  await expect(you.enter(task.id)).rejects.toMatchObject(DENIED)
})

test('a task with another spelling of the tag is refused', async () => {
  const [task] = world.service().tasks
  if (task === undefined) throw new Error('no task')
  task.tags = { ...task.tags, 'Quarterdeck:exec': 'requester@example.com' }
  const before = world.cards().length
  await world.type(`exec orders-api/${task.id}:app --interactive`)
  expect(world.told('U0REQUEST')).toContain('has the tag Quarterdeck:exec, which no grant of Quarterdeck set')
  expect(world.cards()).toHaveLength(before)
  task.tags = {}
})

test('one person at a time', async () => {
  const task = await granted()
  await world.type(`exec orders-api/${task.id}:app --interactive`, { user: 'U0SECOND' })
  expect(world.told('U0SECOND')).toContain('requester@example.com has shell access to this task')
  await world.press('Revoke')
})
