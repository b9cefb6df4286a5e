// The scaling of the seeded services: one tracks its CPU, one has step scaling, and the others do not scale. All are in
// a steady state.

import type { Autoscaling } from './autoscaling/autoscaling.ts'
import { resourceIdOf } from './autoscaling/context.ts'
import { followExpress } from './autoscaling/express.ts'
import type { Policy } from './autoscaling/state.ts'
import type { Fleet } from './fleet.ts'
import { prod } from './seed.ts'
import type { Service } from './state.ts'

const place = { account: prod.account, region: 'us-east-1' }

const serviceOf = (fleet: Fleet, name: string): Service => {
  const service = fleet.site(place).clusters.get('web')?.services.get(name)
  if (!service) throw new Error(`no service ${name}`)
  return service
}

/** An alarm that a person created, which triggers a step policy. */
const alarm = (autoscaling: Autoscaling, service: Service, policy: Policy, side: 'High' | 'Low', Threshold: number) =>
  autoscaling.putAlarm(place, {
    AlarmName: `${service.name}-cpu-${side.toLowerCase()}`,
    Namespace: 'AWS/ECS',
    MetricName: 'CPUUtilization',
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: side === 'High' ? 3 : 15,
    Threshold,
    ComparisonOperator: side === 'High' ? 'GreaterThanOrEqualToThreshold' : 'LessThanOrEqualToThreshold',
    Dimensions: [
      { Name: 'ClusterName', Value: service.cluster.name },
      { Name: 'ServiceName', Value: service.name },
    ],
    AlarmActions: [policy.arn],
  })

const trackCheckout = (fleet: Fleet, autoscaling: Autoscaling) => {
  const checkout = serviceOf(fleet, 'checkout')
  autoscaling.setLoad(checkout, 3.42)
  const target = autoscaling.register(place, resourceIdOf(checkout), { min: 4, max: 10 })
  autoscaling.putPolicy(target, 'checkout-cpu', {
    type: 'TargetTrackingScaling',
    input: {
      TargetValue: 60,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      DisableScaleIn: false,
    },
  })
}

const stepSearch = (fleet: Fleet, autoscaling: Autoscaling) => {
  const search = serviceOf(fleet, 'search')
  autoscaling.setLoad(search, 2.5)
  const target = autoscaling.register(place, resourceIdOf(search), { min: 2, max: 8 })
  const out = autoscaling.putPolicy(target, 'search-out', {
    type: 'StepScaling',
    input: {
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 15, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 15, ScalingAdjustment: 3 },
      ],
      Cooldown: 120,
    },
  })
  const back = autoscaling.putPolicy(target, 'search-in', {
    type: 'StepScaling',
    input: {
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }],
      Cooldown: 300,
    },
  })
  alarm(autoscaling, search, out, 'High', 75)
  alarm(autoscaling, search, back, 'Low', 25)
}

const MINUTES = 5
const HOURS = 4

/**
 * Sets the load of services without scaling. It varies around a third of their capacity, and ends at the current load.
 */
const giveLoad = (fleet: Fleet, autoscaling: Autoscaling) => {
  const { clusters } = fleet.site(place)
  const services = [...clusters.values()].flatMap(cluster => [...cluster.services.values()])
  const steps = (HOURS * 60) / MINUTES
  for (const [nth, service] of services.entries()) {
    if (autoscaling.targetOf(service) || service.schedulingStrategy === 'DAEMON') continue
    const waves = (n: number) => 0.35 + 0.12 * Math.sin(nth + n / 7) + 0.04 * Math.sin(nth * 3 + n * 1.7)
    const history = Array.from({ length: steps }, (_, n) => ({
      at: n === 0 ? service.createdAt : fleet.clock.now() - (steps - n) * MINUTES * 60_000,
      load: service.desired * waves(n),
    }))
    autoscaling.setHistory(service, history)
  }
}

export const seedScaling = (fleet: Fleet, autoscaling: Autoscaling): void => {
  trackCheckout(fleet, autoscaling)
  stepSearch(fleet, autoscaling)
  followExpress(fleet, autoscaling)
  giveLoad(fleet, autoscaling)
}
