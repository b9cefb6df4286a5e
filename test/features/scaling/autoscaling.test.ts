import { describe, expect, test } from 'vitest'
import { fateOf, isActive, schedulesBefore, scheduleWords } from '../../../src/features/scaling/autoscaling.ts'
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
    [
      'over the maximum',
      12,
      {},
      ['Autoscaling’s maximum is 10: this is accepted now, and the next scale-in alarm takes it to 10.'],
    ],
    [
      'over the maximum, with scale-in suspended',
      12,
      { suspended: { ...NOTHING, in: true } },
      [
        'Suspended at the moment: scale-in.',
        'Autoscaling’s maximum is 10, but nothing scales in at the moment, so it stays above.',
      ],
    ],
    [
      'over the maximum, with policies that never scale in',
      12,
      { policies: onlyOut },
      ['Autoscaling’s maximum is 10, but nothing scales in at the moment, so it stays above.'],
    ],
    [
      'under the minimum',
      2,
      {},
      ['Autoscaling’s minimum is 4: this is accepted now, and the next scale-out alarm lifts it to 4 first.'],
    ],
    [
      'under the minimum, with scale-out suspended',
      2,
      { suspended: { ...NOTHING, out: true } },
      [
        'Suspended at the moment: scale-out.',
        'Autoscaling’s minimum is 4, but nothing scales out at the moment, so it stays below.',
      ],
    ],
    [
      'under the minimum, with policies that never scale out',
      2,
      { policies: onlyIn },
      ['Autoscaling’s minimum is 4, but nothing scales out at the moment, so it stays below.'],
    ],
    ['inside', 6, {}, ['Autoscaling within 4..10 keeps CPU at 60%: its next alarm may change the count again.']],
    [
      'on its maximum',
      10,
      {},
      ['Autoscaling within 4..10 keeps CPU at 60%: its next alarm may change the count again.'],
    ],
    [
      'inside, with several policies',
      6,
      { policies: [policy({}), ...onlyIn] },
      ['Autoscaling within 4..10 keeps CPU at 60%; on its alarms: -1: its next alarm may change the count again.'],
    ],
    [
      'inside, suspended',
      6,
      { suspended: { in: true, out: true, scheduled: true } },
      [
        'Suspended at the moment: scale-in, scale-out, scheduled scaling.',
        'Autoscaling within 4..10 does not act at the moment.',
      ],
    ],
    ['without policies', 12, { policies: [] }, ['Its autoscaling has bounds of 4..10, and no policy that acts.']],
    [
      'under the forecast',
      6,
      { policies: [forecast()], predicted: 9 },
      [
        'Autoscaling within 4..10 scales out ahead of the forecast: its next alarm may change the count again.',
        'The forecast is 9 tasks: predictive scaling raises the count to that.',
      ],
    ],
    [
      'under a forecast beyond the maximum',
      6,
      { policies: [forecast()], predicted: 40 },
      [
        'Autoscaling within 4..10 scales out ahead of the forecast: its next alarm may change the count again.',
        'The forecast is 40 tasks: predictive scaling raises the count to that, as far as its maximum of 10 lets it.',
      ],
    ],
    [
      'over the forecast',
      9,
      { policies: [forecast()], predicted: 6 },
      ['Autoscaling within 4..10 scales out ahead of the forecast: its next alarm may change the count again.'],
    ],
    [
      'under a forecast that only is one',
      6,
      { policies: [forecast({ says: 'forecasts only', scalesOut: false })], predicted: 9 },
      ['Autoscaling within 4..10 does not act at the moment.'],
    ],
    [
      'under a forecast, with scale-out suspended',
      6,
      { policies: [forecast()], predicted: 9, suspended: { ...NOTHING, out: true } },
      ['Suspended at the moment: scale-out.', 'Autoscaling within 4..10 does not act at the moment.'],
    ],
  ])('%s', (_, count, autoscaling, words) => {
    expect(fateOf(count, anAutoscaling(autoscaling))).toEqual(words)
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
    [{ min: 2 }, 'The scheduled action `night` sets minimum 2 at 2026-11-22 22:00 UTC.'],
    [{ min: 2, max: 5 }, 'The scheduled action `night` sets minimum 2 and maximum 5 at 2026-11-22 22:00 UTC.'],
    [{ name: '*ni`ght*\n' }, 'The scheduled action `night` sets minimum 2 at 2026-11-22 22:00 UTC.'],
  ])('say what they set, without marks of their own', (more, words) => {
    expect(scheduleWords({ at: '2026-11-22T22:00:00.000Z', schedule: action(more) })).toBe(words)
  })
})
