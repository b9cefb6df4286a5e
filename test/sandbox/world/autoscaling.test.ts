import { beforeEach, describe, expect, test } from 'vitest'
import { type Autoscaling, createAutoscaling } from '../../../sandbox/world/autoscaling/autoscaling.ts'
import type { Policy, Strategy, Target } from '../../../sandbox/world/autoscaling/state.ts'
import { Clock } from '../../../sandbox/world/clock.ts'
import { createFleet, type Fleet } from '../../../sandbox/world/fleet.ts'
import { isRunning, type Service } from '../../../sandbox/world/state.ts'
import { aService, place } from '../aws/peer.ts'

const START = Date.parse('2026-11-22T03:00:00Z')
const MINUTE = 60_000

let clock: Clock
let fleet: Fleet
let autoscaling: Autoscaling
let service: Service
let target: Target

const id = 'service/web/api'
const tracking = (more: object = {}): Strategy => ({
  type: 'TargetTrackingScaling',
  input: {
    TargetValue: 60,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    ...more,
  },
})

/** Six tasks between four and ten, at 57 % of CPU. */
const begin = (desired = 6) => {
  clock = new Clock({ start: START, speed: 0 })
  fleet = createFleet({ clock, seed: 7 })
  autoscaling = createAutoscaling(fleet)
  service = aService({ fleet }, 'api', { desired, age: 40 })
  autoscaling.setLoad(service, 3.42)
  target = autoscaling.register(place, id, { min: 4, max: 10 })
}
beforeEach(() => begin())

const running = () => [...service.tasks].filter(isRunning).length
const passing = (ms: number) => {
  clock.advance(ms)
  return [service.desired, running()]
}
const rest = () => {
  for (let n = 0; n < 10_000; n += 1) {
    const next = clock.next()
    if (next === undefined) return [service.desired, running()]
    clock.advanceTo(next)
  }
  throw new Error('it never rests')
}
const activities = () => target.activities.map(({ description, status }) => `${description} ${status}`)
const states = (policy: Policy) => policy.alarms.map(({ state }) => state)

describe('target tracking', () => {
  test('in the band nothing is due', () => {
    const policy = autoscaling.putPolicy(target, 'cpu', tracking())
    expect(autoscaling.utilizationOf(service)).toBeCloseTo(57)
    expect(states(policy)).toEqual(['OK', 'OK'])
    expect(clock.next()).toBeUndefined()
  })

  test('three minutes over the target, and it scales out in proportion', () => {
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.setLoad(service, 4.8)
    expect(passing(3 * MINUTE - 1)).toEqual([6, 6])
    expect(passing(1)).toEqual([8, 6])
    expect(activities()).toEqual(['Setting desired count to 8. InProgress'])
    expect(rest()).toEqual([8, 8])
    expect(target.activities[0]).toMatchObject({
      cause: expect.stringMatching(
        /^monitor alarm TargetTracking-service\/web\/api-AlarmHigh-[-\da-f]{36} in state ALARM triggered policy cpu$/,
      ),
      status: 'Successful',
      message: 'Successfully set desired count to 8. Change successfully fulfilled by ecs.',
    })
  })
})
