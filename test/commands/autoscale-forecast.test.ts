import { describe, expect, test } from 'vitest'
import { createForecast } from '../../src/commands/autoscale/forecast/create.ts'
import { pauseForecast } from '../../src/commands/autoscale/forecast/pause.ts'
import { promoteForecast } from '../../src/commands/autoscale/forecast/promote.ts'
import { forecast } from '../../src/commands/autoscale/forecast/show.ts'
import type { Plan } from '../../src/engine/change/plan.ts'
import type { Compared } from '../../src/features/scaling/forecast.ts'
import { draw } from '../../src/kit/pictures/draw.ts'
import type { Autoscaling, ScalingPolicy } from '../../src/model/ecs.ts'
import { isRefusal, type Refusal } from '../../src/model/errors.ts'
import type { Sample } from '../../src/model/picture.ts'
import { anAutoscaling, aReader, aScaling, aService } from '../builders.ts'
import { textOf } from '../world/text-of.ts'

const NOW = Date.parse('2026-11-22T03:00:00.000Z')
const HOUR = 3_600_000
const SPECIFICATIONS = {
  MetricSpecifications: [
    { TargetValue: 60, PredefinedMetricPairSpecification: { PredefinedMetricType: 'ECSServiceCPUUtilization' } },
  ],
}
const aForecast = (more: Partial<ScalingPolicy> = {}): ScalingPolicy => ({
  name: 'quarterdeck-forecast',
  kind: 'predictive',
  metric: 'cpu',
  says: 'forecasts only',
  scalesIn: false,
  scalesOut: false,
  configuration: { ...SPECIFICATIONS, Mode: 'ForecastOnly', SchedulingBufferTime: 600 },
  ...more,
})
const stateOf = (policies: readonly ScalingPolicy[] = [aForecast()], more: Partial<Autoscaling> = {}) =>
  aScaling({ autoscaling: anAutoscaling({ policies, ...more }) })

/** So many hours before now and after it, each with this value. */
const hours = (before: number, after: number, valueAt: (hour: number) => number): readonly Sample[] =>
  Array.from({ length: before + after }, (_, n) => ({ at: NOW + (n - before) * HOUR, value: valueAt(n - before) }))

const compared = (needed: readonly Sample[] | undefined, capacity: readonly Sample[]): Compared => ({
  span: { from: NOW - 168 * HOUR, until: NOW + 48 * HOUR },
  forecast: { load: [], capacity },
  ...(needed !== undefined && { needed }),
})
const planned = (plan: Plan | Refusal): Plan => {
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const refusedText = (plan: Plan | Refusal): string => (isRefusal(plan) ? plan.text : `${plan.title} is a plan`)
const sent = (plan: Plan) => plan.calls[0]?.input['PredictiveScalingPolicyConfiguration']

describe('a forecast', () => {
  const shown = (of: Compared, values = {}, policies = [aForecast()]) =>
    forecast.render(
      {
        scaling: { ...stateOf(policies), autoscaling: anAutoscaling({ policies }) },
        policy: policies[0],
        compared: of,
      },
      values,
    )

  test('is shown against the load: what comes, and how far it was off', () => {
    const message = shown(
      compared(
        hours(48, 0, () => 4),
        hours(48, 24, hour => (hour >= 0 ? 12 : hour >= -12 ? 6 : hour >= -24 ? 3 : 4)),
      ),
    )
    expect(message.text).toBe('orders-api needs up to 12 tasks in the next 2 days, by the forecast')
    const text = textOf({ blocks: message.blocks } as never)
    expect(text).toContain('Policy quarterdeck-forecast forecasts only')
    expect(text).toContain('Set to 4 now; the forecast for this hour is 12 tasks')
    expect(text).toContain('Above the maximum of 10')
    expect(text).toContain('Last 7 days: off by 0.8 tasks on average over 48 h: 12 h too few, 12 h too many')
    expect(text).toContain('[Promote]')
  })

  test('has a chart', () => {
    const { pictures = [] } = shown(
      compared(
        hours(48, 0, () => 4),
        hours(48, 24, () => 5),
      ),
    )
    expect(pictures.map(({ title }) => title)).toEqual(['orders-api: forecast of tasks, and what the load needed'])
    const [picture] = pictures
    expect(picture && draw(picture).length).toBeGreaterThan(1_000)
  })

  test('without 24 h of data is none yet, and has no chart', () => {
    const message = shown(compared([], []))
    expect(message.text).toBe('orders-api has no forecast yet: AWS needs 24 h of the metric')
    expect(message).not.toHaveProperty('pictures')
  })

  test('of a service without one offers to create it', async () => {
    const none = promoteForecast.plan({}, { scaling: stateOf([]) })
    expect(isRefusal(none) && none.offers?.[0]?.invocation).toBe(
      'autoscale forecast create prod.us-east-1/web/orders-api cpu 60',
    )
  })

  test('is read for 7 days and the next 2, and the load in tasks of the target', async () => {
    const spans: unknown[] = []
    const read = aReader({
      service: async () => aService(),
      autoscaling: async () => anAutoscaling({ policies: [aForecast()] }),
      forecast: async (_, name, span) => {
        spans.push([name, (span.until - span.from) / HOUR])
        return { load: [], capacity: [] }
      },
      loadByHour: async (_, metric) => {
        spans.push(metric)
        return [{ at: NOW, value: 121 }]
      },
    })
    const asker = { facts: { now: new Date(NOW).toISOString() }, store: { get: async () => undefined } }
    const state = await forecast.load({ service: aService().ref }, read, asker as never)
    expect(spans).toEqual([['quarterdeck-forecast', 9 * 24], 'cpu'])
    expect(state.compared.needed).toEqual([{ at: NOW, value: 3 }])
  })
})

describe('create', () => {
  const create = (values: object, state: object = { scaling: stateOf([]) }) => createForecast.plan(values, state)

  test('makes a policy that only forecasts', () => {
    const plan = planned(create({ metric: 'memory', target: 70 }))
    expect(plan).toMatchObject({
      risk: { level: 'low' },
      size: 0,
      takeBack: 'autoscale untrack prod.us-east-1/web/orders-api quarterdeck-forecast',
    })
    expect(sent(plan)).toEqual({
      MetricSpecifications: [
        { TargetValue: 70, PredefinedMetricPairSpecification: { PredefinedMetricType: 'ECSServiceMemoryUtilization' } },
      ],
      Mode: 'ForecastOnly',
    })
  })

  test('by requests names the load balancer, and is refused where deployments move traffic', () => {
    const state = (strategy: string) => ({
      scaling: stateOf([]),
      balancing: { controller: 'ECS', strategy, labels: ['app/a/1/targetgroup/b/2'] },
    })
    expect(JSON.stringify(sent(planned(create({ metric: 'requests', target: 900 }, state('ROLLING')))))).toContain(
      '{"PredefinedMetricType":"ALBRequestCount","ResourceLabel":"app/a/1/targetgroup/b/2"}',
    )
    expect(refusedText(create({ metric: 'requests', target: 900 }, state('CANARY')))).toContain('move traffic')
  })

  test.each([
    ['there is one', { metric: 'cpu', target: 60 }, stateOf(), 'already has `quarterdeck-forecast`'],
    ['the target is out of range', { metric: 'cpu', target: 0 }, stateOf([]), 'outside of the range'],
    ['there is no target', { metric: 'cpu', target: 60 }, aScaling(), 'no scalable target is registered'],
  ])('is refused when %s', (_, values, scaling, words) => {
    expect(refusedText(create(values, { scaling }))).toContain(words)
  })
})

describe('promote', () => {
  const promote = (of: Compared | undefined, policies?: readonly ScalingPolicy[]) =>
    promoteForecast.plan({}, { scaling: stateOf(policies), ...(of && { compared: of }) })
  const good = compared(
    hours(336, 0, () => 4),
    hours(336, 48, hour => (hour === 5 ? 12 : hour < -300 ? 3 : hour < -200 ? 6 : 4)),
  )

  test('lets it scale, keeps all else, and shows its error over 14 days', () => {
    const plan = planned(promote(good))
    expect(sent(plan)).toEqual({ ...SPECIFICATIONS, Mode: 'ForecastAndScale', SchedulingBufferTime: 600 })
    expect(plan).toMatchObject({
      risk: { level: 'medium' },
      size: 6,
      tasks: 10,
      losses: [
        'Its error over 336 h: 0.7 tasks on average',
        'Too few tasks in 36 h, too many in 100 h',
        'Up to 10 tasks in 2 days, 4 now',
      ],
      also: ['scale'],
      takeBack: 'autoscale forecast pause prod.us-east-1/web/orders-api',
    })
  })

  test('says that a policy may raise the maximum, and counts without it', () => {
    const configuration = { ...SPECIFICATIONS, MaxCapacityBreachBehavior: 'IncreaseMaxCapacity', MaxCapacityBuffer: 10 }
    const plan = planned(promote(good, [aForecast({ configuration })]))
    expect(plan.warnings).toEqual(['This policy may raise the maximum permanently.'])
    expect(plan.tasks).toBe(12)
    expect(plan.also).toEqual(['scale', 'autoscale bounds'])
  })

  test.each<[string, Compared | undefined, readonly ScalingPolicy[], string]>([
    [
      'fewer than 24 h of data',
      compared(
        hours(23, 0, () => 4),
        hours(23, 48, () => 4),
      ),
      [aForecast()],
      'The forecast of *orders-api* has 23 h of data to compare; it needs 24 h.',
    ],
    [
      'no forecast yet',
      compared(
        hours(48, 0, () => 4),
        [],
      ),
      [aForecast()],
      'has 0 h of data',
    ],
    ['a metric that is not read', compared(undefined, []), [aForecast()], 'cannot be compared with the load'],
    ['a policy that scales', good, [aForecast({ scalesOut: true })], 'already scales *orders-api*'],
    ['no policy', undefined, [], '*orders-api* has no forecast.'],
  ])('with %s is refused', (_, of, policies, words) => {
    expect(refusedText(promote(of, policies))).toContain(words)
  })
})

describe('pause', () => {
  const configuration = { ...SPECIFICATIONS, Mode: 'ForecastAndScale', SchedulingBufferTime: 600 }
  const scaling = aForecast({ scalesOut: true, configuration })

  test('lets it only forecast, and keeps all else', () => {
    const plan = planned(
      pauseForecast.plan({}, stateOf([scaling, aForecast({ name: 'cpu', kind: 'step', scalesOut: true })])),
    )
    expect(sent(plan)).toEqual({ ...configuration, Mode: 'ForecastOnly' })
    expect(plan).toMatchObject({
      risk: { level: 'medium' },
      losses: ['No scale-out ahead of load', 'No task stops now'],
    })
    expect(plan).not.toHaveProperty('isPermanent')
  })

  test('of the only policy that scales out is a suspension without an end', () => {
    const plan = planned(pauseForecast.plan({}, stateOf([scaling])))
    expect(plan).toMatchObject({ risk: { level: 'high' }, isPermanent: true, also: ['autoscale suspend'] })
    expect(plan.losses).toContain('No other policy scales it out')
  })

  test('of one that only forecasts is refused', () => {
    expect(refusedText(pauseForecast.plan({}, stateOf()))).toContain('does not scale')
  })
})
