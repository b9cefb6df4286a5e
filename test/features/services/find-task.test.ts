// A task that is searched by the first characters of its id: what is not searched is said.
import { expect, test } from 'vitest'
import { tasksIn } from '../../../src/features/services/find-task.ts'
import { RemoteError } from '../../../src/model/errors.ts'
import { aRef } from '../../builders.ts'

const refs = [aRef(), aRef({ cluster: 'jobs' })]
const found = { tasks: [{ id: 'abc1', service: aRef().service }], isPartial: false }

test.each([
  ['all clusters were read', async () => found, false],
  ['a cluster has more tasks than are read', async () => ({ ...found, isPartial: true }), true],
])('%s', async (_, taskOwners, isPartial) => {
  expect(await tasksIn(refs, 'abc', refs, { taskOwners })).toMatchObject({ isPartial })
})

test('a cluster that cannot be read leaves the search unfinished', async () => {
  const taskOwners = async ({ cluster }: { readonly cluster: string }) => {
    if (cluster === 'jobs') throw new RemoteError('no', { code: 'AccessDenied', passing: false })
    return found
  }
  const { found: tasks, isPartial } = await tasksIn(refs, 'abc', refs, { taskOwners })
  expect(tasks.map(({ id }) => id)).toEqual(['abc1'])
  expect(isPartial).toBe(true)
})
