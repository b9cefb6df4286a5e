import { describe, expect, test } from 'vitest'
import { track } from '../../src/commands/autoscale/track.ts'
import { untrack } from '../../src/commands/autoscale/untrack.ts'
import type { AnyMutation } from '../../src/commands/command.ts'
import { declarations } from '../../src/commands/declarations.ts'
import type { Plan } from '../../src/engine/change/plan.ts'
import { sessionPolicy } from '../../src/engine/change/session-policy.ts'
import type { Scaling } from '../../src/features/scaling/load-scaling.ts'
import type { Balancing } from '../../src/features/scaling/tracking.ts'
import { parseText } from '../../src/kit/language/invocation.ts'
import type { Autoscaling, ScalingPolicy } from '../../src/model/ecs.ts'
import { isProblem, isRefusal, type Refusal } from '../../src/model/errors.ts'
import type { JsonObject } from '../../src/model/json.ts'
import { anAutoscaling, aReader, aScaling, aService } from '../builders.ts'

const CPU = { PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' } }
const aPolicy = (more: Partial<ScalingPolicy> = {}): ScalingPolicy => ({
  name: 'checkout-cpu',
  kind: 'target tracking',
  metric: 'cpu',
  says: 'keeps CPU at 60%',
  scalesIn: true,
  scalesOut: true,
  alarms: ['TargetTracking-service/web/orders-api-AlarmHigh-1', 'TargetTracking-service/web/orders-api-AlarmLow-1'],
  configuration: { ...CPU, TargetValue: 60, ScaleOutCooldown: 120, DisableScaleIn: false },
  ...more,
})
const aStep = () =>
  aPolicy({ name: 'burst', kind: 'step', says: 'on its alarms: +3', scalesIn: false, alarms: ['burst'] })

type Given = {
  readonly policies?: readonly ScalingPolicy[]
  readonly autoscaling?: Partial<Autoscaling>
  readonly state?: Partial<Scaling>
  readonly balancing?: Partial<Balancing>
}

const LABEL = 'app/web-alb/50dc6c495c0c9188/targetgroup/orders-api/6d0ecf831eec9f09'

const made = (command: AnyMutation, line: string, { policies = [], autoscaling, state, balancing }: Given) => {
  const parsed = parseText(line, declarations)
  if (isProblem(parsed)) return { kind: 'refusal' as const, text: parsed.text }
  const scaling = aScaling({ autoscaling: anAutoscaling({ policies, ...autoscaling }), ...state })
  const tracked = { scaling, balancing: { controller: 'ECS', strategy: 'ROLLING', labels: [LABEL], ...balancing } }
  return command.plan(parsed.values, command === track ? tracked : scaling)
}
const planned = (command: AnyMutation, line: string, given: Given = {}): Plan => {
  const plan = made(command, line, given)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const refused = (command: AnyMutation, line: string, given: Given = {}): Refusal => {
  const refusal = made(command, line, given)
  if (!isRefusal(refusal)) throw new Error(`${refusal.title} is a plan`)
  return refusal
}
const sent = (plan: Plan): JsonObject =>
  (plan.calls[0]?.input['TargetTrackingScalingPolicyConfiguration'] ?? {}) as JsonObject

const FULL = 'prod.us-east-1/web/orders-api'

describe('track', () => {
  test('makes a policy of Quarterdeck’s name', () => {
    const plan = planned(track, 'autoscale track orders-api cpu 60 --out-cooldown 60s --in-cooldown 5m')
    expect(plan).toMatchObject({
      title: 'Set CPU target of *orders-api* 60%',
      invocation: `autoscale track ${FULL} cpu 60 --out-cooldown 1m --in-cooldown 5m`,
      takeBack: `autoscale untrack ${FULL} quarterdeck-cpu`,
      risk: { level: 'medium' },
      calls: [
        {
          action: 'PutScalingPolicy',
          repeatable: true,
          input: { PolicyName: 'quarterdeck-cpu', PolicyType: 'TargetTrackingScaling' },
        },
      ],
    })
    expect(sent(plan)).toEqual({
      ...CPU,
      TargetValue: 60,
      DisableScaleIn: false,
      ScaleOutCooldown: 60,
      ScaleInCooldown: 300,
    })
    expect(plan.losses).toEqual([
      'May change the count within 4..10 to keep CPU at 60%',
      'Waits 1m after a scale-out, 5m by default',
    ])
  })

  test('changes a policy of the metric under its own name, and sends the rest as it was', () => {
    const custom = { TargetValue: 60, ScaleOutCooldown: 120, DisableScaleIn: true, SomethingNew: { a: 1 } }
    const policies = [aPolicy({ configuration: { ...CPU, ...custom } })]
    const plan = planned(track, 'autoscale track orders-api cpu 70', { policies })
    expect(plan.calls[0]?.input['PolicyName']).toBe('checkout-cpu')
    expect(sent(plan)).toEqual({ ...CPU, ...custom, TargetValue: 70 })
    expect(plan.changes).toEqual([{ what: 'Policy checkout-cpu: target', from: '60%', to: '70%' }])
    expect(plan.takeBack).toBe(`autoscale track ${FULL} cpu 60`)
    expect(plan.losses?.[0]).toBe('Fewer tasks for the same load: CPU at 70%, 60% before')
  })

  test.each([
    ['cpu 60 --no-scale-in', { DisableScaleIn: true }, `autoscale track ${FULL} cpu 60 --scale-in`],
    ['cpu 60 --out-cooldown 60s', { ScaleOutCooldown: 60 }, `autoscale track ${FULL} cpu 60 --out-cooldown 2m`],
    ['cpu 60 --in-cooldown 60s', { ScaleInCooldown: 60 }, `autoscale track ${FULL} cpu 60 --in-cooldown 5m`],
  ])('%s sends %j, and is taken back by %s', (line, change, takeBack) => {
    const plan = planned(track, `autoscale track orders-api ${line}`, { policies: [aPolicy()] })
    expect(sent(plan)).toEqual({ ...aPolicy().configuration, ...change })
    expect(plan.takeBack).toBe(takeBack)
  })

  test.each<[string, readonly ScalingPolicy[], string]>([
    ['cpu 70', [aPolicy()], 'medium'],
    ['cpu 50', [aPolicy()], 'low'],
    ['memory 70', [aPolicy()], 'medium'],
    ['cpu 60', [aStep()], 'medium'],
    ['cpu 60 --no-scale-in', [], 'medium'],
    ['cpu 29', [aPolicy()], 'medium'],
    ['cpu 30', [aPolicy()], 'low'],
    ['cpu 59 --out-cooldown 24h', [aPolicy()], 'medium'],
    ['cpu 59 --out-cooldown 1m', [aPolicy()], 'low'],
  ])('%s beside %j is of its risk', (line, policies, level) => {
    expect(planned(track, `autoscale track orders-api ${line}`, { policies }).risk.level).toBe(level)
  })

  test.each<[string, readonly ScalingPolicy[], boolean]>([
    ['cpu 60 --no-scale-in', [aPolicy()], true],
    ['cpu 60 --no-scale-in', [aPolicy(), aPolicy({ name: 'memory', metric: 'memory' })], false],
    ['cpu 59', [aPolicy()], false],
  ])('%s beside %j: a suspension without an end is %s', (line, policies, isOne) => {
    const plan = planned(track, `autoscale track orders-api ${line}`, { policies })
    expect([plan.isPermanent, plan.also]).toEqual(isOne ? [true, ['autoscale suspend']] : [undefined, undefined])
  })

  test('with a cooldown of an hour meets rules about suspensions', () => {
    const also = (flag: string) =>
      planned(track, `autoscale track orders-api cpu 60 ${flag}`, { policies: [aPolicy()] }).also
    expect(also('--in-cooldown 1h')).toEqual(['autoscale suspend'])
    expect(also('--out-cooldown 1h')).toEqual(['autoscale suspend'])
    expect(also('--out-cooldown 59m')).toBeUndefined()
  })

  test('has one line for each change', () => {
    const line = 'autoscale track orders-api cpu 60 --scale-in --out-cooldown 24h --in-cooldown 1m'
    const off = aPolicy({ configuration: { ...CPU, TargetValue: 60, DisableScaleIn: true } })
    expect(planned(track, line, { policies: [off] }).losses).toEqual([
      'Scales in again: tasks stop when load falls',
      'Waits 24h after a scale-out, 5m before',
      'Waits 1m after a scale-in, 5m before',
    ])
  })

  test('by requests names the load balancer and the target group', () => {
    const plan = planned(track, 'autoscale track orders-api requests 1000')
    expect(sent(plan)['PredefinedMetricSpecification']).toEqual({
      PredefinedMetricType: 'ALBRequestCountPerTarget',
      ResourceLabel: LABEL,
    })
    expect(plan.title).toBe('Set request target of *orders-api* 1000')
  })

  test.each<[string, Given, string]>([
    ['a minimum of 0', { autoscaling: { min: 0 } }, 'it never scales out from 0'],
    [
      'two policies of the metric',
      { policies: [aPolicy({ name: 'a' }), aPolicy({ name: 'b' })] },
      '`b` follows the same metric: the higher count of the two wins.',
    ],
    [
      'a policy of its own metric',
      {
        policies: [
          aPolicy({ name: 'own', configuration: { CustomizedMetricSpecification: { MetricName: 'CPUUtilization' } } }),
        ].map(({ metric: _, ...policy }) => policy),
      },
      '`own` follows the same metric',
    ],
    [
      'a policy of high resolution',
      { policies: [aPolicy({ name: 'fast', isHighResolution: true })] },
      'Quarterdeck does not change it, because that starts a deployment.',
    ],
  ])('%s is warned of', (_, given, words) => {
    expect(planned(track, 'autoscale track orders-api cpu 50', given).warnings?.join(' ')).toContain(words)
  })

  test('keeps step policies, and says so', () => {
    const plan = planned(track, 'autoscale track orders-api cpu 50', { policies: [aStep()] })
    expect(plan.consequences).toContain('Step policies stay: `burst`.')
  })

  test.each<[string, Given, string]>([
    ['disk 60', {}, '`disk` is not a metric.'],
    ['cpu 0', {}, 'A target of 0% is outside of the range.'],
    ['cpu 101', {}, 'A target of 101% is outside of the range.'],
    ['cpu much', {}, '`much` is not a target.'],
    ['cpu 60 --out-cooldown 2d', {}, '`2d` is not a cooldown of at most 24 h.'],
    ['cpu 60 --scale-in --no-scale-in', {}, '`--no-scale-in` and `--scale-in` exclude each other.'],
    ['cpu 60', { policies: [aPolicy()] }, '`checkout-cpu` already keeps CPU at 60%.'],
    [
      'cpu 60',
      { policies: [aPolicy({ name: 'quarterdeck-cpu', metric: 'memory' })] },
      '`quarterdeck-cpu` is a policy of another kind or metric, and AWS does not let it become one of this.',
    ],
    [
      'cpu 60',
      { state: { service: aService({ isExpress: true }) } },
      'ECS itself manages the policy of *orders-api*, an Express service.',
    ],
    ...['BLUE_GREEN', 'LINEAR', 'CANARY'].map((strategy): [string, Given, string] => [
      'requests 1000',
      { balancing: { strategy } },
      'AWS does not scale *orders-api* by requests: its deployments move traffic between target groups.',
    ]),
    [
      'requests 1000',
      { balancing: { labels: [] } },
      '*orders-api* has no target group of an Application Load Balancer.',
    ],
    [
      'requests 1000',
      { balancing: { labels: [LABEL, `${LABEL}2`] } },
      '*orders-api* has 2 target groups; a policy follows the requests of one.',
    ],
  ])('%s is refused (%#)', (line, given, text) => {
    expect(refused(track, `autoscale track orders-api ${line}`, given).text).toBe(text)
  })

  test('without a scalable target says what comes first', () => {
    const none = track.plan({ metric: 'cpu', target: 60 }, { scaling: aScaling() })
    expect(isRefusal(none) && none.hint).toContain('`/ecs autoscale bounds`')
  })

  test('is done when AWS shows what was sent, with its defaults', async () => {
    const plan = planned(track, 'autoscale track orders-api cpu 60')
    const look = (policies: readonly ScalingPolicy[], now = '2026-11-22T03:00:00.000Z') =>
      track.settled?.(
        plan,
        '2026-11-22T03:00:00.000Z',
        now,
        aReader({ autoscaling: async () => anAutoscaling({ policies }) }),
      )
    const there = aPolicy({ name: 'quarterdeck-cpu' })
    expect(await look([there])).toMatchObject({ status: 'done' })
    expect(await look([])).toMatchObject({ status: 'moving' })
    const other = aPolicy({ name: 'quarterdeck-cpu', configuration: { ...there.configuration, TargetValue: 50 } })
    expect(await look([other], '2026-11-22T03:06:00.000Z')).toMatchObject({ status: 'superseded' })
  })

  test('its session may also make and delete the alarms of the service, and no others', () => {
    const policy = sessionPolicy(planned(track, 'autoscale track orders-api cpu 60').calls)
    const { Statement } = JSON.parse(String(policy)) as { Statement: { Action: unknown; Resource: unknown }[] }
    const alarms = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:TargetTracking-service/web/orders-api-*'
    expect(Statement.slice(1).map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'], alarms],
    ])
  })
})

describe('untrack', () => {
  test.each(['checkout-cpu', 'cpu', 'CPU'])('%s deletes the policy, and names its alarms', name => {
    const plan = planned(untrack, `autoscale untrack orders-api ${name}`, { policies: [aPolicy(), aStep()] })
    expect(plan).toMatchObject({
      title: 'Delete policy *checkout-cpu* of *orders-api*',
      risk: { level: 'medium' },
      calls: [{ action: 'DeleteScalingPolicy', input: { PolicyName: 'checkout-cpu' }, repeatable: false }],
      losses: ['Stays: on its alarms: +3', 'No longer keeps CPU at 60%', 'ECS deletes its 2 alarms'],
    })
    expect(plan.consequences[0]).toBe(
      'Deleted with it: `TargetTracking-service/web/orders-api-AlarmHigh-1`, `TargetTracking-service/web/orders-api-AlarmLow-1`.',
    )
  })

  test('of the last policy says that nothing scales it any more', () => {
    const plan = planned(untrack, 'autoscale untrack orders-api cpu', { policies: [aPolicy()] })
    expect(plan.losses?.[0]).toBe('Nothing scales it any more: the count stays at 4')
  })

  test('of the last policy that scales in or out is a suspension without an end', () => {
    const plan = (policies: readonly ScalingPolicy[]) =>
      planned(untrack, 'autoscale untrack orders-api cpu', { policies })
    expect(plan([aPolicy()])).toMatchObject({ isPermanent: true, also: ['autoscale suspend'], risk: { level: 'high' } })
    expect(plan([aPolicy(), aStep()])).toMatchObject({ isPermanent: true, risk: { level: 'medium' } })
    expect(plan([aPolicy(), aPolicy({ name: 'm', metric: 'memory' })])).not.toHaveProperty('isPermanent')
  })

  test('of a step policy leaves its alarms', () => {
    const plan = planned(untrack, 'autoscale untrack orders-api burst', { policies: [aPolicy(), aStep()] })
    expect(plan.losses?.at(-1)).toBe('Its alarm stays, and triggers it no more')
    expect(plan.calls[0]).not.toHaveProperty('alarms')
  })

  test.each<[string, readonly ScalingPolicy[], string, readonly string[]]>([
    ['disk', [aPolicy()], '*orders-api* has no policy `disk`.', [`autoscale untrack ${FULL} checkout-cpu`]],
    ['cpu', [], '*orders-api* has no policy `cpu`.', []],
    [
      'cpu',
      [aPolicy({ name: 'a' }), aPolicy({ name: 'b b' })],
      '*orders-api* has 2 policies of cpu.',
      [`autoscale untrack ${FULL} a`, `autoscale untrack ${FULL} "b b"`],
    ],
  ])('%s of %j is asked back', (name, policies, text, lines) => {
    const refusal = refused(untrack, `autoscale untrack orders-api ${name}`, { policies })
    expect(refusal.text).toBe(text)
    expect((refusal.offers ?? []).map(({ invocation }) => invocation)).toEqual(lines)
  })
})
