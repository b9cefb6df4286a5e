// When a deployment is over, where ECS says it and where only its counts do.
import { describe, expect, test } from 'vitest'
import type { Readers } from '../../../src/commands/readers.ts'
import type { Memory, Progress } from '../../../src/engine/change/progress.ts'
import { rolloutOf } from '../../../src/features/deployments/rollout.ts'
import type { Deployment, Service, StoppedTask } from '../../../src/model/ecs.ts'
import { RemoteError } from '../../../src/model/errors.ts'
import type { DeploymentRecord } from '../../../src/model/service-detail.ts'
import { aDeployment, aReader, aService } from '../../builders.ts'

const SINCE = '2026-11-22T03:00:00.000Z'
const at = (minutes: number) => new Date(Date.parse(SINCE) + minutes * 60_000).toISOString()

const { rolloutState: _, ...SILENT } = aDeployment({ id: 'ecs-svc/2', createdAt: at(0) })
const ours = (deployment: Partial<Deployment> = {}): Deployment => ({ ...SILENT, ...deployment })
const serviceWith = (deployment: Partial<Deployment>, more: Partial<Service> = {}): Service =>
  aService({ deployments: [ours(deployment)], ...more })

const aStoppedTask = (task: Partial<StoppedTask> = {}): StoppedTask => ({
  id: 'a',
  createdAt: at(1),
  stoppedAt: at(2),
  stopCode: 'EssentialContainerExited',
  reason: 'Essential container in task exited',
  containers: [{ name: 'app', exitCode: 1 }],
  taskDefinition: 'orders-api:7',
  ...task,
})
const three = (task: Partial<StoppedTask> = {}): Partial<Readers> => ({
  stoppedTasks: async () => [aStoppedTask(task), aStoppedTask(task), aStoppedTask(task)],
})

/** One look after the other, each with what the one before remembered. */
const watched = async (looks: readonly (readonly [number, Service])[], read: Partial<Readers> = {}) => {
  let progress: Progress = { status: 'moving', text: '' }
  let memory: Memory | undefined
  for (const [minutes, service] of looks) {
    const seen = { service, before: 'ecs-svc/1', since: SINCE, now: at(minutes), ...(memory && { memory }) }
    progress = await rolloutOf(seen, aReader(read))
    memory = progress.status === 'moving' ? progress.memory : undefined
  }
  return progress
}

describe('the record of the deployment that was started', () => {
  const record = (createdAt: string, more: Partial<DeploymentRecord> = {}): DeploymentRecord => ({
    ...{ id: 'd', arn: 'd', status: 'IN_PROGRESS', createdAt, strategy: 'CANARY', from: [], to: 'r' },
    ...more,
  })
  const shifting = { stage: 'PRODUCTION_TRAFFIC_SHIFT', traffic: 10 }
  const service = serviceWith({ rolloutState: 'IN_PROGRESS', running: 2 })

  test.each<[string, readonly DeploymentRecord[], string]>([
    ['tells its stage and traffic', [record(at(0), shifting)], ', moving traffic, orders-api:7 10 % of traffic'],
    [
      'tells the failures that the breaker counts, once',
      [record(at(0), { strategy: 'ROLLING', breaker: { status: 'MONITORING', failed: 2, most: 3 } })],
      ', 2 of 3 failures',
    ],
    ['is not that of an earlier deployment', [record(at(-30), shifting)], ''],
    ['is not that of a later one', [record(at(5), shifting), record(at(0))], ''],
    ['may be missing', [], ''],
  ])('%s', async (_, records, words) => {
    const progress = await watched([[1, service]], { deployments: async () => records })
    expect(progress).toMatchObject({ status: 'moving', text: `2/4 new tasks running${words}` })
  })

  test('may be unreadable', async () => {
    const deployments = async () => Promise.reject(new RemoteError('no', { code: 'AccessDenied', passing: false }))
    expect(await watched([[1, service]], { deployments })).toMatchObject({ text: '2/4 new tasks running' })
  })
})

describe.each([
  ['without a state of the rollout', {}],
  ['with a state of the future', { rolloutState: 'PONDERING' }],
])('%s', (_name, state) => {
  test('it is done when it is the only one, and all of it has run for a minute', async () => {
    const service = serviceWith(state)
    expect(await watched([[1, service]])).toMatchObject({ status: 'moving' })
    expect(
      await watched([
        [1, service],
        [1.9, service],
      ]),
    ).toMatchObject({ status: 'moving' })
    expect(
      await watched([
        [1, service],
        [2, service],
      ]),
    ).toEqual({ status: 'done', text: '4/4 new tasks running.', deployment: 'ecs-svc/2' })
  })

  test.each([
    ['tasks come and go', serviceWith({ ...state, running: 3 })],
    ['tasks are pending', serviceWith({ ...state, pending: 1 })],
    ['another is not gone yet', aService({ deployments: [ours(state), aDeployment({ status: 'ACTIVE', id: 'old' })] })],
    ['tasks of others run', serviceWith(state, { running: 5 })],
  ])('it is not while %s', async (_what, service) => {
    expect(
      await watched([
        [1, service],
        [9, service],
      ]),
    ).toMatchObject({ status: 'moving' })
  })
})

test('what ECS says is in progress is not done, however steady', async () => {
  const service = serviceWith({ rolloutState: 'IN_PROGRESS' })
  expect(
    await watched([
      [1, service],
      [60, service],
    ]),
  ).toMatchObject({ status: 'moving' })
})

describe('tasks that do not stay up end it, with the cause', () => {
  const limping = serviceWith({ running: 2 })
  test('as ECS counts them', async () => {
    expect(await watched([[3, serviceWith({ running: 0, failed: 3 })]], three())).toEqual({
      status: 'failed',
      text: '0/4 new tasks running: app exited with 1: application error · 3 tasks since 03:02 UTC.',
      details: ['Read its last lines: `/ecs logs prod.us-east-1/web/orders-api --previous`.'],
    })
  })
  test('as they are found stopped, between healthy ones', async () => {
    expect(await watched([[3, limping]], three())).toMatchObject({ status: 'failed' })
    const reason = 'Task failed ELB health checks in (target-group x)'
    const unhealthy = three({ stopCode: 'ServiceSchedulerInitiated', reason })
    expect(await watched([[3, limping]], unhealthy)).toMatchObject({ status: 'failed' })
  })
  test.each([
    ['those of before', { createdAt: '2026-11-22T02:59:59.000Z' }],
    ['those of another revision', { taskDefinition: 'orders-api:6' }],
    ['those that were no longer needed', { stopCode: 'ServiceSchedulerInitiated', reason: 'Scaling activity' }],
  ])('but not %s', async (_what, task) => {
    expect(await watched([[3, limping]], three(task))).toMatchObject({ status: 'moving' })
  })
  test('of which ECS does not list one yet, in its own count', async () => {
    expect(await watched([[3, serviceWith({ running: 0, failed: 3 })]])).toMatchObject({
      text: '0/4 new tasks running: its tasks keep failing, 3 failed.',
    })
  })
  test('in a large service half of them are needed', async () => {
    const large = serviceWith({ running: 90 }, { desired: 100, running: 90 })
    expect(await watched([[3, large]], three())).toMatchObject({ status: 'moving' })
  })
  test('with a circuit breaker ECS decides, for an hour', async () => {
    const service = serviceWith({ running: 2, rolloutState: 'IN_PROGRESS' }, { hasBreaker: true })
    expect(await watched([[59, service]], three())).toMatchObject({ status: 'moving' })
    expect(await watched([[60, service]], three())).toMatchObject({ status: 'failed' })
  })
})

describe('where ECS itself ended it, the cause stands before the words of ECS', () => {
  const WORDS = 'ECS deployment circuit breaker: tasks failed to start.'
  const failed = serviceWith({ running: 0, rolloutState: 'FAILED', rolloutReason: WORDS })
  const cause = 'app exited with 1: application error · 3 tasks since 03:02 UTC.'

  test('the circuit breaker stopped it', async () => {
    expect(await watched([[9, failed]], three())).toEqual({
      status: 'failed',
      text: `0/4 new tasks running: ${cause}`,
      details: [expect.stringContaining('--previous'), WORDS],
    })
  })
  test('it rolled it back', async () => {
    const rollback = { reason: WORDS, at: at(5), to: '' }
    const record = { id: '', arn: '', status: '', createdAt: at(0), strategy: '', from: [], to: '', rollback }
    const read = { ...three(), deployments: async () => [record] }
    const back = aService({ deployments: [aDeployment({ id: 'ecs-svc/3', createdAt: at(5) })] })
    expect(
      await watched(
        [
          [1, serviceWith({ running: 1, rolloutState: 'IN_PROGRESS' }, { hasBreaker: true })],
          [9, back],
        ],
        read,
      ),
    ).toEqual({
      status: 'failed',
      text: `ECS rolled it back: ${cause}`,
      details: [expect.stringContaining('--previous'), WORDS],
    })
  })
  test.each([
    ['no task of it failed', async () => [aStoppedTask({ createdAt: at(-5) })]],
    [
      'its tasks cannot be read',
      async () => Promise.reject(new RemoteError('AWS denied it.', { code: 'AccessDenied', passing: false })),
    ],
  ])('alone if %s', async (_what, stoppedTasks) => {
    expect(await watched([[9, failed]], { stoppedTasks })).toEqual({
      status: 'failed',
      text: '0/4 new tasks running.',
      details: [WORDS],
    })
  })
})

describe('events of what ECS could not do', () => {
  const saying = (message: string, minutes: number, more: Partial<Deployment> = {}) =>
    serviceWith(
      { running: 1, rolloutState: 'IN_PROGRESS', ...more },
      { events: [{ at: at(minutes), message: `(service orders-api) ${message}` }] },
    )
  const PLACING = 'was unable to place a task because no container instance met all of its requirements.'

  test('end it when nothing has moved for ten minutes', async () => {
    const service = saying(PLACING, 1)
    expect(
      await watched([
        [1, service],
        [10, service],
      ]),
    ).toMatchObject({ status: 'moving' })
    expect(
      await watched([
        [1, service],
        [11, service],
      ]),
    ).toMatchObject({ status: 'failed', text: `1/4 new tasks running: ECS reports that it ${PLACING}` })
  })
  test('do not while it moves', async () => {
    expect(
      await watched([
        [1, saying(PLACING, 1)],
        [9, saying(PLACING, 1, { running: 2 })],
        [12, saying(PLACING, 1, { running: 2 })],
      ]),
    ).toMatchObject({ status: 'moving' })
  })
  test('end it at once when its tasks never start', async () => {
    const service = saying('is unable to consistently start tasks successfully.', 1)
    expect(await watched([[2, service]])).toMatchObject({ status: 'failed' })
  })
  test('of before say nothing', async () => {
    const service = saying(PLACING, -1)
    expect(
      await watched([
        [1, service],
        [30, service],
      ]),
    ).toMatchObject({ status: 'moving' })
  })
})

test('another deployment after it is not ours', async () => {
  const other = aService({ deployments: [aDeployment({ id: 'ecs-svc/3' })] })
  expect(
    await watched([
      [1, serviceWith({ running: 1 })],
      [6, other],
    ]),
  ).toMatchObject({ status: 'superseded', text: expect.stringContaining('Another change started a newer deployment') })
})

test('a deployment that ECS does not show after ten minutes has failed', async () => {
  const before = aService({ deployments: [aDeployment({ id: 'ecs-svc/1' })] })
  expect(await watched([[9, before]])).toMatchObject({ status: 'moving' })
  expect(await watched([[10, before]])).toMatchObject({ status: 'failed' })
})

test('a service that is being deleted is settled', async () => {
  expect(await watched([[1, serviceWith({}, { status: 'DRAINING' })]])).toMatchObject({ status: 'superseded' })
})
