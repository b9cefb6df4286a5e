// Whether the log of a session would really be kept: the cluster says where, and the task role has to write it.
import { readFileSync } from 'node:fs'
import type { ExecuteCommandLogConfiguration } from '@aws-sdk/client-ecs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NewRole } from '../../../sandbox/aws/services/iam/roles.ts'
import type { Cluster } from '../../../sandbox/world/state.ts'
import { allow, deny, policy } from '../../sandbox/aws/iam/policies.ts'
import { aWorld, textOf, type World } from '../world.ts'

const PROD = { account: '111122223333', region: 'us-east-1' }
const STAGING = { account: '444455556666', region: 'us-east-1' }
const GROUP = `arn:aws:logs:us-east-1:${PROD.account}:log-group:/ecs/exec`
const BUCKET = 'arn:aws:s3:::audit'
const CHANNELS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map(
  name => `ssmmessages:${name}`,
)
const WRITING = ['logs:CreateLogStream', 'logs:PutLogEvents']

let world: World
let web: Cluster
let before: NewRole
const roleOf = (account: string, name: string): NewRole => {
  const role = world.aws.roles.find(`arn:aws:iam::${account}:role/${name}`)
  if (role === undefined) throw new Error('no task role')
  return role
}
beforeAll(async () => {
  world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
  const cluster = world.fleet.site(PROD).clusters.get('web')
  if (cluster === undefined) throw new Error('no cluster')
  web = cluster
  before = roleOf(PROD.account, 'orders-api-task')
  world.aws.buckets.add(PROD, 'audit')
})
afterAll(() => world.stop())
beforeEach(() => keepIn({ cloudWatchLogGroupName: '/ecs/exec' }))
afterEach(() => {
  world.aws.faults.clear()
  world.aws.roles.add(before)
  world.clock.advance(60_000)
})

const keepIn = (logConfiguration: ExecuteCommandLogConfiguration) =>
  Object.assign(web, { configuration: { executeCommandConfiguration: { logging: 'OVERRIDE', logConfiguration } } })
const given = (...statements: readonly object[]) =>
  world.aws.roles.add({ ...before, policies: [policy(allow(CHANNELS), ...statements)] })
let asked = 0
/** Another command each time: the same request is not asked twice. */
const ask = (where = 'orders-api:app', command = `echo kept; : ${++asked}`) => world.type(`exec ${where} -- ${command}`)
const cards = () => world.cards().map(textOf)
const linesIn = (place: typeof PROD, name: string) =>
  [...(world.aws.logs.find(place, name)?.streams.entries() ?? [])]
    .filter(([stream]) => stream.startsWith('ecs-execute-command-'))
    .flatMap(([, { added }]) => [...added.values()].flat().map(({ message }) => message))
const objectsIn = (name: string) => [...world.aws.buckets.find(name).objects.keys()]

test('what the role may write is kept where the cluster says, for the same three requests to IAM', async () => {
  keepIn({ cloudWatchLogGroupName: '/ecs/exec', s3BucketName: 'audit', s3KeyPrefix: 'web/', s3EncryptionEnabled: true })
  await ask()
  expect(await world.details()).toContain('ECS logs the session in log group /ecs/exec and bucket audit.')
  expect(await world.details()).not.toContain('would')
  expect(world.aws.callLog.list().filter(({ service }) => service === 'iam')).toHaveLength(3)
  expect(world.calls('SimulatePrincipalPolicy').at(-1)?.input).toMatchObject({
    ActionNames: expect.arrayContaining([...WRITING, 's3:PutObject', 's3:GetEncryptionConfiguration']),
    ResourceArns: [
      '*',
      expect.stringMatching(`^${GROUP}:log-stream:ecs-execute-command-`),
      expect.stringMatching(`^${BUCKET}/web/ecs-execute-command-.*\\.log$`),
      BUCKET,
    ],
  })
  await world.click('approve')
  expect(world.card()).toMatch(/✅ Done .*It ended with status 0/s)
  await expect.poll(() => linesIn(PROD, '/ecs/exec')).toContain('kept')
  expect(objectsIn('audit')).toHaveLength(1)
})

describe('in production, what would be kept nowhere is refused before anybody is asked', () => {
  const S3 = { s3BucketName: 'audit', s3KeyPrefix: 'web' }
  test.each<[string, ExecuteCommandLogConfiguration, string]>([
    [
      'a log group',
      { cloudWatchLogGroupName: '/ecs/exec' },
      `may not logs:CreateLogStream, logs:PutLogEvents, logs:DescribeLogStreams: add to its policy {"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents","logs:DescribeLogStreams"],"Resource":"${GROUP}:*"}`,
    ],
    [
      'a bucket',
      S3,
      `may not s3:PutObject: add to its policy {"Effect":"Allow","Action":["s3:PutObject"],"Resource":"${BUCKET}/web/*"}`,
    ],
    ['both', { cloudWatchLogGroupName: '/ecs/exec', ...S3 }, 'may not s3:PutObject'],
  ])('%s', async (_, where, words) => {
    keepIn(where)
    given()
    const count = cards().length
    const refusal = await ask()
    expect(refusal).toContain('This session would not be logged, so it is not allowed')
    expect(refusal).toContain(words)
    expect(refusal.includes('the bucket’s own policy may still allow it')).toBe(where.s3BucketName !== undefined)
    expect(refusal).toContain('exec.unlogged')
    expect(cards()).toHaveLength(count)
  })

  test('also to let somebody in', async () => {
    given()
    expect(await world.type('exec orders-api:app --interactive --for 30m')).toContain('would not be logged')
  })

  test('and with the statement added, it runs', async () => {
    given(allow([...WRITING, 'logs:DescribeLogStreams'], `${GROUP}:*`), allow('logs:DescribeLogGroups'))
    await ask()
    expect(await world.details()).not.toContain('AWS recommends')
    await world.click('approve')
    expect(world.card()).toMatch(/✅ Done .*It ended with status 0/s)
  })
})

describe('by default, a session is logged in the container’s own group', () => {
  const EXAMPLE = readFileSync('quarterdeck.yaml', 'utf8')
  const transcripts = () => world.type('logs prod.us-east-1:/ecs/orders-api --filter typed')

  test('where only people who may run commands read it', async () => {
    Object.assign(web, { configuration: undefined })
    await ask('orders-api:app', 'echo typed')
    await world.click('approve')
    await expect.poll(() => linesIn(PROD, '/ecs/orders-api')).toContain('typed')
    world.clock.advance(1_000)
    expect(await transcripts()).toContain('1 line matching typed')
    await world.publish(EXAMPLE.replace('who: [S0ONCALL, S0OPS]\n    role: exec', 'who: [U0APPROVE]\n    role: exec'))
    const answer = await transcripts()
    await world.publish(EXAMPLE)
    expect(answer).toContain('no lines matching typed')
    expect(answer).toContain('Lines of sessions in containers are left out')
  })
})

test('a policy may say it of the streams of sessions alone', async () => {
  given(allow(WRITING, `${GROUP}:log-stream:ecs-execute-command-*`))
  await ask()
  expect(world.card()).toContain('[Review…]')
  expect(await world.details()).toContain('ECS logs the session in log group /ecs/exec.')
  expect(await world.details()).toContain('AWS recommends more log permissions than its agent needs')
  await world.click('approve')
  await expect.poll(() => linesIn(PROD, '/ecs/exec').length).toBeGreaterThan(0)
})

test('one of both is enough, and the other is said; the outcome has no link to what is not there', async () => {
  keepIn({ cloudWatchLogGroupName: '/ecs/exec', s3BucketName: 'audit' })
  given(allow('logs:*'))
  const count = objectsIn('audit').length
  await ask()
  expect(await world.details()).toContain(
    'The session would not be logged to bucket audit: its task role orders-api-task may not',
  )
  await world.click('approve')
  expect(world.card()).toMatch(/✅ Done .*It ended with status 0/s)
  expect(world.card()).toContain('[Session Log]')
  expect(world.card()).not.toContain('Session log in bucket')
  expect(objectsIn('audit')).toHaveLength(count)
})

test.each<[string, ExecuteCommandLogConfiguration, string, string]>([
  [
    'a bucket',
    { s3BucketName: 'audit', s3EncryptionEnabled: true },
    's3:GetEncryptionConfiguration',
    `{"Effect":"Allow","Action":["s3:GetEncryptionConfiguration"],"Resource":"${BUCKET}"}`,
  ],
  [
    'a log group',
    { cloudWatchLogGroupName: '/ecs/exec', cloudWatchEncryptionEnabled: true },
    'logs:DescribeLogGroups',
    '{"Effect":"Allow","Action":["logs:DescribeLogGroups"],"Resource":"*"}',
  ],
])('%s that has to be encrypted, and whose encryption it may not see, is in the way', async (_, where, right, fix) => {
  keepIn(where)
  given(allow(['s3:PutObject', ...WRITING, 'logs:DescribeLogStreams']))
  const refusal = await ask()
  expect(refusal).toContain('Commands cannot run in app')
  expect(refusal).toContain(`may not ${right}: add to its policy ${fix}`)
})

test('what depends on the request itself is said, and in nobody’s way', async () => {
  given(allow('logs:*', '*', { StringEquals: { 'aws:PrincipalTag/team': 'a' } }))
  await ask()
  expect(await world.details()).toContain(
    'Unknown whether orders-api-task may logs:PutLogEvents: it depends on the request itself.',
  )
  expect(await world.details()).toContain('ECS logs the session in log group /ecs/exec.')
  expect(world.card()).toContain('[Review…]')
})

test('what may not be read is said, and in nobody’s way', async () => {
  given()
  const effect = { kind: 'error', code: 'AccessDenied', message: 'no', status: 403 } as const
  world.aws.faults.add({ match: { service: 'iam' }, when: 'before', effect, times: 9 })
  await ask()
  expect(await world.details()).toContain(
    'Permissions of the task role orders-api-task could not be read: its rights (AWS denied it)',
  )
  expect(world.card()).toContain('[Review…]')
})

describe('outside of production', () => {
  const where = 'staging.us-east-1/web/catalog-api:app'
  const takeAway = (...actions: readonly string[]) => {
    const role = roleOf(STAGING.account, 'catalog-api-task')
    world.aws.roles.add({ ...role, policies: [...(role.policies ?? []), policy(deny(actions))] })
    return () => void world.aws.roles.add(role)
  }

  test('it is said in the dialog; then it runs, and nothing is kept, and nobody is told', async () => {
    const giveBack = takeAway('logs:PutLogEvents', 's3:PutObject')
    await ask(where)
    expect(await world.details()).toContain(
      'The session would not be logged: its task role catalog-api-task may not logs:PutLogEvents: remove the statement that denies it',
    )
    expect(await world.details()).toContain(`"Resource":"arn:aws:s3:::quarterdeck-staging-exec/sessions/web/*"`)
    expect(await world.details()).not.toContain('ECS logs the session')
    await world.click('approve')
    expect(world.card()).toMatch(/✅ Done .*It ended with status 0/s)
    expect(world.card()).not.toContain('[Session Log]')
    await world.until(() => true)
    expect(linesIn(STAGING, '/ecs/exec')).toEqual([])
    expect(objectsIn('quarterdeck-staging-exec')).toEqual([])
    giveBack()
  })

  test('a right that is taken between consent and execution makes the plan stale', async () => {
    await ask(where)
    const giveBack = takeAway('s3:PutObject')
    await world.click('approve')
    giveBack()
    expect(world.card()).toContain('⚪ Out of date')
    expect(world.card()).toContain('bucket quarterdeck-staging-exec may not be written by catalog-api-task')
  })
})
