// The parts of Amazon CloudWatch that scaling needs: alarms, the utilization of services over time, and Fargate usage.

import type {
  DeleteAlarmsInput,
  DescribeAlarmsInput,
  GetMetricDataInput,
  Metric,
  MetricDataQuery,
  PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch'
import * as client from '@aws-sdk/client-cloudwatch'
import type { Autoscaling } from '../../../world/autoscaling/autoscaling.ts'
import type { Alarm } from '../../../world/autoscaling/state.ts'
import type { Place } from '../../../world/place.ts'
import type { Purchase } from '../../../world/quotas.ts'
import rules from '../../wire/constraints/cloudwatch.json' with { type: 'json' }
import { modelError } from '../../wire/constraints.ts'
import { awsJson } from '../../wire/protocol.ts'
import { AwsError, type AwsService, type Call } from '../../wire/service.ts'
import { searched } from './search.ts'
import { countsOf, inUnits, isMeasured, measuredBy, summedOf, trafficOf } from './service-metrics.ts'

const LARGEST_PAGE = 100
const MOST_QUERIES = 500

const alarmsIn = (autoscaling: Autoscaling, { caller, region }: Call): readonly Alarm[] =>
  autoscaling
    .alarms()
    .filter(alarm => alarm.account === caller.account && alarm.region === region)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))

const view = ({ input, arn, state, stateAt, stateReason }: Alarm) => ({
  ActionsEnabled: true,
  OKActions: [],
  AlarmActions: [],
  InsufficientDataActions: [],
  ...input,
  AlarmArn: arn,
  StateValue: state,
  StateReason: stateReason,
  StateUpdatedTimestamp: new Date(stateAt),
  StateTransitionedTimestamp: new Date(stateAt),
})

const describe = (autoscaling: Autoscaling, input: DescribeAlarmsInput, call: Call) => {
  const { AlarmNames, AlarmNamePrefix = '', StateValue, ActionPrefix, MaxRecords = LARGEST_PAGE, NextToken } = input
  if (AlarmNames && input.AlarmNamePrefix !== undefined)
    throw new AwsError('ValidationError', 'AlarmNamePrefix and AlarmNames cannot both be specified')
  const found = alarmsIn(autoscaling, call)
    .filter(({ name }) => AlarmNames?.includes(name) ?? name.startsWith(AlarmNamePrefix))
    .filter(({ state }) => (StateValue ?? state) === state)
    .filter(alarm => ActionPrefix === undefined || alarm.input.AlarmActions?.some(arn => arn.startsWith(ActionPrefix)))
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString())
  if (!Number.isInteger(start)) throw new AwsError('InvalidNextToken', 'The next token is invalid.')
  const end = start + MaxRecords
  return {
    MetricAlarms: found.slice(start, end).map(view),
    CompositeAlarms: [],
    ...(end < found.length && { NextToken: Buffer.from(`${end}`).toString('base64') }),
  }
}

const put = (autoscaling: Autoscaling, input: PutMetricAlarmInput, { caller, region }: Call) => {
  if (input.MetricName === undefined || input.Namespace === undefined)
    throw new AwsError('ValidationError', 'The sandbox knows alarms on one metric only: MetricName and Namespace')
  autoscaling.putAlarm({ account: caller.account, region }, input)
  return {}
}

const remove = (autoscaling: Autoscaling, { AlarmNames = [] }: DeleteAlarmsInput, call: Call) => {
  const alarms = alarmsIn(autoscaling, call)
  const missing = AlarmNames.filter(requested => !alarms.some(({ name }) => name === requested))
  if (missing.length > 0)
    throw new AwsError('ResourceNotFound', `Alarm(s) not found: ${missing.join(', ')}`, { status: 404 })
  for (const alarm of alarms) if (AlarmNames.includes(alarm.name)) autoscaling.removeAlarm(alarm)
  return {}
}

/** The number of Fargate vCPUs that are running in an account and region. */
export type Usage = (place: Place, purchase: Purchase) => number

type MetricSources = { readonly autoscaling: Autoscaling; readonly usage: Usage }

/**
 * The datapoints of Fargate usage. The sandbox has only the latest value, and reports it as one minute old. Source: ECS
 * developer guide, AWS Fargate usage metrics.
 */
const usageOf = (
  { autoscaling, usage }: MetricSources,
  { Namespace, MetricName, Dimensions = [] }: Metric,
  place: Place,
) => {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]))
  const purchase = PURCHASES[dimensions['Class'] ?? '']
  const isUsage = Namespace === 'AWS/Usage' && MetricName === 'ResourceCount' && dimensions['Service'] === 'Fargate'
  if (!isUsage || dimensions['Type'] !== 'Resource' || dimensions['Resource'] !== 'vCPU' || !purchase) return undefined
  const minute = Math.floor(autoscaling.now() / 60_000) * 60_000
  return [{ at: minute - 60_000, value: usage(place, purchase) }]
}

const PURCHASES: Readonly<Record<string, Purchase>> = { 'Standard/OnDemand': 'on-demand', 'Standard/Spot': 'spot' }

/** The datapoints of a query: one for each full period in the span. A period in which no task ran has no datapoint. */
const series = (sources: MetricSources, query: MetricDataQuery, { from, to }: Span, { caller, region }: Call) => {
  const { autoscaling } = sources
  const { Metric, Period = 60, Stat = 'Average' } = query.MetricStat ?? {}
  const used = Metric && usageOf(sources, Metric, { account: caller.account, region })
  if (used) return used.filter(({ at }) => at >= from && at < to)
  const counted = Metric && countsOf(autoscaling, Metric, { account: caller.account, region })
  if (counted) return counted.filter(({ at }) => at >= from && at < to)
  const summed =
    Stat === 'Sum' && Metric ? summedOf(autoscaling, Metric, { account: caller.account, region }) : undefined
  if (summed)
    return periodsOf({ from, to }, Period).flatMap(at => {
      const total = autoscaling.totalOf(summed.service, summed.metric, at, at + Period * 1_000)
      return total === undefined ? [] : [{ at, value: (total * Period) / 60 }]
    })
  const traffic = Metric && trafficOf(autoscaling, Metric, { account: caller.account, region })
  const measured = Metric && (traffic ?? measuredBy(Metric))
  const service = measured && autoscaling.serviceAt({ account: caller.account, region }, measured.resourceId)
  if (!measured || !service || !isMeasured(service, measured)) return []
  return periodsOf({ from, to }, Period).flatMap(at => {
    const value = autoscaling.averageOf(service, measured.metric, at, at + Period * 1_000)
    return value === undefined ? [] : [{ at, value: inUnits(value, measured, service, Stat) }]
  })
}

type Span = { readonly from: number; readonly to: number }

/** The start times of the full periods in a span. `period`: seconds. */
const periodsOf = ({ from, to }: Span, period: number): readonly number[] => {
  const length = period * 1_000
  const first = Math.ceil(from / length) * length
  return Array.from({ length: Math.max(0, Math.floor((to - first) / length)) }, (_, n) => first + n * length)
}

const getData = (sources: MetricSources, input: GetMetricDataInput, call: Call) => {
  const { autoscaling } = sources
  const { MetricDataQueries = [], StartTime, EndTime, ScanBy } = input
  const span = { from: StartTime?.getTime() ?? 0, to: Math.min(EndTime?.getTime() ?? 0, autoscaling.now()) }
  if (StartTime && EndTime && StartTime >= EndTime)
    throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.')
  if (MetricDataQueries.length > MOST_QUERIES) throw new AwsError('ValidationError', 'Too many metric data queries.')
  return {
    Messages: [],
    MetricDataResults: MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false).flatMap(query =>
      seriesOf(sources, query, span, call).map(({ label, found }) => {
        const points = ScanBy === 'TimestampAscending' ? found : found.toReversed()
        return {
          Id: query.Id,
          Label: label,
          Timestamps: points.map(({ at }) => new Date(at)),
          Values: points.map(({ value }) => value),
          StatusCode: 'Complete' as const,
        }
      }),
    ),
  }
}

/** One series for a metric, and one for each metric that a search finds. */
const seriesOf = (sources: MetricSources, query: MetricDataQuery, span: Span, call: Call) => {
  const { autoscaling } = sources
  if (query.MetricStat)
    return [{ label: query.Label ?? query.MetricStat.Metric?.MetricName, found: series(sources, query, span, call) }]
  const place = { account: call.caller.account, region: call.region }
  return searched(autoscaling, query, place).map(({ label, service, sumOf }) => ({
    label,
    found: minutesOf(span).flatMap(at => {
      const each = autoscaling.averageOf(service, 'requests', at, at + MINUTE_MS)
      const value = each === undefined ? 0 : sumOf(each)
      return value === 0 ? [] : [{ at, value }]
    }),
  }))
}

const MINUTE_MS = 60_000

const minutesOf = ({ from, to }: Span): readonly number[] => {
  const first = Math.ceil(from / MINUTE_MS) * MINUTE_MS
  return Array.from({ length: Math.max(0, Math.floor((to - first) / MINUTE_MS)) }, (_, n) => first + n * MINUTE_MS)
}

export const createCloudwatch = (autoscaling: Autoscaling, usage: Usage): AwsService => ({
  name: 'monitoring',
  protocol: awsJson({
    version: '1.0',
    target: 'GraniteServiceVersion20100801',
    client,
    rules,
    refuse: modelError('ValidationError'),
  }),
  operations: {
    DescribeAlarms: (input: DescribeAlarmsInput, call) => describe(autoscaling, input, call),
    PutMetricAlarm: (input: PutMetricAlarmInput, call) => put(autoscaling, input, call),
    DeleteAlarms: (input: DeleteAlarmsInput, call) => remove(autoscaling, input, call),
    GetMetricData: (input: GetMetricDataInput, call) => getData({ autoscaling, usage }, input, call),
  },
})
