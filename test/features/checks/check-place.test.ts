// What a check of a place asks for, and what becomes of what it cannot read: without the wire.
import { expect, test } from 'vitest'
import { checkPlace } from '../../../src/features/checks/check-place.ts'
import type { DefinitionPosture, ServicePosture } from '../../../src/features/checks/posture.ts'
import type { ServiceRef } from '../../../src/model/ecs.ts'
import { RemoteError } from '../../../src/model/errors.ts'
import { aReader, aRef } from '../../builders.ts'

const account = { scope: { accountId: '111122223333' }, name: 'prod', account: 'prod' }
const denied = new RemoteError('AWS denied it', { code: 'AccessDeniedException', passing: false })

const aPosture = (ref: ServiceRef): ServicePosture => ({
  ref,
  definition: 'orders-api:7',
  desired: 2,
  hasPublicIp: false,
  publicTaskSets: [],
  hasExec: false,
  isBalanced: true,
  openGates: [],
  providers: [],
  tags: ['team'],
})

const definition: DefinitionPosture = {
  name: 'orders-api:7',
  isWindows: false,
  networkMode: 'awsvpc',
  pidMode: '',
  containers: [],
  logGroups: [],
  plainVolumes: [],
  tags: [],
}

const read = aReader({
  servicePostures: async (_, refs) => refs.map(aPosture),
  definitionPosture: async () => definition,
})

test('one region that cannot be read says why, and the others answer', async () => {
  const refs = [aRef(), aRef({ region: 'eu-west-1', arn: 'x' })]
  const checked = await checkPlace(
    { kind: 'extent', place: account, refs },
    {
      ...read,
      servicePostures: async (cluster, some) =>
        cluster.region === 'eu-west-1' ? Promise.reject(denied) : some.map(aPosture),
    },
  )
  expect(checked).toMatchObject({ services: 1, unread: ['AWS denied it'] })
  expect(checked.flaws.map(({ id }) => id)).toContain('ECS.15')
})

test('when nothing can be read, that is the answer', async () => {
  const nothing = { ...read, servicePostures: async () => Promise.reject(denied) }
  await expect(checkPlace({ kind: 'extent', place: account, refs: [aRef()] }, nothing)).rejects.toBe(denied)
})

test('a bug is not taken for something that could not be read', async () => {
  const broken = { ...read, tasksIn: async () => Promise.reject(new TypeError('x')) }
  await expect(checkPlace({ kind: 'extent', place: account, refs: [aRef()] }, broken)).rejects.toThrow(TypeError)
})

test('a definition that many services run is read once', async () => {
  const asked: string[] = []
  await checkPlace(
    { kind: 'extent', place: account, refs: ['a', 'b', 'c'].map(service => aRef({ service })) },
    {
      ...read,
      definitionPosture: async service => {
        asked.push(service.definition)
        return definition
      },
    },
  )
  expect(asked).toEqual(['orders-api:7'])
})

test('where not all tasks are looked at, that is said', async () => {
  const many = { ...read, tasksIn: async () => ({ tasks: [], isPartial: true }) }
  const { crowded } = await checkPlace({ kind: 'extent', place: account, refs: [aRef()] }, many)
  expect(crowded).toEqual(['web'])
})
