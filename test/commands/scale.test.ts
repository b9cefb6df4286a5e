import { describe, expect, test } from 'vitest'
import { scale } from '../../src/commands/scale/scale.ts'
import { fingerprint, type Plan } from '../../src/engine/change/plan.ts'
import { kinds } from '../../src/kit/language/grammar.ts'
import type { Service } from '../../src/model/ecs.ts'
import { isProblem, isRefusal } from '../../src/model/errors.ts'
import { aDeployment, aReader, aScaling, aService, aStoppedTask } from '../builders.ts'

const planned = (service: Service, text: string): Plan | string => {
  const count = kinds.count.parse(text)
  if (isProblem(count)) throw new Error(count.text)
  const plan = scale.plan({ count }, aScaling({ service }))
  return isRefusal(plan) ? `${plan.text} ${plan.hint ?? ''}`.trim() : plan
}

describe('a plan', () => {
  test.each([
    [4, '6', '4 → 6', 'low'],
    [0, '3', '0 → 3', 'low'],
    [4, '+2', '4 → 6', 'low'],
    [4, '3', '4 → 3', 'medium'],
    [4, '50%', '4 → 2', 'medium'],
    [4, '1', '4 → 1', 'high'],
    [4, '0', '4 → 0', 'high'],
    [4, '12', '4 → 12', 'medium'],
    [2, '60', '2 → 60', 'high'],
  ])('of %i to %s changes %s at %s risk', (desired, text, change, risk) => {
    const plan = planned(aService({ desired }), text)
    if (typeof plan === 'string') throw new Error(plan)
    expect(`${plan.changes[0]?.from} → ${plan.changes[0]?.to}`).toBe(change)
    expect(plan.risk.level).toBe(risk)
    expect(plan.risk.reasons).not.toEqual([])
  })

  test('is one call that sends the count and nothing else', () => {
    const plan = planned(aService(), 'x2')
    expect(plan).toMatchObject({
      invocation: 'scale prod.us-east-1/web/orders-api 8',
      calls: [{ action: 'UpdateService', input: { cluster: 'web', desiredCount: 8 }, repeatable: true }],
    })
  })

  test.each([
    [aService(), '4', '*orders-api* is set to 4 tasks already. Nothing to change.'],
    [
      aService(),
      '-5',
      '*orders-api* is set to 4 tasks: the result would be -1. Write `0` to stop all tasks, or at most `-4`.',
    ],
    [
      aService({ desired: 3000 }),
      'x2',
      '*orders-api* is set to 3000 tasks: 6000 is over ECS’s limit of 5,000 tasks for one service.',
    ],
    [
      aService({ scheduling: 'DAEMON' }),
      '4',
      '*orders-api* is a daemon service: it runs one task on each instance and has no desired count. Change the number of instances instead.',
    ],
    [aService({ status: 'DRAINING' }), '4', '*orders-api* is draining: nothing to scale.'],
  ])('is refused where it makes no sense (%#)', (service, text, words) => {
    expect(planned(service, text)).toBe(words)
  })
})

describe('what consent binds to', () => {
  const of = (service: Service, text = '6') => {
    const plan = planned(service, text)
    if (typeof plan === 'string') throw new Error(plan)
    return fingerprint(plan)
  }
  const consented = of(aService())

  test('running counts and a desired count that moved are drift', () => {
    expect(of(aService({ running: 1 }))).toBe(consented)
    expect(of(aService({ desired: 5 }))).toBe(consented)
  })

  test.each([
    ['the service was made anew', aService({ createdAt: '2026-11-22T00:00:00.000Z' })],
    ['a deployment began', aService({ deployments: [aDeployment({ id: 'ecs-svc/2' })] })],
    ['the direction turned', aService({ desired: 8 })],
  ])('%s: another plan', (_, service) => {
    expect(of(service)).not.toBe(consented)
  })

  test('another count is another plan', () => {
    expect(of(aService(), '7')).not.toBe(consented)
  })
})

describe('watching', () => {
  const since = '2026-11-22T03:00:00.000Z'
  const look = (
    service: Service | undefined,
    { now = '2026-11-22T03:01:00.000Z', stopped = [aStoppedTask()].slice(1) } = {},
  ) => {
    const plan = planned(aService(), '6')
    if (typeof plan === 'string') throw new Error(plan)
    const read = aReader({ service: async () => service, stoppedTasks: async () => stopped })
    return scale.settled?.(plan, since, now, read)
  }

  test.each([
    [
      'counts tasks',
      aService({ desired: 6, running: 4, pending: 2 }),
      {},
      { status: 'moving', text: '4/6 running, 2 pending' },
    ],
    ['ends when all run', aService({ desired: 6, running: 6 }), {}, { status: 'done', text: '6/6 running' }],
    ['ends when someone set another count', aService({ desired: 9 }), {}, { status: 'superseded' }],
    ['ends when the service is gone', undefined, {}, { status: 'superseded', text: 'The service was deleted.' }],
    [
      'waits out one failure',
      aService({ desired: 6, running: 5 }),
      { stopped: [aStoppedTask()] },
      { status: 'moving', text: '5/6 running, 1 failed to start' },
    ],
    [
      'gives up on tasks that do not stay up, and says why',
      aService({ desired: 6, running: 4 }),
      { stopped: [aStoppedTask(), aStoppedTask(), aStoppedTask()] },
      {
        status: 'failed',
        text: '4/6 running: app exited with 137: killed (SIGKILL), usually out of memory · 3 tasks since 03:00 UTC.',
        details: [expect.stringContaining('Compare its memory with the limit')],
      },
    ],
    [
      'does not count failures from before',
      aService({ desired: 6, running: 4 }),
      { stopped: [1, 2, 3].map(() => aStoppedTask({ createdAt: '2026-11-22T02:59:00.000Z' })) },
      { status: 'moving', text: '4/6 running' },
    ],
    [
      'ends at its time limit with what ECS says',
      aService({ desired: 6, running: 5, events: [{ at: since, message: 'unable to place a task' }] }),
      { now: '2026-11-22T03:15:00.000Z' },
      { status: 'failed', text: '5/6 running after 15 min.', details: ['unable to place a task'] },
    ],
  ])('%s', async (_, service, options, progress) => {
    expect(await look(service, options)).toMatchObject(progress)
  })
})
