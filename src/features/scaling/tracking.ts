// Pure: the rules of target tracking policies that Quarterdeck writes, by metric. Sources: ECS developer guide, service auto
// scaling; Application Auto Scaling API reference, PredefinedMetricSpecification.

import type { Autoscaling, ScalingMetric, ScalingPolicy } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { isRecord, type Json, type JsonObject } from '../../model/json.ts'

type Metric = {
  /** The predefined metric of target tracking. */
  readonly type: string
  /** The metric pair of predictive scaling. */
  readonly pair: string
  /** The name of the metric in CloudWatch. */
  readonly measured: string
  /** As in `CPU target`. */
  readonly noun: string
  readonly words: string
  readonly unit: string
  /** The largest target. */
  readonly most: number
}

export const METRICS: Readonly<Record<ScalingMetric, Metric>> = {
  cpu: {
    type: 'ECSServiceAverageCPUUtilization',
    pair: 'ECSServiceCPUUtilization',
    measured: 'CPUUtilization',
    noun: 'CPU',
    words: 'CPU',
    unit: '%',
    most: 100,
  },
  memory: {
    type: 'ECSServiceAverageMemoryUtilization',
    pair: 'ECSServiceMemoryUtilization',
    measured: 'MemoryUtilization',
    noun: 'memory',
    words: 'memory',
    unit: '%',
    most: 100,
  },
  requests: {
    type: 'ALBRequestCountPerTarget',
    pair: 'ALBRequestCount',
    measured: 'RequestCountPerTarget',
    noun: 'request',
    words: 'requests per task and minute',
    unit: '',
    most: 1_000_000,
  },
}

export const targetText = (metric: ScalingMetric, target: number): string => `${target}${METRICS[metric].unit}`

/** The refusal of a target outside of the metric's range. */
export const rangeRefusal = (metric: ScalingMetric, target: number): Refusal | undefined => {
  const { most, unit, words } = METRICS[metric]
  return target >= 1 && target <= most
    ? undefined
    : refuse(
        `A target of ${target}${unit} is outside of the range.`,
        `For ${words}: 1 to ${most.toLocaleString('en')}.`,
      )
}

/** What a request metric needs to know of a service. */
export type Balancing = {
  readonly controller: string
  /** The deployment strategy. */
  readonly strategy: string
  /** The resource labels of the service's target groups. */
  readonly labels: readonly string[]
}

const SHIFTING = ['BLUE_GREEN', 'LINEAR', 'CANARY']

/** Why AWS does not scale the service by requests, if its deployments move traffic between target groups. */
export const shiftingRefusal = ({ controller, strategy }: Balancing, name: string): Refusal | undefined =>
  controller === 'CODE_DEPLOY' || SHIFTING.includes(strategy)
    ? refuse(
        `AWS does not scale *${name}* by requests: its deployments move traffic between target groups.`,
        'Use `cpu` or `memory`.',
      )
    : undefined

/** The resource label for requests, or why there is none. */
export const labelOf = ({ labels }: Balancing, name: string): string | Refusal => {
  const [label, ...more] = labels
  if (label === undefined)
    return refuse(`*${name}* has no target group of an Application Load Balancer.`, 'Use `cpu` or `memory`.')
  return more.length === 0
    ? label
    : refuse(
        `*${name}* has ${labels.length} target groups; a policy follows the requests of one.`,
        'Create this policy at AWS.',
      )
}

/** The target tracking policies of a metric that Quarterdeck may change, in the order of their names. */
export const trackingOf = ({ policies }: Autoscaling, metric: ScalingMetric): readonly ScalingPolicy[] =>
  policies
    .filter(one => one.kind === 'target tracking' && one.metric === metric && one.isHighResolution !== true)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** The target tracking policies that follow the same metric, in any way, besides the one of this name. */
export const rivalsOf = ({ policies }: Autoscaling, metric: ScalingMetric, name: string): readonly ScalingPolicy[] =>
  policies.filter(
    one =>
      one.kind === 'target tracking' &&
      one.name !== name &&
      (one.metric === metric ||
        memberOf(one.configuration, 'CustomizedMetricSpecification', 'MetricName') === METRICS[metric].measured),
  )

/** A member of an object in a configuration. */
export const memberOf = (configuration: JsonObject | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (value, key) => (isRecord(value) ? (value as JsonObject)[key] : undefined),
    configuration,
  )

/** The metric specification with the label that requests need. */
export const specificationOf = (type: string, label: string | undefined): JsonObject => ({
  PredefinedMetricType: type,
  ...(label !== undefined && { ResourceLabel: label }),
})
