// /ecs deploy against the sandbox, through the built handlers: what is registered and passed, as whom, and what a death
// between the two calls leaves.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Service } from '../../../sandbox/world/state.ts'
import { ENDED } from '../ends.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())

const FUNCTION = 'quarterdeck-operation'
const REGISTRY = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
const LINE = 'deploy prod.us-east-1/web/search'
const push = (tag: string) => world.aws.images.push(`${REGISTRY}/search:${tag}`, world.clock.now() - 720_000)
const search = (): Service => world.service('web/search')
const runs = () => search().deployments[0]?.revision.spec.taskDefinition
const over = () => world.until(() => ENDED.test(world.card()))
const isDone = () =>
  world.until(() => search().deployments.length === 1 && search().deployments[0]?.rolloutState === 'COMPLETED')
const registered = () => world.calls('RegisterTaskDefinition')

test('a tag is a revision with its digest, registered and deployed as the requester', async () => {
  const before = runs()
  world.aws.images.set('search', { megabytes: 940, isIndex: true, architectures: ['amd64', 'arm64'] })
  const digest = push('v9')
  await world.type(`${LINE} v9`)
  expect(world.card()).toContain('Deploy search v2 → v9')
  expect(await world.details()).not.toContain('unknown')
  await world.click('approve')
  await over()
  expect(world.card()).toMatch(/✅ Done .*5\/5 new tasks running/s)
  const [after, old] = [runs(), before].map(one => one?.input.containerDefinitions?.[0])
  expect(after).toMatchObject({ ...old, image: `${REGISTRY}/search:v9@${digest}` })
  expect(registered()[0]?.arn).toContain('assumed-role/quarterdeck-deployer/U0REQUEST-')
})

test('in two sessions: one registers this family, the other deploys what was registered', () => {
  const assumed = world.calls('AssumeRole').map(({ input }) => input as { RoleArn: string; Policy?: string })
  const policies = assumed
    .filter(({ RoleArn }) => RoleArn.endsWith('deployer'))
    .map(({ Policy = '{}' }) => JSON.parse(Policy) as { Statement: object[] })
  const passes = { Action: 'iam:PassRole', Resource: [expect.stringMatching(/search-task$/), expect.any(String)] }
  expect(policies).toMatchObject([
    {
      Statement: [
        {
          Action: 'ecs:RegisterTaskDefinition',
          Resource: ['arn:aws:ecs:us-east-1:111122223333:task-definition/search:*'],
          Condition: { NumericEquals: { 'ecs:task-cpu': '2048' }, Null: { 'aws:TagKeys': 'true' } },
        },
        passes,
      ],
    },
    {
      Statement: [
        { Action: 'ecs:UpdateService', Condition: { ArnEquals: { 'ecs:task-definition': runs()?.arn } } },
        passes,
      ],
    },
  ])
})

describe.each([
  ['before', 'kill'],
  ['after', 'kill'],
  ['after', 'drop'],
] as const)('RegisterTaskDefinition: %s it, %s', (when, kind) => {
  test('nothing is registered twice, and nothing is left unknown', async () => {
    await isDone()
    const before = runs()
    push(`${when}-${kind}`)
    await world.type(`${LINE} ${when}-${kind}`)
    const calls = registered().length
    world.aws.faults.add({ match: { function: FUNCTION, action: 'RegisterTaskDefinition' }, when, effect: { kind } })
    await world.click('approve')
    await over()
    expect(registered().length - calls).toBe(1)
    if (when === 'before') {
      expect(world.card()).toContain('Not done: Quarterdeck stopped unexpectedly')
      expect(runs()?.arn).toBe(before?.arn)
    } else {
      expect(world.card()).toContain('✅ Done')
      expect(runs()?.revision).toBe((before?.revision ?? 0) + 1)
    }
  })
})

test('killed after UpdateService, it is deployed once; the tags of the revision are those of the one before', async () => {
  await isDone()
  const tagged = runs()
  if (tagged !== undefined) tagged.tags = { team: 'search', 'cost center': '42', 'aws:cloudformation:stack-name': 'x' }
  push('v20')
  await world.type(`${LINE} v20`)
  const count = registered().length
  world.aws.faults.add({
    match: { function: FUNCTION, action: 'UpdateService' },
    when: 'after',
    effect: { kind: 'kill' },
  })
  await world.click('approve')
  await over()
  expect(world.card()).toContain('✅ Done')
  expect(registered()).toHaveLength(count + 1)
  expect(runs()?.tags).toEqual({ team: 'search', 'cost center': '42' })
})

test('a role that may not be passed: nothing is registered, and the card says why', async () => {
  await isDone()
  const before = runs()
  const role = world.aws.roles.find('arn:aws:iam::111122223333:role/quarterdeck-deployer')
  if (role === undefined) throw new Error('no deployer role')
  const deny = { Sid: 'no', Effect: 'Deny', Action: 'iam:PassRole', Resource: '*' }
  world.aws.roles.add({ ...role, policies: [...role.policies, { Version: '2012-10-17', Statement: [deny] }] })
  push('v21')
  await world.type(`${LINE} v21`)
  await world.click('approve')
  await over()
  world.aws.roles.add(role)
  expect(world.card()).toMatch(/❌ Failed .*iam:PassRole/s)
  expect(runs()?.arn).toBe(before?.arn)
  expect(world.fleet.site(search().cluster).taskDefinitions.get('search')?.at(-1)?.arn).toBe(before?.arn)
})

test('secrets, roles and log groups that are missing are refused before anybody is asked', async () => {
  await isDone()
  push('v22')
  world.aws.parameters.remove({ account: '111122223333', region: 'us-east-1' }, '/search/database-url')
  const count = world.cards().length
  expect(await world.type(`${LINE} v22`)).toContain('the secret parameter/search/database-url does not exist')
  expect(world.cards()).toHaveLength(count)
})
