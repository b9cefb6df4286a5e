// What people call a service: by a bare name and what the channel is about, by a task, with a container; and what is said
// when that is not one service.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeAll(async () => {
  world = await aStory()
  await world.recur('index')
})
afterAll(() => world.stop())
beforeEach(() => {
  world.aws.callLog.clear()
  // Slack lets user groups be asked twenty times a minute.
  world.clock.advance(60_000)
})

const task = (name?: string) => [...world.service(name).tasks][0]?.id ?? ''

describe('a task', () => {
  test('by its id alone is looked for in every cluster, once each', async () => {
    const answer = await world.type(`logs ${task()}`)
    expect(answer).toContain('orders-api')
    expect(answer).toContain('of 1 task')
    expect(world.calls('ListServices')).toEqual([])
  })

  test('by the beginning of its id', async () => {
    expect(await world.type(`logs ${task().slice(0, 10)}`)).toContain('of 1 task')
  })

  test('after its service, with a container', async () => {
    const answer = await world.type(`logs orders-api/${task().slice(0, 10)}:envoy`)
    expect(answer).toContain('1 stream of 1 task')
    expect(await world.type(`logs prod/web/orders-api/${task().slice(0, 10)}`)).toContain('of 1 task')
  })

  test('by its ARN', async () => {
    expect(await world.type(`logs arn:aws:ecs:us-east-1:111122223333:task/web/${task()}`)).toContain('of 1 task')
  })

  test('of which a command makes nothing stands for its service', async () => {
    expect(await world.type(`status ${task()}`)).toContain('orders-api is healthy and steady')
  })

  test('is not what a change is about: that is asked by a button', async () => {
    expect(await world.type(`restart ${task()}`)).toBe(
      `${task()} is a task of orders-api; restart takes a service.\n\nDid you mean the whole service?\n[prod.us-east-1/web/orders-api]`,
    )
  })

  test('that is not there is said not to be', async () => {
    expect(await world.type('logs 0123456789abcdef0123456789abcdef')).toContain('No service or recent task is named')
  })

  test('that is not found where a cluster could not be read is not said to be absent', async () => {
    const effect = { kind: 'error', code: 'AccessDeniedException', message: 'no' } as const
    world.aws.faults.add({ match: { service: 'ecs', action: 'ListTasks' }, when: 'before', effect, times: 1 })
    expect(await world.type('logs 0123456789')).toBe(
      'No task id that was searched begins with 0123456789.\n\nNot all tasks were searched. Write the full task id.',
    )
    world.aws.faults.clear()
  })
})

describe('a container', () => {
  test('says what --container says', async () => {
    expect(await world.type('logs orders-api:envoy')).toContain('4 streams of 4 tasks')
    expect(await world.type('logs orders-api:nope')).toContain('has no container nope')
  })

  test('is nothing for a command about a whole service', async () => {
    expect(await world.type('scale orders-api:app 6')).toBe('scale applies to a whole service.\n\nLeave out :app.')
  })
})

test('a service that is younger than the index is found in its cluster, and deleted ones are not', async () => {
  const old = world.service()
  const { spec } = old.deployments[0]?.revision ?? {}
  if (spec === undefined) throw new Error('no revision')
  world.fleet.createService(old.cluster, { name: 'just-made', desired: 1, createdBy: 'test', spec, isSettled: true })
  expect(await world.type('status web/just-made')).toContain('just-made is healthy and steady')
  expect(await world.type('status just-made')).toContain('No service is named just-made.')
})

test('how old the index is, is said where it may be the reason', async () => {
  expect(await world.type('status nothing-like-it')).not.toContain('index dates from')
  world.clock.advance(3_600_000)
  expect(await world.type('status nothing-like-it')).toContain('The service index dates from 2026-11-22 03:00 UTC')
})

describe('what the channel is about', () => {
  test('is shown, and nothing is set at first', async () => {
    expect(await world.type('here')).toContain('This channel has no defaults')
  })

  test('decides what a bare name means', async () => {
    expect(await world.type('status reports')).toContain('services are named reports')
    await world.type('here set prod.us-east-1/web', { user: 'U0APPROVE' })
    expect(world.card()).toBe('In this channel, bare names resolve to prod.us-east-1/web first.')
    expect(await world.type('status reports')).toContain('prod 1111-2222-3333 · us-east-1 · web')
    expect(await world.type('status reports', { channel: 'C0RANDOM' })).toContain('services are named reports')
    expect(await world.type('here')).toContain('prod.us-east-1/web')
  })

  test('may be a cluster of one name in every region of an account', async () => {
    await world.type('here set prod/web', { user: 'U0APPROVE' })
    expect(world.card()).toContain('resolve to prod/web first')
    expect(await world.type('status reports')).toContain('prod 1111-2222-3333 · us-east-1 · web')
    expect(await world.type('status checkout')).toContain(
      '[prod.us-east-1/web/checkout] [prod.eu-west-1/web/checkout] [staging.us-east-1/web/checkout]',
    )
    expect(await world.type('here set web', { user: 'U0APPROVE' })).toContain('web matches 3 places: ')
  })

  test('favourites are meant before others', async () => {
    await world.type('here set --favourites prod/jobs/reports,orders-api', { user: 'U0APPROVE' })
    expect(await world.type('here')).toContain('[Status reports] [Status orders-api]')
    expect(await world.type('here')).toContain('prod.us-east-1/web')
    expect(await world.type('status reports')).toContain('us-east-1 · jobs')
  })

  test('a change that would leave it is asked about', async () => {
    await world.type('here set staging', { user: 'U0APPROVE' })
    expect(await world.type('restart catalog-api --dry-run')).toContain('staging')
    expect(await world.type('restart payments-api --dry-run')).toBe(
      'payments-api is not in staging, this channel’s default.\n\nDid you mean prod.us-east-1/web/payments-api?\n[prod.us-east-1/web/payments-api]',
    )
    expect(await world.type('status payments-api')).toContain('payments-api is healthy and steady')
    await world.type('restart orders-api --dry-run')
    expect(world.told('U0REQUEST')).not.toContain('this channel’s default')
  })

  test.each([
    ['here set', 'Nothing to set.'],
    ['here set orders-api', 'orders-api is a service, not an account or a cluster.'],
    ['here set nowhere', 'No account, cluster or service is named nowhere.'],
    ['here set --favourites nope', 'No service is named nope.'],
    ['here set --favourites reports', '4 services are named reports.'],
    ['here set --favourites a//b', 'is not a service'],
  ])('%s: %s', async (line, words) => {
    expect(await world.type(line, { user: 'U0APPROVE' })).toContain(words)
  })

  test('is taken back', async () => {
    await world.type('here clear', { user: 'U0APPROVE' })
    expect(await world.type('here')).toContain('This channel has no defaults')
    expect(await world.type('here clear', { user: 'U0APPROVE' })).toBe('This channel has no defaults.')
  })
})

describe('a task of many clusters', () => {
  const makeClusters = async (from: number, to: number) => {
    const { cluster, deployments } = world.service('web/reports')
    const spec = deployments[0]?.revision.spec
    if (spec === undefined) throw new Error('no deployment')
    const made = Array.from({ length: to - from }, (_, n) =>
      world.fleet.createService(world.fleet.createCluster(cluster, `zone-${from + n}`), {
        name: `edge-${from + n}`,
        createdBy: '',
        desired: 1,
        spec,
        isSettled: true,
      }),
    )
    await world.recur('index')
    world.aws.callLog.clear()
    return [...(made.at(-1)?.tasks ?? [])][0]?.id ?? ''
  }

  test('is found by its whole id, or the beginning of it, within what AWS lets be asked at once', async () => {
    const id = await makeClusters(10, 40)
    expect(await world.type(`status ${id}`)).toContain('edge-39 is healthy and steady')
    expect(await world.type(`status ${id.slice(0, 10)}`)).toContain('edge-39 is healthy and steady')
    const lists = world.calls('ListTasks').filter(({ region }) => region === 'us-east-1')
    expect(lists.length).toBeLessThanOrEqual(80)
    expect(lists.filter(({ errorCode }) => errorCode !== undefined)).toEqual([])
  })

  test('of very many clusters the beginning of an id is asked about, the whole one found', async () => {
    const id = await makeClusters(40, 55)
    expect(await world.type(`status ${id}`)).toContain('edge-54 is healthy and steady')
    expect(await world.type(`status ${id.slice(0, 10)}`)).toMatch(
      /looks like a task id, but \d+ clusters are too many to search\.\n\nName the cluster: web\/\w+, or write the full task id/,
    )
    expect(world.calls('ListTasks').filter(({ input }) => !('serviceName' in (input as object)))).toEqual([])
  })
})
