// Whose rights a shell has: the task role, as IAM tells of it, before anybody is asked.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { NewRole } from '../../../sandbox/aws/services/iam/roles.ts'
import { allow, policy } from '../../sandbox/aws/iam/policies.ts'
import { aWorld, textOf, type World } from '../world.ts'

const ACCOUNT = '111122223333'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders-api-task`
const CHANNELS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map(
  name => `ssmmessages:${name}`,
)

let world: World
let before: NewRole
beforeAll(async () => {
  world = await aWorld()
  const role = world.aws.roles.find(ROLE)
  if (role === undefined) throw new Error('no task role')
  before = role
})
afterAll(() => world.stop())
afterEach(() => {
  world.aws.faults.clear()
  world.aws.networks.endpoints.clear()
  world.aws.roles.add(before)
  world.clock.advance(60_000)
})

const given = (role: Partial<NewRole>) => world.aws.roles.add({ ...before, ...role })
let asked = 0
/** Another command each time: the same request is not asked twice. */
const ask = (where = 'orders-api:app', command = `echo ${++asked}`) => world.type(`exec ${where} -- ${command}`)
const cards = () => world.cards().map(textOf)

test('the role’s policies are in the dialog, for three requests to IAM', async () => {
  await ask()
  expect(await world.details()).toContain('The task role orders-api-task has the policy ecs-exec.')
  expect(await world.details()).not.toContain('administrator')
  expect(world.calls('SimulatePrincipalPolicy')).toHaveLength(1)
  expect(world.calls('SimulatePrincipalPolicy')[0]?.arn).toContain('assumed-role/quarterdeck-viewer/')
  expect(world.calls('SimulatePrincipalPolicy')[0]?.input).toMatchObject({ PolicySourceArn: ROLE })
})

test('one that may not open channels is refused before anybody is asked, with the statement to add', async () => {
  given({ policies: [policy(allow(CHANNELS.slice(0, 2)))] })
  const count = cards().length
  const refusal = await ask()
  expect(refusal).toContain('may not ssmmessages:OpenControlChannel, ssmmessages:OpenDataChannel')
  expect(refusal).toContain(
    '{"Effect":"Allow","Action":["ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Resource":"*"}',
  )
  expect(cards()).toHaveLength(count)
})

test('what stands in its boundary has to be mended there', async () => {
  given({ boundary: policy(allow('s3:*')) })
  expect(await ask()).toContain('add to its permissions boundary {"Effect":"Allow"')
})

test('with the statement added, it runs', async () => {
  given({ policies: [policy(allow(CHANNELS))] })
  await ask()
  await world.click('approve')
  expect(world.card()).toMatch(/✅ Done .*It ended with status 0/s)
})

test.each<[string, Partial<NewRole>, string]>([
  ['AdministratorAccess', { managed: ['AdministratorAccess'] }, 'is an administrator'],
  ['any action on anything', { policies: [policy(allow('*'))] }, 'is an administrator'],
  ['PowerUserAccess', { managed: ['PowerUserAccess'] }, 'is a power user'],
])('%s is said loudly, in the risk and by name', async (_, role, words) => {
  given(role)
  await ask()
  expect(world.card()).toMatch(new RegExp(`^🔴 High risk .*• The role ${words}`, 's'))
  expect(await world.details()).toContain(`The task role orders-api-task ${words}`)
  expect(world.card()).toContain('[Review…]')
})

test('also of a command that the configuration knows, which stays a low risk', async () => {
  given({ managed: ['AdministratorAccess'] })
  await ask('orders-api:app', 'env-names')
  expect(await world.details()).toContain('The task role orders-api-task is an administrator')
  expect(world.card()).toMatch(/✅ Done .*It ended with status 0/s)
})

test('one that is given everything between consent and execution makes the plan stale', async () => {
  await ask()
  given({ managed: ['AdministratorAccess'] })
  await world.click('approve')
  expect(world.card()).toContain('⚪ Out of date')
})

test('one that may not be read is said, and in nobody’s way', async () => {
  const denied = { kind: 'error', code: 'AccessDenied', message: 'no', status: 403 } as const
  world.aws.faults.add({ match: { service: 'iam' }, when: 'before', effect: denied, times: 99 })
  await ask()
  expect(await world.details()).toContain(
    'Permissions of the task role orders-api-task could not be read: its rights (AWS denied it)',
  )
  expect(world.card()).toContain('[Review…]')
  await world.click('approve')
  expect(world.card()).toMatch(/✅ Done .*It ended with status 0/s)
})

test('one that IAM does not answer about is said, too', async () => {
  world.aws.faults.add({ match: { service: 'iam' }, when: 'before', effect: { kind: 'throttle' }, times: 99 })
  await ask()
  expect(await world.details()).toContain('its policies (AWS answered ')
})

test('where the cluster has a key, it has to open it', async () => {
  const name = 'catalog-api-task'
  const there = world.aws.roles.find(`arn:aws:iam::444455556666:role/${name}`)
  const where = 'staging.us-east-1/web/catalog-api:app'
  await ask(where)
  expect(await world.details()).toContain(`The task role ${name} has the policy ecs-exec.`)
  const keyless = policy(allow([...CHANNELS, 's3:GetEncryptionConfiguration']))
  world.aws.roles.add({ account: '444455556666', name, trustPolicy: {}, policies: [keyless] })
  await ask(where)
  expect(await world.details()).toContain(`Unless the key’s own policy allows kms:Decrypt to ${name}`)
  expect(await world.details()).toContain('"Resource":"arn:aws:kms:us-east-1:444455556666:key/')
  if (there !== undefined) world.aws.roles.add(there)
})

test.each<[string, readonly string[], boolean]>([
  ['endpoints for ECR, and none for Session Manager', ['ecr.api', 'ecr.dkr'], true],
  ['endpoints for all of them', ['ecr.api', 'ssmmessages'], false],
  ['no endpoints', [], false],
])('a network with %s: said or not, and never refused', async (_, endpoints, isSaid) => {
  for (const name of endpoints) world.aws.networks.endpoints.add(name)
  await ask()
  expect((await world.details()).includes('but none for ssmmessages: without internet access, ECS Exec fails')).toBe(
    isSaid,
  )
  expect(world.card()).toContain('[Review…]')
})

test('a network that may not be read is no matter', async () => {
  world.aws.networks.endpoints.add('ecr.api')
  const effect = { kind: 'error', code: 'UnauthorizedOperation', message: 'no', status: 403 } as const
  world.aws.faults.add({ match: { service: 'ec2' }, when: 'before', effect, times: 9 })
  await ask()
  expect(await world.details()).not.toContain('ssmmessages')
  expect(world.card()).toContain('[Review…]')
})
