import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../src/commands/compile-config.ts'
import { loadStop } from '../../src/commands/stop/load.ts'
import { stop } from '../../src/commands/stop/stop.ts'
import type { Plan } from '../../src/engine/change/plan.ts'
import type { Service, TaskNow } from '../../src/model/ecs.ts'
import { isRefusal, type Refusal } from '../../src/model/errors.ts'
import { aDeployment, aReader, aService } from '../builders.ts'

const ID = '3f2a91c0b7d64c1e9a52d18e6f04c3ab'
const ARN = `arn:aws:ecs:us-east-1:111122223333:task/web/${ID}`
const aTask = (task: Partial<TaskNow> = {}): TaskNow => ({
  id: ID,
  arn: ARN,
  status: 'RUNNING',
  desired: 'RUNNING',
  group: 'service:orders-api',
  createdAt: '2026-11-22T01:00:00.000Z',
  stoppedAt: '',
  stopCode: '',
  reason: '',
  containers: [],
  taskDefinition: 'orders-api:7',
  ...task,
})
const compiled = compileConfig(readFileSync('quarterdeck.yaml', 'utf8'))
if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
const { config } = compiled
const actor = { team: config.team, user: 'U0REQUEST', name: 'requester' }
const ASKER = {
  ...{ config, who: { actor, corporateId: 'requester@example.com' }, reason: 'hangs' },
  facts: { now: '2026-11-22T03:00:00.000Z', groups: {}, placeLocks: [] },
}
type Given = { service?: Partial<Service>; task?: Partial<TaskNow>; protected?: string; reason?: string }
const planFor = async (given: Given = {}): Promise<Plan | Refusal> => {
  const read = aReader({
    service: async () => aService(given.service),
    task: async () => aTask(given.task),
    protectedTasks: async () => (given.protected === undefined ? [] : [{ id: ID, until: given.protected }]),
  })
  const state = await loadStop(aService().ref, ID, read, { ...ASKER, ...(given.reason && { reason: given.reason }) })
  return isRefusal(state) ? state : stop.plan({}, state)
}
const planned = async (given: Given = {}): Promise<Plan> => {
  const plan = await planFor(given)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}

describe('the plan', () => {
  test('is one StopTask that is not repeated, with who stops the task and why', async () => {
    expect(await planned()).toMatchObject({
      title: 'Stop task *3f2a91c0* of *orders-api*',
      invocation: `stop prod.us-east-1/web/orders-api --task ${ID}`,
      losses: ['1 of 4 tasks stops; ECS starts another'],
      risk: { level: 'low' },
      size: 1,
      calls: [
        {
          action: 'StopTask',
          input: { cluster: 'web', task: ARN, reason: 'Stopped with Quarterdeck by requester@example.com: hangs' },
          resources: [ARN],
          repeatable: false,
        },
      ],
      binds: { task: ID, createdAt: aService().createdAt },
    })
  })

  test('hides secrets in the reason', async () => {
    const { calls } = await planned({ reason: 'key AKIAIOSFODNN7EXAMPLE leaks' })
    expect(String(calls[0]?.input['reason'])).not.toContain('AKIAIOSFODNN7EXAMPLE')
  })

  test('bounds the reason', async () => {
    const { calls } = await planned({ reason: 'x'.repeat(1_000) })
    expect(String(calls[0]?.input['reason'])).toHaveLength(255)
  })

  test.each<[string, Given, string, string]>([
    ['the only task', { service: { desired: 1 } }, 'high', 'The only task stops; none runs until ECS starts another'],
    ['one of two', { service: { desired: 2 } }, 'medium', '1 of 2 tasks stops; ECS starts another'],
    [
      'one more than wanted',
      { service: { running: 5 } },
      'low',
      '1 of 5 tasks stops; ECS starts no other, 4 are wanted',
    ],
    [
      'of a daemon',
      { service: { scheduling: 'DAEMON' } },
      'low',
      'Its instance runs none until ECS starts another there',
    ],
    ['a standalone one', { task: { group: 'family:orders-api' } }, 'high', 'Nothing replaces it: no service owns it'],
  ])('%s', async (_, given, level, line) => {
    const plan = await planned(given)
    expect(plan.risk.level).toBe(level)
    expect(plan.losses?.[0]).toBe(line)
  })

  test('protection from scale-in does not keep it from stopping', async () => {
    const plan = await planned({ protected: '2026-11-22T05:00:00.000Z' })
    expect(plan.risk.level).toBe('medium')
    expect(plan.losses?.[1]).toBe('Protected from scale-in until <2026-11-22T05:00Z>; stops anyway')
  })

  test('during a deployment a new version may replace it', async () => {
    const deployments = [aDeployment({ rolloutState: 'IN_PROGRESS', taskDefinition: 'orders-api:8' })]
    const plan = await planned({ service: { deployments } })
    expect(plan.losses?.[1]).toBe('A deployment is in progress: `orders-api:8` may replace it')
  })

  test('a standalone task is the whole cluster’s, and cannot be undone', async () => {
    const plan = await planned({ task: { group: 'family:orders-api' } })
    expect(plan).toMatchObject({ isOfCluster: true, undo: 'cannot be undone', tasks: 0 })
    expect(plan.binds).not.toHaveProperty('createdAt')
  })
})

describe('is refused', () => {
  test.each<[string, Partial<TaskNow>, string]>([
    [
      'for a task of another service',
      { group: 'service:search' },
      '`3f2a91c0` is a task of *search*, not of *orders-api*.',
    ],
    [
      'for a task that stops',
      { desired: 'STOPPED', status: 'DEACTIVATING' },
      '`3f2a91c0` is stopping already: deactivating.',
    ],
    ['for a stopped task', { desired: 'STOPPED', status: 'STOPPED' }, '`3f2a91c0` has stopped already'],
  ])('%s', async (_, task, words) => {
    expect(await planFor({ task })).toMatchObject({ kind: 'refusal', text: expect.stringContaining(words) })
  })

  const ids = ['3f2a91c0', '3f2a91c1'].map(start => start.padEnd(32, '0'))
  test.each<[string, string, object, string]>([
    [
      'where the beginning means several',
      '3f2a91',
      { tasks: ids.map(id => ({ id, service: 'orders-api' })) },
      '2 task ids of',
    ],
    [
      'where it means none',
      '3f2a91',
      { tasks: [{ id: ids[0], service: 'search' }] },
      'has no task whose id begins with',
    ],
    ['where not all were searched', '3f2a91', { tasks: [], isPartial: true }, 'Not all tasks were searched.'],
  ])('%s', async (_, wanted, found, words) => {
    const read = aReader({ taskOwners: async () => ({ isPartial: false, ...found }) as never })
    expect(await loadStop(aService().ref, wanted, read, ASKER)).toMatchObject({ text: expect.stringContaining(words) })
  })

  test('without a task: the oldest are offered', async () => {
    const running = ids.map((id, at) => ({ id, createdAt: `2026-11-22T0${2 - at}:00:00Z` }))
    const read = aReader({ runningTasks: async () => ({ tasks: running, isPartial: false }) as never })
    const refusal = await loadStop(aService().ref, undefined, read, ASKER)
    expect((refusal as Refusal).offers?.map(({ label }) => label)).toEqual(['Stop 3f2a91c1', 'Stop 3f2a91c0'])
  })
})

describe('after the call', () => {
  const since = '2026-11-22T03:00:00.000Z'
  const at = (minutes: number) => new Date(Date.parse(since) + minutes * 60_000).toISOString()
  const settled = async (minutes: number, task: TaskNow | undefined, service: Partial<Service>, plan?: Plan) =>
    stop.settled?.(
      plan ?? (await planned()),
      since,
      at(minutes),
      aReader({ task: async () => task, service: async () => aService(service) }),
    )
  const stopped = aTask({ status: 'STOPPED', desired: 'STOPPED', stoppedAt: at(1) })

  test.each<[string, TaskNow | undefined, boolean | 'unknown']>([
    ['a lost answer is found by what ECS wants of the task', aTask({ desired: 'STOPPED' }), true],
    ['or that the call never arrived', aTask(), false],
    ['or it stays unknown', undefined, 'unknown'],
  ])('%s', async (_, task, applied) => {
    const plan = await planned()
    const call = plan.calls[0]
    if (call === undefined) throw new Error('no call')
    expect(await stop.applied?.(call, plan, aReader({ task: async () => task }))).toBe(applied)
  })

  test.each<[string, number, TaskNow | undefined, Partial<Service>, object]>([
    ['it drains', 5, aTask({ status: 'DEACTIVATING' }), {}, { status: 'moving', text: 'the task is deactivating' }],
    [
      'it never stops',
      80,
      aTask({ status: 'STOPPING' }),
      {},
      { status: 'failed', text: 'It is still stopping after 80 min.' },
    ],
    ['another one starts', 2, stopped, { running: 3 }, { status: 'moving', text: 'stopped, 3/4 running' }],
    ['another one runs', 2, stopped, {}, { status: 'done', text: 'It has stopped; 4/4 running.' }],
    ['ECS has forgotten it', 2, undefined, {}, { status: 'done' }],
    [
      'no other one runs',
      20,
      stopped,
      { running: 3 },
      { status: 'failed', text: expect.stringContaining('no other one runs') },
    ],
    [
      'a deployment starts the others',
      20,
      stopped,
      { running: 3, deployments: [aDeployment({ rolloutState: 'IN_PROGRESS' })] },
      { status: 'done', text: expect.stringContaining('a deployment is in progress') },
    ],
  ])('%s', async (_, minutes, task, service, progress) => {
    expect(await settled(minutes, task, service)).toMatchObject(progress)
  })

  test('a standalone task is not replaced', async () => {
    const plan = await planned({ task: { group: 'family:orders-api' } })
    expect(await settled(2, stopped, { running: 0 }, plan)).toEqual({ status: 'done', text: 'It has stopped.' })
  })
})
