import { describe, expect, test } from 'vitest'
import { bounds } from '../../src/commands/autoscale/bounds.ts'
import { resumeScaling } from '../../src/commands/autoscale/resume.ts'
import { show } from '../../src/commands/autoscale/show.ts'
import { suspend } from '../../src/commands/autoscale/suspend.ts'
import type { AnyMutation } from '../../src/commands/command.ts'
import { fingerprint, type Plan, planDifferences } from '../../src/engine/change/plan.ts'
import type { ScalingView } from '../../src/features/scaling/load-autoscaling.ts'
import type { Scaling } from '../../src/features/scaling/load-scaling.ts'
import type { Autoscaling, Bounds, ScalableTarget, ScalingActivity, ScalingPolicy } from '../../src/model/ecs.ts'
import { isRefusal, type Refusal, RemoteError } from '../../src/model/errors.ts'
import type { AlarmState } from '../../src/model/service-detail.ts'
import { aBook, aLease, anAutoscaling, aReader, aScaling, aService } from '../builders.ts'
import { textOf } from '../world/text-of.ts'

const stateOf = (state: Partial<Scaling> = {}) => aScaling({ autoscaling: anAutoscaling(), ...state })
const plan = (command: AnyMutation, values: object, state: Partial<Scaling> = {}): Plan => {
  const made = command.plan(values, stateOf(state))
  if (isRefusal(made)) throw new Error(made.text)
  return made
}
const refusal = (command: AnyMutation, values: object, state: Scaling = stateOf()): Refusal => {
  const made = command.plan(values, state)
  if (!isRefusal(made)) throw new Error(`${made.title} is a plan`)
  return made
}
const changesOf = ({ changes }: Plan): readonly string[] =>
  changes.map(({ what, from, to }) => `${what}: ${from} → ${to}`)
const NOTHING = { in: false, out: false, scheduled: false }
const suspended = (more: Partial<Autoscaling['suspended']>) => anAutoscaling({ suspended: { ...NOTHING, ...more } })
const look = (command: AnyMutation, of: Plan, autoscaling: Autoscaling | undefined) =>
  command.settled?.(of, '', '', aReader({ autoscaling: async () => autoscaling }))

describe('bounds', () => {
  test.each<[string, number, Bounds, string, string]>([
    ['up', 4, { min: 4, max: 20 }, 'low', 'Autoscaling stays between 4 and 20'],
    [
      'more than twice as far',
      4,
      { min: 4, max: 21 },
      'medium',
      'May scale out to 21, more than twice the old maximum',
    ],
    ['down', 4, { min: 4, max: 8 }, 'medium', 'Cannot scale out beyond 8'],
    ['to a lower minimum', 4, { min: 0, max: 10 }, 'medium', 'May scale in to 0'],
    ['under the count', 8, { min: 4, max: 6 }, 'medium', '2 tasks stop at once'],
    ['far under the count', 8, { min: 1, max: 3 }, 'high', '5 tasks of 8 stop at once'],
    ['over the count', 4, { min: 6, max: 10 }, 'low', '2 tasks start at once'],
  ])('%s, from %i: to %j is of %s risk: %s', (_, desired, to, level, reason) => {
    const { risk } = plan(bounds, { bounds: to }, { service: aService({ desired }) })
    expect([risk.level, risk.reasons[0]]).toEqual([level, reason])
  })

  test.each<[string, AnyMutation, object, Partial<Scaling>]>([
    ['bounds', bounds, { bounds: { min: 2, max: 8 } }, {}],
    ['a suspension', suspend, { for: 60 }, {}],
    ['a resumption', resumeScaling, {}, { autoscaling: suspended({ in: true }) }],
  ])('%s: a count that moved outside since then makes the plan another one', (_, command, values, state) => {
    const at = (desired: number) => plan(command, values, { ...state, service: aService({ desired }) })
    expect(fingerprint(at(6))).toBe(fingerprint(at(5)))
    expect(new Set([6, 12, 1].map(desired => fingerprint(at(desired)))).size).toBe(3)
    expect(planDifferences(at(6), at(12))).toContain('at once: none → down')
  })

  test('are one call about their target', () => {
    expect(plan(bounds, { bounds: { min: 4, max: 20 } })).toMatchObject({
      invocation: 'autoscale bounds prod.us-east-1/web/orders-api 4..20',
      size: 10,
      tasks: 20,
      calls: [
        {
          service: 'application-autoscaling',
          action: 'RegisterScalableTarget',
          input: { ResourceId: 'service/web/orders-api', MinCapacity: 4, MaxCapacity: 20 },
          resources: [anAutoscaling().arn],
        },
      ],
    })
  })

  test.each<[string, number, Bounds, readonly string[]]>([
    ['stops at once', 8, { min: 2, max: 6 }, ['Autoscaling bounds: 4..10 → 2..6', 'Desired count: 8 → 6, at once']],
    ['starts at once', 4, { min: 6, max: 10 }, ['Autoscaling bounds: 4..10 → 6..10', 'Desired count: 4 → 6, at once']],
    ['stays', 4, { min: 4, max: 20 }, ['Autoscaling bounds: 4..10 → 4..20']],
  ])('what %s is a change', (_, desired, to, changes) => {
    expect(changesOf(plan(bounds, { bounds: to }, { service: aService({ desired }) }))).toEqual(changes)
  })

  test('from 0 say that nothing is measured there', () => {
    expect(plan(bounds, { bounds: { min: 0, max: 10 } }).consequences[0]).toContain('there is no CPU or memory metric')
    expect(plan(bounds, { bounds: { min: 1, max: 10 } }).consequences.join(' ')).not.toContain('measure')
  })

  test('of an Express service are its own call', () => {
    const made = plan(bounds, { bounds: { min: 2, max: 20 } }, { service: aService({ isExpress: true }) })
    expect(made.calls).toMatchObject([
      {
        service: 'ecs',
        action: 'UpdateExpressGatewayService',
        input: { scalingTarget: { minTaskCount: 2, maxTaskCount: 20 } },
        resources: [aService().ref.arn],
      },
    ])
    expect(made.consequences.join(' ')).toContain('Express')
  })

  test.each<[string, Scaling, string]>([
    ['they are so already', stateOf(), 'The bounds of *orders-api* are already 4..10.'],
    ['there is no target', aScaling(), '*orders-api* has no autoscaling: no scalable target is registered.'],
    ['the service drains', stateOf({ service: aService({ status: 'DRAINING' }) }), '*orders-api* is draining.'],
  ])('are refused when %s', (_, state, words) => {
    expect(refusal(bounds, { bounds: { min: 4, max: 10 } }, state).text).toBe(words)
  })

  test('for good are weighed against those without what is leased, too', () => {
    const book = aBook({ min: 4, max: 10 }, aLease({ holding: { kind: 'floor', min: 60 } }))
    const state = { book, autoscaling: anAutoscaling({ min: 60, max: 60 }), service: aService({ desired: 60 }) }
    expect(plan(bounds, { bounds: { min: 60, max: 61 } }, state)).toMatchObject({ size: 56, risk: { level: 'medium' } })
  })

  test('bind to the bounds and the suspension that were there, not to the count', () => {
    const to = { bounds: { min: 4, max: 20 } }
    const of = (state: Partial<Scaling>) => fingerprint(plan(bounds, to, state))
    expect(of({ service: aService({ desired: 6 }) })).toBe(of({}))
    expect(of({ autoscaling: anAutoscaling({ max: 11 }) })).not.toBe(of({}))
    expect(of({ autoscaling: suspended({ in: true }) })).not.toBe(of({}))
  })

  test.each<[Autoscaling | undefined, object]>([
    [anAutoscaling({ max: 20 }), { status: 'done', text: 'Autoscaling bounds are 4..20.' }],
    [anAutoscaling(), { status: 'superseded', text: 'Another change set the bounds to 4..10.' }],
    [undefined, { status: 'superseded', text: 'Its scalable target was deregistered.' }],
  ])('are followed to their end (%#)', async (autoscaling, progress) => {
    expect(await look(bounds, plan(bounds, { bounds: { min: 4, max: 20 } }), autoscaling)).toEqual(progress)
  })
})

describe('suspend', () => {
  test.each<[object, Partial<Autoscaling['suspended']>, string, string]>([
    [{ for: 120 }, {}, 'scale-in, scale-out', 'medium'],
    [{ for: 120, direction: 'in' }, {}, 'scale-in', 'low'],
    [{ for: 120, direction: 'out' }, {}, 'scale-out', 'medium'],
    [{ for: 120, direction: 'scheduled' }, {}, 'scheduled scaling', 'low'],
    [{ for: 120, direction: 'in' }, { scheduled: true }, 'scale-in, scheduled scaling', 'low'],
    [{ permanent: true }, {}, 'scale-in, scale-out', 'high'],
    [{ permanent: true, direction: 'in' }, {}, 'scale-in', 'low'],
  ])('%j on %j: %s at %s risk', (values, there, to, level) => {
    const made = plan(suspend, values, { autoscaling: suspended(there) })
    expect(made.changes[0]).toMatchObject({ what: 'Suspended', to })
    expect(made.risk.level).toBe(level)
  })

  test('for a while is a lease, and planned again it is the same', () => {
    const made = plan(suspend, { for: 120, direction: 'in' })
    expect(made).toMatchObject({
      invocation: 'autoscale suspend prod.us-east-1/web/orders-api in --for 2h',
      title: 'Suspend scale-in of *orders-api* for 2h',
      lease: { holding: { kind: 'suspension', in: true, out: false, scheduled: false }, minutes: 120, found: NOTHING },
      calls: [{ input: { SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: false } } }],
    })
    expect(made).not.toHaveProperty('isPermanent')
  })

  test('for good is no lease, and says so to the rules', () => {
    const made = plan(suspend, { permanent: true })
    expect(made).toMatchObject({
      isPermanent: true,
      invocation: 'autoscale suspend prod.us-east-1/web/orders-api --permanent',
      consequences: [expect.any(String), 'Only `/ecs autoscale resume` ends this.'],
    })
    expect(made).not.toHaveProperty('lease')
  })

  test('clamps a count that is outside of the bounds', () => {
    const made = plan(suspend, { for: 120 }, { service: aService({ desired: 15 }) })
    expect(changesOf(made)).toEqual(['Suspended: nothing → scale-in, scale-out', 'Desired count: 15 → 10, at once'])
    expect(made).toMatchObject({ size: 5, tasks: 10, risk: { level: 'medium' } })
  })

  test('without an end is asked back, with offers', () => {
    expect(refusal(suspend, { direction: 'in' })).toEqual({
      kind: 'refusal',
      text: 'For how long?',
      hint: 'A suspension needs an end, for example `/ecs autoscale suspend prod.us-east-1/web/orders-api in --for 2h`.',
      offers: [
        { label: 'For 30 Minutes', invocation: 'autoscale suspend prod.us-east-1/web/orders-api in --for 30m' },
        { label: 'For 2 Hours', invocation: 'autoscale suspend prod.us-east-1/web/orders-api in --for 2h' },
      ],
    })
  })

  const holding = { kind: 'suspension', in: true, out: false, scheduled: false } as const
  const leased = stateOf({ autoscaling: suspended({ in: true }), book: aBook(NOTHING, aLease({ holding })) })

  test.each<[string, object, Scaling, string, string]>([
    [
      'both ends are given',
      { for: 60, permanent: true },
      stateOf(),
      '`--for` and `--permanent` exclude each other.',
      'Use one of them.',
    ],
    [
      'it is so already',
      { for: 60, direction: 'in' },
      stateOf({ autoscaling: suspended({ in: true }) }),
      'scale-in of *orders-api* is already suspended.',
      'Nothing to change.',
    ],
    [
      'a lease does it, and it is to last',
      { permanent: true, direction: 'in' },
      leased,
      'scale-in of *orders-api* is already suspended.',
      'It is temporary: `/ecs lease keep prod.us-east-1/web/orders-api` makes it permanent.',
    ],
  ])('is refused when %s', (_, values, state, text, hint) => {
    expect(refusal(suspend, values, state)).toMatchObject({ text, hint })
  })

  test('what a lease suspends may be suspended for longer by another', () => {
    expect(plan(suspend, { for: 600, direction: 'in' }, leased).lease).toMatchObject({ minutes: 600 })
  })

  test.each<[Autoscaling | undefined, object]>([
    [suspended({ in: true }), { status: 'done', text: 'Suspended: scale-in.' }],
    [suspended({ out: true }), { status: 'superseded', text: 'Another change set the suspension to: scale-out.' }],
    [undefined, { status: 'superseded', text: 'Its scalable target was deregistered.' }],
  ])('is followed to its end (%#)', async (autoscaling, progress) => {
    expect(await look(suspend, plan(suspend, { for: 60, direction: 'in' }), autoscaling)).toEqual(progress)
  })
})

describe('resume', () => {
  const autoscaling = suspended({ in: true, scheduled: true })

  test('takes every suspension away', () => {
    const made = plan(resumeScaling, {}, { autoscaling })
    expect(changesOf(made)).toEqual(['Suspended: scale-in, scheduled scaling → nothing'])
    expect(made).toMatchObject({ risk: { level: 'low' }, size: 0, tasks: 4 })
    expect(Object.values(made.calls[0]?.input['SuspendedState'] ?? {})).toEqual([false, false, false])
    expect(made.consequences.join(' ')).not.toContain('Suspended at the moment')
  })

  test.each([
    [15, 'Desired count: 15 → 10, at once', 'medium'],
    [30, 'Desired count: 30 → 10, at once', 'high'],
    [2, 'Desired count: 2 → 4, at once', 'low'],
  ])('of a service with %i tasks clamps: %s', (desired, change, level) => {
    const made = plan(resumeScaling, {}, { autoscaling, service: aService({ desired }) })
    expect(changesOf(made)[1]).toBe(change)
    expect(made.risk.level).toBe(level)
  })

  test('is refused where nothing is suspended', () => {
    expect(refusal(resumeScaling, {}).text).toBe('Autoscaling of *orders-api* is not suspended.')
  })

  test('is done when nothing is', async () => {
    expect(await look(resumeScaling, plan(resumeScaling, {}, { autoscaling }), anAutoscaling())).toEqual({
      status: 'done',
      text: 'Nothing is suspended.',
    })
  })
})

describe('show', () => {
  const viewOf = (state: Partial<Scaling> = {}, more: Partial<ScalingView> = {}): ScalingView => {
    const { service, now, autoscaling } = aScaling(state)
    const { policies = [], schedules = [], ...target } = autoscaling ?? {}
    const parts = { policies, schedules, activities: [], unread: [] }
    return {
      service,
      now,
      target: autoscaling === undefined ? undefined : (target as ScalableTarget),
      ...parts,
      ...more,
    }
  }
  const shown = (state: Partial<Scaling>) => show.render(viewOf(state), {}).text
  const said = (view: ScalingView) => textOf({ blocks: show.render(view, {}).blocks } as never)

  test.each<[Partial<Scaling>, string]>([
    [{}, 'orders-api is set to 4 and has no autoscaling'],
    [{ autoscaling: anAutoscaling() }, 'orders-api is set to 4; autoscaling within 4..10 is active'],
    [
      { autoscaling: suspended({ in: true, out: true }) },
      'orders-api is set to 4; autoscaling within 4..10 is not active',
    ],
  ])('says first what moves the count (%#)', (state, words) => {
    expect(shown(state)).toBe(words)
  })

  const anActivity = (more: Partial<ScalingActivity> = {}): ScalingActivity => ({
    at: '2026-11-22T02:00:00.000Z',
    description: 'Setting desired count to 6.',
    cause: 'cpu-high is in ALARM.',
    status: 'Successful',
    notScaled: [],
    ...more,
  })
  const withActivities = (...activities: ScalingActivity[]) =>
    said(viewOf({ autoscaling: anAutoscaling() }, { activities }))

  test('says why it did not scale, in plain words', () => {
    const words = withActivities(
      ...['AlreadyAtMaxCapacity', 'AutoScalingAnticipatedFlapping', 'SomethingNew'].map(code =>
        anActivity({ status: 'Failed', notScaled: [code] }),
      ),
    )
    expect(words).toContain('Did not scale: already at the maximum. cpu-high is in ALARM.')
    expect(words).toContain('it would have scaled back at once (flapping)')
    expect(words).toContain('Did not scale: SomethingNew')
  })

  test.each([
    ['Failed', 'Failed: Setting desired count to 6. The role was refused. cpu-high is in ALARM.'],
    ['Unfulfilled', 'Not fulfilled: Setting desired count to 6.'],
    ['InProgress', 'In progress: Setting desired count to 6.'],
    ['Pending', 'Not begun: Setting desired count to 6.'],
    ['Overridden', 'Replaced by another change: Setting desired count to 6.'],
    ['Successful', 'Setting desired count to 6. cpu-high is in ALARM.'],
  ])('an activity that is %s reads so', (status, words) => {
    expect(withActivities(anActivity({ status, message: 'The role was refused.' }))).toContain(`  ${words}`)
  })

  const [high, low] = ['AlarmHigh', 'AlarmLow'].map(side => `TargetTracking-service/web/orders-api-${side}-1`)
  const policy = { ...anAutoscaling().policies[0], alarms: [high, low] } as ScalingPolicy
  const step = { ...policy, name: 'burst', kind: 'step', says: 'on its alarms: +3', alarms: ['cpu-high'] } as const
  const alarm = (name = '', state: AlarmState['state'] = 'OK'): AlarmState => ({ name, state, since: '' })
  const withPolicies = (policies: readonly ScalingPolicy[], alarms: ScalingView['alarms']) =>
    said(viewOf({ autoscaling: anAutoscaling({ policies }) }, alarms && { alarms }))

  test('names the alarms of each policy, with their states', () => {
    const words = withPolicies(
      [policy, step],
      [alarm(high), alarm(low, 'INSUFFICIENT_DATA'), alarm('cpu-high', 'ALARM')],
    )
    expect(words).toContain(`keeps CPU at 60%; alarms ${high} is OK, ${low} has no data`)
    expect(words).toContain('on its alarms: +3; alarms cpu-high is in ALARM')
    expect(words).not.toContain('gone')
  })

  test.each<[string, ScalingPolicy, ScalingView['alarms'], string]>([
    ['no alarm of target tracking', { ...policy, alarms: [] }, [], 'its alarms are gone, so it does not act'],
    ['no alarm for scale-out', policy, [alarm(low)], 'its scale-out alarm is gone, so it does not scale out'],
    ['no alarm for scale-in', policy, [alarm(high)], 'its scale-in alarm is gone, so it does not scale in'],
    ['no alarm of a step policy', step, [], 'no alarm triggers it'],
    ['none listed, and none read', { ...policy, alarms: [] }, undefined, 'its alarms are gone, so it does not act'],
  ])('%s is said', (_, one, alarms, words) => {
    expect(withPolicies([one], alarms)).toContain(words)
  })

  test('alarms that could not be read are not gone', () => {
    expect(withPolicies([policy], undefined)).not.toContain('gone')
  })

  test('a policy of an unknown type counts as acting', () => {
    const unknown = { name: 'x', kind: 'unknown', says: 'acts', scalesIn: true, scalesOut: true } as const
    expect(shown({ autoscaling: anAutoscaling({ policies: [unknown] }) })).toContain('is active')
  })

  test('each part that cannot be read is named, and the others are shown', async () => {
    const no = (what: string) => async () =>
      Promise.reject(new RemoteError(`reading the ${what}: AWS denied it`, { code: 'AccessDenied', passing: false }))
    const { policies, schedules: _, ...target } = anAutoscaling()
    const all = {
      service: async () => aService(),
      scalableTarget: async () => target,
      scalingPolicies: async () => policies,
      scalingActivities: async () => [anActivity()],
    }
    const asker = { facts: { now: '2026-11-22T03:00:00.000Z' }, store: { get: async () => undefined } } as never
    const load = async (more: object) =>
      said(await show.load({ service: aService().ref }, aReader({ ...all, ...more }), asker))
    const parts = {
      scalableTarget: 'scalable target',
      scalingPolicies: 'scaling policies',
      scheduledActions: 'scheduled actions',
      scalingActivities: 'scaling activities',
      alarms: 'alarms',
    }
    for (const [part, what] of Object.entries(parts)) {
      const words = await load({ [part]: no(what) })
      expect(words).toContain(`Unavailable: reading the ${what}: AWS denied it`)
      if (part !== 'scalingPolicies') expect(words).toContain('keeps CPU at 60%')
      if (part !== 'scalingActivities') expect(words).toContain('Setting desired count to 6.')
    }
    expect(await load({ scalableTarget: no('scalable target') })).toContain('could not be read')
  })
})
