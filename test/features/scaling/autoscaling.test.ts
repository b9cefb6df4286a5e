import { describe, expect, test } from 'vitest'
import { autoscalingText, isActive, schedulesBefore, scheduleText } from '../../../src/features/scaling/autoscaling.ts'
import type { Autoscaling, ScalingPolicy, ScheduledBounds } from '../../../src/model/ecs.ts'
import { suspendedNames } from '../../../src/model/scaling-words.ts'
import { anAutoscaling } from '../../builders.ts'

const NOTHING = { in: false, out: false, scheduled: false }
const policy = (more: Partial<ScalingPolicy>): ScalingPolicy => ({
  name: 'cpu',
  kind: 'target tracking',
  says: 'keeps CPU at 60%',
  scalesIn: true,
  scalesOut: true,
  ...more,
})
const onlyOut = [policy({ says: 'keeps CPU at 60%, never scales in', scalesIn: false })]
const onlyIn = [policy({ kind: 'step', says: 'on its alarms: -1', scalesOut: false })]
const forecast = (more: Partial<ScalingPolicy> = {}) =>
  policy({ kind: 'predictive', says: 'scales out ahead of the forecast', scalesIn: false, ...more })

describe('what becomes of a count between 4 and 10', () => {
  test.each<[string, number, Partial<Autoscaling>, readonly string[]]>([
    ['over the maximum', 12, {}, ['Autoscaling’s maximum is 10: the next scale-in alarm reduces the count to 10.']],
    [
      'over the maximum, with scale-in suspended',
      12,
      { suspended: { ...NOTHING, in: true } },
      [
        'Suspended now: scale-in.',
        'Autoscaling’s maximum is 10, but scale-in is not active now, so the count stays above it.',
      ],
    ],
    [
      'over the maximum, with policies that never scale in',
      12,
      { policies: onlyOut },
      ['Autoscaling’s maximum is 10, but scale-in is not active now, so the count stays above it.'],
    ],
    ['under the minimum', 2, {}, ['Autoscaling’s minimum is 4: the next scale-out alarm first raises the count to 4.']],
    [
      'under the minimum, with scale-out suspended',
      2,
      { suspended: { ...NOTHING, out: true } },
      [
        'Suspended now: scale-out.',
        'Autoscaling’s minimum is 4, but scale-out is not active now, so the count stays below it.',
      ],
    ],
    [
      'under the minimum, with policies that never scale out',
      2,
      { policies: onlyIn },
      ['Autoscaling’s minimum is 4, but scale-out is not active now, so the count stays below it.'],
    ],
    ['inside', 6, {}, ['Autoscaling within 4..10 keeps CPU at 60%: its next alarm may change the count.']],
    ['on its maximum', 10, {}, ['Autoscaling within 4..10 keeps CPU at 60%: its next alarm may change the count.']],
    [
      'inside, with several policies',
      6,
      { policies: [policy({}), ...onlyIn] },
      ['Autoscaling within 4..10 keeps CPU at 60%; on its alarms: -1: its next alarm may change the count.'],
    ],
    [
      'inside, suspended',
      6,
      { suspended: { in: true, out: true, scheduled: true } },
      ['Suspended now: scale-in, scale-out, scheduled scaling.', 'Autoscaling within 4..10 is not active now.'],
    ],
    ['without policies', 12, { policies: [] }, ['Autoscaling bounds are 4..10, without a policy.']],
    [
      'under the forecast',
      6,
      { policies: [forecast()], predicted: 9 },
      [
        'Autoscaling within 4..10 scales out ahead of the forecast: its next alarm may change the count.',
        'Predictive scaling raises the count to its forecast of 9 tasks.',
      ],
    ],
    [
      'under a forecast beyond the maximum',
      6,
      { policies: [forecast()], predicted: 40 },
      [
        'Autoscaling within 4..10 scales out ahead of the forecast: its next alarm may change the count.',
        'Predictive scaling raises the count to its forecast of 40 tasks, limited by the maximum of 10.',
      ],
    ],
    [
      'over the forecast',
      9,
      { policies: [forecast()], predicted: 6 },
      ['Autoscaling within 4..10 scales out ahead of the forecast: its next alarm may change the count.'],
    ],
    [
      'under a forecast that only is one',
      6,
      { policies: [forecast({ says: 'forecasts only', scalesOut: false })], predicted: 9 },
      ['Autoscaling within 4..10 is not active now.'],
    ],
    [
      'under a forecast, with scale-out suspended',
      6,
      { policies: [forecast()], predicted: 9, suspended: { ...NOTHING, out: true } },
      ['Suspended now: scale-out.', 'Autoscaling within 4..10 is not active now.'],
    ],
  ])('%s', (_, count, autoscaling, words) => {
    expect(autoscalingText(count, anAutoscaling(autoscaling))).toEqual(words)
  })
})

test.each<[Partial<Autoscaling>, boolean]>([
  [{}, true],
  [{ suspended: { ...NOTHING, in: true } }, true],
  [{ suspended: { ...NOTHING, in: true, out: true } }, false],
  [{ suspended: { ...NOTHING, scheduled: true } }, true],
  [{ policies: onlyOut, suspended: { ...NOTHING, out: true } }, false],
  [{ policies: [] }, false],
])('with %j, something but people moves the count: %s', (autoscaling, active) => {
  expect(isActive(anAutoscaling(autoscaling))).toBe(active)
})

test('suspensions are named in one order', () => {
  expect(suspendedNames({ scheduled: true, out: false, in: true })).toBe('scale-in, scheduled scaling')
  expect(suspendedNames(NOTHING)).toBe('')
})

describe('scheduled actions before the end of a lease', () => {
  const action = (more: Partial<ScheduledBounds> = {}): ScheduledBounds => ({
    name: 'night',
    expression: 'cron(0 22 * * ? *)',
    timezone: 'UTC',
    min: 2,
    ...more,
  })
  const due = (schedules: readonly ScheduledBounds[], more: Partial<Autoscaling> = {}) =>
    schedulesBefore(anAutoscaling({ schedules, ...more }), '2026-11-22T03:00:00.000Z', '2026-11-22T22:00:00.000Z').map(
      ({ at, schedule }) => `${schedule.name} ${at.slice(0, 16)}`,
    )

  test('come in the order of their times, those at the very end included', () => {
    const morning = action({ name: 'morning', expression: 'at(2026-11-22T08:00:00)' })
    expect(due([action(), morning])).toEqual(['morning 2026-11-22T08:00', 'night 2026-11-22T22:00'])
  })

  test('are not those of later, of the past, or of no expression', () => {
    const names = ['cron(1 22 * * ? *)', 'at(2026-11-22T02:00:00)', 'soon']
    expect(due(names.map(expression => action({ expression })))).toEqual([])
  })

  test('are none while schedules are suspended', () => {
    expect(due([action()], { suspended: { ...NOTHING, scheduled: true } })).toEqual([])
  })

  test.each([
    [{ min: 2 }, 'The scheduled action `night` sets minimum 2 at <2026-11-22T22:00Z>.'],
    [{ min: 2, max: 5 }, 'The scheduled action `night` sets minimum 2 and maximum 5 at <2026-11-22T22:00Z>.'],
    [{ name: '*ni`ght*\n' }, 'The scheduled action `night` sets minimum 2 at <2026-11-22T22:00Z>.'],
  ])('say what they set, without marks of their own', (more, words) => {
    expect(scheduleText({ at: '2026-11-22T22:00:00.000Z', schedule: action(more) })).toBe(words)
  })
})
