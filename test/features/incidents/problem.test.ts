// The state of a problem: the same in each order of its events, and however often they arrive.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadDifference } from '../../../src/features/incidents/problems/last-good.ts'
import { noticeIn } from '../../../src/features/incidents/problems/notice.ts'
import { close, fold, type Problem } from '../../../src/features/incidents/problems/problem.ts'
import { type Seen, sightingsOf } from '../../../src/features/incidents/problems/sightings.ts'
import type { StoppedTask } from '../../../src/model/ecs.ts'
import { aRef } from '../../builders.ts'

const START = Date.parse('2026-11-22T03:00:00Z')
const at = (minutes: number): string => new Date(START + minutes * 60_000).toISOString()
const NOTHING: Seen = { stops: [], notices: [], signals: [] }

const oom = (id: number, minutes: number): StoppedTask => ({
  ...{ id: `${id}`, createdAt: at(minutes - 1), stoppedAt: at(minutes), stopCode: 'EssentialContainerExited' },
  reason: 'Essential container in task exited',
  containers: [{ name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
  taskDefinition: 'orders-api:8',
})
const crash = (id: number, minutes: number): StoppedTask => ({
  ...oom(id, minutes),
  containers: [{ name: 'app', exitCode: 1 }],
})

const look = (before: Problem | undefined, seen: Partial<Seen>, minutes: number): Problem | undefined => {
  const sightings = sightingsOf(aRef(), { ...NOTHING, ...seen })
  const given = { ref: aRef(), now: at(minutes), sightings, notices: seen.notices ?? [] }
  return fold(before, { ...given, recentMs: 30 * 60_000, isLate: false }, first => `of ${first}`)
}

describe('thresholds', () => {
  test('one task out of memory is open; of tasks that crash, three are', () => {
    expect(look(undefined, { stops: [oom(1, 0)] }, 1)?.state).toBe('open')
    expect(look(undefined, { stops: [crash(1, 0), crash(2, 1)] }, 1)?.state).toBe('watched')
    expect(look(undefined, { stops: [crash(1, 0), crash(2, 1), crash(3, 2)] }, 2)?.state).toBe('open')
  })

  test('three crashes in three hours are no crash loop', () => {
    const first = look(undefined, { stops: [crash(1, 0)] }, 0)
    const second = look(first, { stops: [crash(1, 0), crash(2, 60)] }, 60)
    const third = look(second, { stops: [crash(1, 0), crash(2, 60), crash(3, 120)] }, 120)
    expect(third?.state).toBe('watched')
  })
})

test('looks in any order, each with what has arrived by then, come to the same state', () => {
  const stops = Array.from({ length: 8 }, (_, number) => oom(number, number))
  const whole = look(undefined, { stops }, 10)
  fc.assert(
    fc.property(
      fc.shuffledSubarray(stops, { minLength: stops.length }),
      fc.integer({ min: 1, max: 7 }),
      (order, cut) => {
        const sorted = (some: readonly StoppedTask[]) => some.toSorted((a, b) => (a.stoppedAt < b.stoppedAt ? -1 : 1))
        const half = look(undefined, { stops: sorted(order.slice(0, cut)) }, 10)
        const all = look(half, { stops: sorted(order) }, 10)
        const again = look(all, { stops: sorted(order) }, 11)
        expect({ ...again, id: '' }).toEqual({ ...whole, id: '' })
      },
    ),
  )
})

describe('the end', () => {
  const open = look(undefined, { stops: [oom(1, 0)] }, 1) as Problem
  const closed = close(open, at(15))

  test('a late event of its time counts, and does not open it again', () => {
    const after = look(closed, { stops: [oom(2, -1), oom(1, 0)] }, 20)
    expect(after?.state).toBe('closed')
    expect(after?.parts[aRef().arn]?.tasks).toBe(2)
  })

  test('soon after it is the same problem, later another', () => {
    const soon = look(closed, { stops: [oom(1, 0), oom(2, 20)] }, 20)
    expect([soon?.id, soon?.state]).toEqual([open.id, 'open'])
    const later = look(closed, { stops: [oom(1, 0), oom(2, 60)] }, 60)
    expect(later?.id).not.toBe(open.id)
    expect(later?.parts[aRef().arn]?.tasks).toBe(1)
  })
})

test('a deployment told under both detail types is one notice, and a rollback that completes is none of success', () => {
  const event = (type: string, eventName: string, reason = '') => ({
    ...{ source: 'aws.ecs', 'detail-type': type, account: '111122223333', time: '2026-11-22T03:00:10Z' },
    resources: [aRef().arn],
    detail: { eventName, reason, somethingNew: [1] },
  })
  const both = ['ECS Service Action', 'ECS Deployment State Change'].map(type =>
    noticeIn(event(type, 'SERVICE_DEPLOYMENT_FAILED')),
  )
  expect(both[0]?.key).toEqual(both[1]?.key)
  const back = 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.'
  expect(noticeIn(event('ECS Service Action', 'SERVICE_DEPLOYMENT_COMPLETED', back))?.notice.name).toBe('rolled back')
  expect(noticeIn(event('ECS Service Action', 'SERVICE_REBALANCING_STARTED'))).toBeUndefined()
})

test('what differs from the last good revision', async () => {
  const record = (to: string, status: string) => ({ to, status }) as never
  const revision = (arn: string, taskDefinition: string, image: string) =>
    ({ arn, taskDefinition, images: [{ container: 'app', image }], settings: [] }) as never
  const read = {
    deployments: async () => [record('b', 'ROLLBACK_SUCCESSFUL'), record('a', 'SUCCESSFUL')],
    revisions: async () => [revision('a', 'orders-api:7', 'app:1'), revision('b', 'orders-api:8', 'app:2')],
    definition: async (_: unknown, name: string) =>
      ({ settings: [{ what: 'memory', value: name === 'orders-api:7' ? '512' : '256' }] }) as never,
  }
  expect(await loadDifference(aRef(), 'orders-api:8', read)).toBe('Since orders-api:7: image of app, memory 512 → 256')
  expect(await loadDifference(aRef(), 'orders-api:7', read)).toBeUndefined()
})
