// CloudWatch alarms for function errors, throttles, log lines with level `alarm`, and messages in dead-letter queues.
import { Duration } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { Made } from './functions.ts'
import { FUNCTIONS, type FunctionName, functionName } from './names.ts'

type AlarmSpec = { readonly metric: IMetric; readonly description: string }

/**
 * Creates the alarms. `topic`: the ARN of an SNS topic to notify. Without a topic, alarms appear only in CloudWatch.
 */
export const createAlarms = (
  scope: Construct,
  made: Readonly<Record<FunctionName, Made>>,
  topic: string | undefined,
): void => {
  const target = topic === undefined ? undefined : Topic.fromTopicArn(scope, 'AlarmTopic', topic)
  for (const [name, spec] of Object.entries(alarmSpecs(made))) createAlarm(scope, name, spec, target)
}

const period = Duration.minutes(1)

const alarmSpecs = ({
  slack,
  query,
  decision,
  operation,
  schedule,
  events,
}: Readonly<Record<FunctionName, Made>>): Readonly<Record<string, AlarmSpec>> => ({
  SlackErrors: {
    metric: slack.fn.metricErrors({ period }),
    description: 'Ingress failed: Slack showed an error to the user.',
  },
  SlackThrottles: {
    metric: slack.fn.metricThrottles({ period }),
    description: 'Ingress was throttled: many users, or a flood of requests.',
  },
  DecisionErrors: { metric: decision.fn.metricErrors({ period }), description: 'A vote failed; Lambda retries it.' },
  DecisionThrottles: {
    metric: decision.fn.metricThrottles({ period }),
    description: 'A vote was throttled; Lambda retries it.',
  },
  OperationErrors: {
    metric: operation.fn.metricErrors({ period }),
    description: 'A change failed with an unexpected error. Check its card and the function’s log.',
  },
  ScheduleErrors: {
    metric: schedule.fn.metricErrors({ period }),
    description: 'A reminder failed, or an operation could not be woken; Lambda retries it.',
  },
  ...Object.fromEntries(
    FUNCTIONS.map(name => [
      `${name}Alarms`,
      {
        metric: new Metric({
          namespace: 'Quarterdeck',
          metricName: `${functionName(name)}-alarms`,
          statistic: 'Sum',
          period,
        }),
        description:
          'The function logged an alarm, such as an invalid configuration or a dead operation: read its log.',
      },
    ]),
  ),
  ...lost('Query', query, 'A read was never answered. The user can repeat it.'),
  ...lost('Decision', decision, 'A vote was lost: the approver must click again.'),
  ...lost('Operation', operation, 'A dead operation could not be reported: check whether its change was made.'),
  ...lost('Schedule', schedule, 'A reminder or watchdog job was lost: its operation is no longer monitored.'),
  ...lost('Events', events, 'ECS events were lost: stop reasons of some tasks are unavailable after an hour.'),
})

const lost = (name: string, { failures }: Made, description: string): Readonly<Record<string, AlarmSpec>> =>
  failures === undefined
    ? {}
    : { [`${name}Lost`]: { metric: failures.metricApproximateNumberOfMessagesVisible({ period }), description } }

const createAlarm = (
  scope: Construct,
  name: string,
  { metric, description }: AlarmSpec,
  target: ITopic | undefined,
): void => {
  const alarm = new Alarm(scope, `${name}Alarm`, {
    alarmName: `quarterdeck-${name}`,
    alarmDescription: description,
    metric,
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  })
  if (target !== undefined) alarm.addAlarmAction(new SnsAction(target))
}
