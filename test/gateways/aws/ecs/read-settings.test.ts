import { expect, test } from 'vitest'
import { differencesOf } from '../../../../src/features/deployments/definition-differences.ts'
import { readDefinition } from '../../../../src/gateways/aws/ecs/read-detail.ts'
import { aRef } from '../../../builders.ts'

const aDefinition = (more: object = {}, container: object = {}) =>
  readDefinition(aRef(), {
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:7',
    status: 'ACTIVE',
    revision: 7,
    taskRoleArn: 'arn:aws:iam::111122223333:role/orders-task',
    cpu: '256',
    volumes: [],
    containerDefinitions: [
      {
        name: 'app',
        image: 'orders:v7',
        environment: [{ name: 'TOKEN', value: 'hunter2' }],
        secrets: [{ name: 'KEY', valueFrom: 'arn:aws:ssm:us-east-1:111122223333:parameter/key' }],
        ...container,
      },
    ],
    ...more,
  })

test('two registrations of the same do not differ', () => {
  expect(
    differencesOf(aDefinition(), aDefinition({ revision: 8, registeredAt: new Date(), placementConstraints: [] })),
  ).toEqual([])
})

test('no value of an environment, a command or a secret leaves the reader', () => {
  const read = JSON.stringify(aDefinition({}, { command: ['serve', '--password=hunter3'] }))
  for (const value of ['hunter2', 'hunter3', 'parameter/key']) expect(read).not.toContain(value)
})

test.each<[string, object, object, readonly object[]]>([
  [
    'a role, by name',
    { taskRoleArn: 'arn:aws:iam::111122223333:role/admin' },
    {},
    [{ what: 'task role', from: '111122223333:role/orders-task', to: '111122223333:role/admin' }],
  ],
  ['a size', { cpu: '512' }, {}, [{ what: 'cpu', from: '256', to: '512' }]],
  ['a variable', {}, { environment: [{ name: 'TOKEN', value: 'x' }] }, [{ what: 'variable TOKEN of app' }]],
  ['where a secret comes from', {}, { secrets: [{ name: 'KEY', valueFrom: 'y' }] }, [{ what: 'secret KEY of app' }]],
  ['a variable that is gone', {}, { environment: [] }, [{ what: 'variable TOKEN of app (removed)' }]],
  ['a command', {}, { entryPoint: ['sh'] }, [{ what: 'entry point of app (added)' }]],
  ['root', {}, { user: '0' }, [{ what: 'user of app', from: 'none', to: '0' }]],
  ['what ECS adds one day', { newSetting: { a: 1 } }, {}, [{ what: 'new setting (added)' }]],
])('differs: %s', (_, more, container, differences) => {
  expect(differencesOf(aDefinition(), aDefinition(more, container))).toEqual(differences)
})

test('what is not readable is not compared', () => {
  expect(differencesOf(undefined, aDefinition())).toBeUndefined()
})
