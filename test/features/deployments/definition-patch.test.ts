import { describe, expect, test } from 'vitest'
import { describedIn, hashOf, isRegistered, withPatch } from '../../../src/features/deployments/definition-patch.ts'
import type { JsonObject } from '../../../src/model/json.ts'

const DEFINITION: JsonObject = {
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:7',
  family: 'orders-api',
  revision: 7,
  status: 'ACTIVE',
  registeredAt: 1_700_000_000.5,
  registeredBy: 'arn:aws:iam::111122223333:role/deploy',
  requiresAttributes: [{ name: 'a' }],
  compatibilities: ['FARGATE'],
  fromTheFuture: { level: [3, 1, 2] },
  containerDefinitions: [
    {
      name: 'app',
      image: 'orders-api:v7',
      environment: [
        { name: 'B', value: '2' },
        { name: 'A', value: '1' },
      ],
      command: ['b', 'a'],
      newMember: true,
    },
    { name: 'envoy', image: 'envoy:v1' },
  ],
}
const described = (taskDefinition: JsonObject = DEFINITION, tags: readonly JsonObject[] = []) => {
  const found = describedIn({ taskDefinition, tags })
  if (found === undefined) throw new Error('no definition')
  return found
}
const container = (more: JsonObject): JsonObject => ({
  ...DEFINITION,
  containerDefinitions: [
    { ...(DEFINITION['containerDefinitions'] as JsonObject[])[0], ...more },
    { name: 'envoy', image: 'envoy:v1' },
  ],
})

describe('the patch', () => {
  test('changes the named image alone, and keeps what nobody knows', () => {
    expect(withPatch(described(), { images: { app: 'orders-api:v8@sha256:1' } })).toEqual({
      family: 'orders-api',
      fromTheFuture: { level: [3, 1, 2] },
      containerDefinitions: [
        {
          name: 'app',
          image: 'orders-api:v8@sha256:1',
          environment: [
            { name: 'B', value: '2' },
            { name: 'A', value: '1' },
          ],
          command: ['b', 'a'],
          newMember: true,
        },
        { name: 'envoy', image: 'envoy:v1' },
      ],
    })
  })

  test('keeps the tags, except those of AWS', () => {
    const tags = [
      { key: 'team', value: 'orders' },
      { key: 'aws:cloudformation:stack-name', value: 'x' },
    ]
    expect(withPatch(described(DEFINITION, tags), { images: { app: 'x:1' } })).toHaveProperty('tags', [tags[0]])
  })

  test('of a container that is not there is none', () => {
    expect(withPatch(described(), { images: { nginx: 'x:1' } })).toBeUndefined()
    expect(withPatch(described(), { images: { constructor: 'x:1' } })).toBeUndefined()
  })
})

describe('the hash', () => {
  test('is of what a revision takes over', () => {
    const later = { ...DEFINITION, revision: 8, registeredAt: 1, status: 'INACTIVE' }
    expect(hashOf(described(later))).toBe(hashOf(described()))
  })

  test.each([
    ['a value of the environment', container({ environment: [{ name: 'A', value: 'other' }] }), []],
    ['a member that nobody knows', { ...DEFINITION, fromTheFuture: 1 }, []],
    ['a tag', DEFINITION, [{ key: 'team', value: 'x' }]],
  ])('changes with %s', (_, definition, tags) => {
    expect(hashOf(described(definition, tags))).not.toBe(hashOf(described()))
  })
})

describe('what was registered', () => {
  const input = withPatch(described(), { images: { app: 'orders-api:v8' } }) ?? {}
  const found = (more: JsonObject) => described({ ...container({ image: 'orders-api:v8', ...more }), revision: 8 })

  test('is known with the defaults of ECS, and in another order', () => {
    const environment = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ]
    expect(
      isRegistered(input, found({ environment, cpu: 0, essential: true, mountPoints: [], privileged: false })),
    ).toBe(true)
  })

  test.each([
    ['another image', { image: 'orders-api:v9' }],
    ['another command', { command: ['a', 'b'] }],
    ['one variable more', { environment: [{ name: 'A', value: '1' }] }],
    ['more power', { privileged: true }],
    ['a user', { user: 'root' }],
    ['a container that is not essential', { essential: false }],
  ])('is not one with %s', (_, more) => {
    expect(isRegistered(input, found(more))).toBe(false)
  })

  test('is not one with an essential container more', () => {
    const sidecar = withPatch(described(container({ essential: false })), { images: { app: 'orders-api:v8' } }) ?? {}
    expect(isRegistered(sidecar, found({ essential: false }))).toBe(true)
    for (const more of [{}, { essential: true }]) expect(isRegistered(sidecar, found(more))).toBe(false)
  })
})
