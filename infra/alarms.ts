// The hub's alarms and dashboard: delays, waiting requests, failures, lost events, dead operations, and the configuration.
import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { ALARM_TEXTS, type AlarmName, describeAlarm } from './alarm-texts.ts'
import type { Made } from './functions.ts'
import { type COUNTED, NAMESPACE } from './log-metrics.ts'
import type { FunctionName } from './names.ts'

type All = Readonly<Record<FunctionName, Made>>

/** `threshold`: the lowest value that causes the alarm. `periods`: how many consecutive periods must have it; 1 by default. */
type AlarmSpec = {
  readonly metric: IMetric
  readonly threshold?: number
  readonly periods?: number
}

/**
 * Creates the alarms and the dashboard. `topic`: the ARN of an SNS topic to notify. Without a topic, alarms appear only in
 * CloudWatch.
 */
export const createAlarms = (scope: Construct, made: All, topic: string | undefined): void => {
  const target = topic === undefined ? undefined : Topic.fromTopicArn(scope, 'AlarmTopic', topic)
  const specs = alarmSpecs(made)
  for (const [name, spec] of Object.entries(specs)) createAlarm(scope, name as AlarmName, spec, target)
  createDashboard(scope, specs)
}

const period = Duration.minutes(1)

const counted = (metricName: (typeof COUNTED)[number]['name'], statistic: string, over: Duration): IMetric =>
  new Metric({ namespace: NAMESPACE, metricName, statistic, period: over })

const errors = ({ fn }: Made): AlarmSpec => ({ metric: fn.metricErrors({ period }) })
const throttles = ({ fn }: Made): AlarmSpec => ({ metric: fn.metricThrottles({ period }) })

const alarmSpecs = (made: All): Readonly<Record<AlarmName, AlarmSpec>> => {
  const { slack, query, decision, operation, schedule, events } = made
  const fiveMinutes = Duration.minutes(5)
  return {
    AckSlow: {
      metric: slack.fn.metricDuration({ period: fiveMinutes, statistic: 'p99' }),
      threshold: 2_000,
      periods: 3,
    },
    CardSlow: { metric: counted('card-milliseconds', 'p95', fiveMinutes), threshold: 10_000, periods: 3 },
    RequestsWaiting: { metric: counted('requests-waiting', 'Maximum', Duration.minutes(15)), threshold: 21 },
    ChangesFailed: { metric: counted('changes-failed', 'Sum', Duration.hours(1)), threshold: 3 },
    OperationsStuck: { metric: counted('operations-stuck', 'Sum', period) },
    ConfigInvalid: { metric: counted('configuration-invalid', 'Sum', period) },
    OtherAlarms: { metric: counted('other-alarms', 'Sum', period) },
    SlackErrors: errors(slack),
    SlackThrottles: throttles(slack),
    DecisionErrors: errors(decision),
    DecisionThrottles: throttles(decision),
    QueryThrottles: throttles(query),
    OperationErrors: errors(operation),
    ScheduleErrors: errors(schedule),
    ExportErrors: errors(made.export),
    QueryLost: lost(query),
    DecisionLost: lost(decision),
    OperationLost: lost(operation),
    ScheduleLost: lost(schedule),
    EventsLost: lost(events),
    ExportLost: lost(made.export),
  }
}

const lost = ({ failures }: Made): AlarmSpec => {
  if (failures === undefined) throw new Error('the function has no dead-letter queue')
  return { metric: failures.metricApproximateNumberOfMessagesVisible({ period }) }
}

const createAlarm = (
  scope: Construct,
  name: AlarmName,
  { metric, threshold = 1, periods = 1 }: AlarmSpec,
  target: ITopic | undefined,
): void => {
  const alarm = new Alarm(scope, `${name}Alarm`, {
    alarmName: `quarterdeck-${name}`,
    alarmDescription: describeAlarm(name),
    metric,
    threshold,
    evaluationPeriods: periods,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  })
  if (target !== undefined) alarm.addAlarmAction(new SnsAction(target))
}

/** The graphs of the dashboard, three in a row. Each has a title and the names of the alarms whose metrics it shows. */
const GRAPHS: readonly (readonly [string, readonly AlarmName[]])[] = [
  ['Answer to Slack, p99 (ms)', ['AckSlow']],
  ['From operation to card, p95 (ms)', ['CardSlow']],
  ['Requests waiting', ['RequestsWaiting']],
  ['Failures', ['ChangesFailed', 'SlackErrors', 'DecisionErrors', 'OperationErrors', 'ScheduleErrors', 'ExportErrors']],
  ['Dead letters', ['QueryLost', 'DecisionLost', 'OperationLost', 'ScheduleLost', 'EventsLost', 'ExportLost']],
  ['Operations stuck', ['OperationsStuck', 'OtherAlarms']],
  ['Configuration invalid', ['ConfigInvalid']],
  ['Throttles', ['SlackThrottles', 'DecisionThrottles', 'QueryThrottles']],
]

const createDashboard = (scope: Construct, specs: Readonly<Record<AlarmName, AlarmSpec>>): void => {
  const dashboard = new Dashboard(scope, 'Dashboard', { dashboardName: 'quarterdeck' })
  dashboard.addWidgets(
    ...GRAPHS.map(
      ([title, names]) => new GraphWidget({ title, width: 8, left: names.map(name => specs[name].metric) }),
    ),
  )
}

/** The names of alarms that no graph shows. A test requires that there are none. */
export const ungraphed = (): readonly string[] =>
  Object.keys(ALARM_TEXTS).filter(name => !GRAPHS.some(([, names]) => names.map(String).includes(name)))
