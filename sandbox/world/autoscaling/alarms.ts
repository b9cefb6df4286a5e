// CloudWatch alarms on services. There is no polling: the current metric determines when an alarm changes next. This
// differs from AWS in two ways: the current value replaces the average of a minute, and an alarm returns to OK at once.

import type { ComparisonOperator, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import type { Place } from '../place.ts'
import { type Scaling, serviceAt } from './context.ts'
import type { Metric } from './meters.ts'
import type { Alarm } from './state.ts'

const compare: Readonly<Partial<Record<ComparisonOperator, (value: number, threshold: number) => boolean>>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
}

const metrics: Readonly<Record<string, Metric>> = { CPUUtilization: 'cpu', MemoryUtilization: 'memory' }

/** The service and metric that an alarm's dimensions in `AWS/ECS` denote. */
export const watchedBy = ({ Namespace, MetricName = '', Dimensions = [] }: PutMetricAlarmInput): Alarm['watches'] => {
  const metric = Namespace === 'AWS/ECS' ? metrics[MetricName] : undefined
  const of = (name: string) => Dimensions.find(({ Name }) => Name === name)?.Value
  const [cluster, service] = [of('ClusterName'), of('ServiceName')]
  if (metric === undefined || cluster === undefined || service === undefined || Dimensions.length !== 2)
    return undefined
  return { metric, resourceId: `service/${cluster}/${service}` }
}

export const createAlarm = (scaling: Scaling, place: Place, input: PutMetricAlarmInput, watches = watchedBy(input)) => {
  const name = input.AlarmName ?? ''
  const arn = `arn:aws:cloudwatch:${place.region}:${place.account}:alarm:${name}`
  const before = scaling.alarms.get(arn)
  if (before) removeAlarm(scaling, before)
  const alarm: Alarm = {
    account: place.account,
    region: place.region,
    arn,
    name,
    input,
    ...(watches && { watches }),
    state: 'INSUFFICIENT_DATA',
    stateAt: scaling.fleet.clock.now(),
    stateReason: 'Unchecked: Initial alarm creation',
  }
  scaling.alarms.set(arn, alarm)
  scaling.fleet.alarmBecame(place, name, alarm.state)
  return alarm
}

export const removeAlarm = ({ alarms, fleet }: Scaling, alarm: Alarm): void => {
  quieten(alarm)
  fleet.alarmBecame(alarm, alarm.name, undefined)
  alarms.delete(alarm.arn)
}

const quieten = (alarm: Alarm) => {
  alarm.timer?.cancel()
  alarm.episode?.timer?.cancel()
  delete alarm.timer
  delete alarm.episode
  delete alarm.since
}

export const metricOf = (scaling: Scaling, alarm: Alarm): number | undefined => {
  const { resourceId = '', metric = 'cpu' } = alarm.watches ?? {}
  const service = serviceAt(scaling, alarm, resourceId)
  return service && scaling.meters.valueOf(service, metric)
}

/** Changes the state of an alarm. */
export const become = ({ fleet }: Scaling, alarm: Alarm, state: Alarm['state'], reason: string) => {
  if (alarm.state === state) return
  alarm.state = state
  alarm.stateAt = fleet.clock.now()
  alarm.stateReason = reason
  fleet.alarmBecame(alarm, alarm.name, state)
}

const words = ({ input: { EvaluationPeriods = 1, Threshold = 0 } }: Alarm, value: number, isOver: boolean) =>
  `Threshold Crossed: ${EvaluationPeriods} datapoints [${value.toFixed(2)}] ${isOver ? 'were' : 'were not'} beyond the threshold (${Threshold.toFixed(1)}).`

/**
 * Evaluates an alarm's metric, and sets a timer for its next state change. `ring`: called when the alarm changes to
 * ALARM.
 */
export const reviewAlarm = (scaling: Scaling, alarm: Alarm, ring: (alarm: Alarm) => void): void => {
  const { clock } = scaling.fleet
  const { Threshold = 0, ComparisonOperator: operator, EvaluationPeriods = 1, Period = 60 } = alarm.input
  const value = metricOf(scaling, alarm)
  if (value === undefined) {
    quieten(alarm)
    become(scaling, alarm, 'INSUFFICIENT_DATA', 'Insufficient Data: no datapoints were received.')
    return
  }
  if (!operator || !compare[operator]?.(value, Threshold)) {
    quieten(alarm)
    become(scaling, alarm, 'OK', words(alarm, value, false))
    return
  }
  if (alarm.since !== undefined) return
  alarm.since = clock.now()
  alarm.timer = clock.after(EvaluationPeriods * Period * 1_000, () => {
    delete alarm.timer
    alarm.episode = { at: clock.now() }
    become(scaling, alarm, 'ALARM', words(alarm, metricOf(scaling, alarm) ?? value, true))
    ring(alarm)
  })
}
