// The state of a service as its card shows it: each part can fail, and nothing that was not counted becomes a number.
import { describe, expect, test } from 'vitest'
import { nowText } from '../../../src/engine/change/now.ts'
import { loadNow, type NowReaders, withNow } from '../../../src/features/status/load-now.ts'
import { RemoteError } from '../../../src/model/errors.ts'
import type { ServiceDetail } from '../../../src/model/service-detail.ts'
import { aDeployment, aReader, aRef, aService, aServiceDetail } from '../../builders.ts'

const AT = '2026-11-22T03:00:00.000Z'
const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/orders-api/6d0ecf831eec9f09'

const aDetail = (detail: Partial<ServiceDetail> = {}): ServiceDetail =>
  aServiceDetail({ alarms: ['orders-5xx', 'orders-slow'], alarmsRollBack: true, targetGroups: [GROUP], ...detail })

const failing = async () => Promise.reject(new RemoteError('AWS refused it', { code: 'AccessDenied', passing: false }))

/** Healthy, 212.4 requests a minute, no alarm. */
const reading = (detail: Partial<ServiceDetail> = {}, more: Partial<NowReaders> = {}) =>
  loadNow(
    aRef(),
    aReader({
      serviceDetail: async () => aDetail(detail),
      alarms: async (_, names) => names.map(name => ({ name, state: 'OK', since: AT })),
      requests: async () => 212.4,
      ...more,
    }),
    AT,
  )

const deploying = aDeployment({ rolloutState: 'IN_PROGRESS', taskDefinition: 'orders-api:8' })

test('a healthy service', async () => {
  const now = await reading()
  expect(now).toEqual({
    at: AT,
    health: 'healthy',
    tasks: { running: 4, desired: 4 },
    load: 212,
    alarms: [],
    deployment: '',
  })
  expect(nowText(now)).toBe('healthy, 4 tasks, 212 req/min, 0 alarms')
})

test.each([
  [{ running: 1, desired: 1 }, '1 task'],
  [{ running: 2, desired: 4 }, '2 of 4 tasks'],
  [{ running: 8, desired: 4 }, '8 tasks, 4 wanted'],
])('of tasks %j the card says: %s', (tasks, text) => {
  expect(nowText({ at: '', health: 'healthy', tasks, load: 'none', alarms: [], deployment: '' })).toBe(
    `healthy, ${text}, 0 alarms`,
  )
})

describe('each part fails alone', () => {
  test.each<[string, Partial<NowReaders>, string]>([
    ['the service', { serviceDetail: failing }, 'health unknown, deployment unknown, load unknown, alarms unknown'],
    ['no such service', { serviceDetail: async () => undefined }, 'health unknown, deployment unknown, load unknown'],
    ['targets', { targetHealth: failing }, 'health unknown, 4 tasks, 212 req/min, 0 alarms'],
    ['Lattice targets', { latticeHealth: failing }, 'health unknown, 4 tasks, 212 req/min, 0 alarms'],
    ['requests', { requests: failing }, 'healthy, 4 tasks, load unknown, 0 alarms'],
    ['alarms', { alarms: failing }, 'healthy, 4 tasks, 212 req/min, alarms unknown'],
  ])('%s', async (_, more, text) => {
    expect(nowText(await reading({}, more))).toContain(text)
  })

  test('an error in the code is thrown', async () => {
    await expect(reading({}, { alarms: async () => Promise.reject(new TypeError('bug')) })).rejects.toThrow('bug')
  })

  test('and leaves the state unknown where it is added to a plan', async () => {
    const read = aReader({ serviceDetail: async () => Promise.reject(new TypeError('bug')) })
    const plan = { target: aRef() } as Parameters<typeof withNow>[0]['plan']
    expect(await withNow({ plan, operation: 'op' }, read, AT, { list: async () => [] })).toEqual({
      plan: { target: aRef(), now: { at: AT } },
      operation: 'op',
    })
  })

  test('and incidents are unknown where the store does not answer', async () => {
    const read = aReader({})
    const plan = { target: aRef() } as Parameters<typeof withNow>[0]['plan']
    const store = { list: async () => Promise.reject(new Error('down')) }
    expect((await withNow({ plan }, read, AT, store)).plan.now?.incident).toBe('unknown')
  })
})

describe('health', () => {
  test.each<[string, Partial<ServiceDetail>, string]>([
    ['stopped', { service: aService({ desired: 0 }) }, 'stopped'],
    ['draining', { service: aService({ status: 'DRAINING' }) }, 'draining'],
    ['tasks missing', { service: aService({ desired: 6, running: 4 }) }, '2 of 6 tasks are not running'],
    [
      'a failed deployment',
      { service: aService({ deployments: [aDeployment({ rolloutState: 'FAILED', taskDefinition: '`*a*:1' })] }) },
      'the deployment of a:1 failed',
    ],
  ])('%s', async (_, detail, health) => {
    expect((await reading(detail)).health).toBe(health)
  })

  test('unhealthy targets, and other targets that could not be read', async () => {
    const targetHealth = async () => [{ group: 'orders-api', targets: [{ id: '10.0.0.1', state: 'unhealthy' }] }]
    expect((await reading({}, { targetHealth, latticeHealth: failing })).health).toBe(
      '1 target is unhealthy to the load balancer',
    )
  })

  test('a deployment that rolls back', async () => {
    const service = aService({ deployments: [deploying] })
    const deployment = async () => ({
      ...{ id: 'd', arn: 'd', status: 'ROLLBACK_IN_PROGRESS', createdAt: AT, strategy: 'ROLLING', from: [], to: 'r' },
      rollback: { reason: 'alarm', at: AT, to: 'r' },
    })
    const now = await reading({ service, deployment: 'd' }, { deployment })
    expect(now).toMatchObject({ health: 'the deployment is rolling back', deployment: 'deploying orders-api:8' })
    expect((await reading({ service, deployment: 'd' }, { deployment: failing })).health).toBeUndefined()
  })
})

test('alarms in ALARM, without markup and at most 60 characters each', async () => {
  const states = ['ALARM', 'INSUFFICIENT_DATA'] as const
  const alarms: NowReaders['alarms'] = async (_, names) =>
    names.map((_name, at) => ({ name: `*x*\n${'y'.repeat(300)}`, state: states[at] ?? 'OK', since: AT }))
  expect((await reading({}, { alarms })).alarms).toEqual([`x${'y'.repeat(58)}…`])
})

describe('load', () => {
  const connect = { namespace: 'internal', names: ['orders', 'orders-grpc'] }
  const traffic: NowReaders['traffic'] = async (_, names) =>
    names.map(name => ({ name, perMinute: 10.3, failedShare: 0 }))
  const uncounted = async () => undefined

  test.each<[string, Partial<ServiceDetail>, Partial<NowReaders>, number | 'none' | undefined]>([
    ['of the load balancer alone, if there are both', { connect }, { traffic }, 212],
    ['of a load balancer without requests', {}, { requests: async () => 0 }, 0],
    ['of all Service Connect names', { connect, targetGroups: [] }, { traffic }, 21],
    ['of Service Connect behind a Network Load Balancer', { connect }, { traffic, requests: uncounted }, 21],
    ['without anything that counts', { targetGroups: [] }, {}, 'none'],
    ['behind a Network Load Balancer alone', {}, { requests: uncounted }, 'none'],
    ['of Service Connect without datapoints', { connect, targetGroups: [] }, {}, 'none'],
    ['that is not a number', {}, { requests: async () => Number.NaN }, undefined],
    ['of traffic that fails', { connect, targetGroups: [] }, { traffic: failing }, undefined],
  ])('%s', async (_, detail, more, load) => {
    const now = await reading(detail, more)
    expect(now.load).toBe(load)
    expect(now.health).toBe('healthy')
  })
})
