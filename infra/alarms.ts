// When somebody has to look: an event that nobody took, a function that fails, a vote or a command that found no room.
import { Duration } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { Made } from './functions.ts'
import { FUNCTIONS, type FunctionName, functionName } from './roles.ts'

type Watched = { readonly metric: IMetric; readonly says: string }

/** `topic`: the ARN of the SNS topic that is told; without one the alarms only show. */
export const createAlarms = (
  scope: Construct,
  made: Readonly<Record<FunctionName, Made>>,
  topic: string | undefined,
): void => {
  const told = topic === undefined ? undefined : Topic.fromTopicArn(scope, 'AlarmTopic', topic)
  for (const [name, watched] of Object.entries(watchedOf(made))) createAlarm(scope, name, watched, told)
}

const period = Duration.minutes(1)

const watchedOf = ({
  slack,
  query,
  decision,
  operation,
  schedule,
  events,
}: Readonly<Record<FunctionName, Made>>): Readonly<Record<string, Watched>> => ({
  SlackErrors: { metric: slack.fn.metricErrors({ period }), says: 'Ingress failed: Slack showed an error.' },
  SlackThrottles: {
    metric: slack.fn.metricThrottles({ period }),
    says: 'Ingress had no room: many people, or a flood.',
  },
  DecisionErrors: { metric: decision.fn.metricErrors({ period }), says: 'A vote failed; it is tried again.' },
  DecisionThrottles: { metric: decision.fn.metricThrottles({ period }), says: 'A vote found no room; it waits.' },
  OperationErrors: {
    metric: operation.fn.metricErrors({ period }),
    says: 'A change failed in a way that it does not tell itself.',
  },
  ScheduleErrors: {
    metric: schedule.fn.metricErrors({ period }),
    says: 'A reminder failed, or an operation could not be woken; it is tried again.',
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
        says: 'The code itself raised an alarm, such as a configuration that is none, or a change that ended without a word: read the log.',
      },
    ]),
  ),
  ...lost('Query', query, 'A question was never answered.'),
  ...lost('Decision', decision, 'A vote was lost: whoever clicked has to click again.'),
  ...lost(
    'Operation',
    operation,
    'A change ended without a word, and could not be reported: look whether it was made.',
  ),
  ...lost('Schedule', schedule, 'A reminder, a sweep or a look was lost: nobody looks after that operation any more.'),
  ...lost('Events', events, 'Events of ECS were lost: why some tasks stopped is not known after an hour.'),
})

const lost = (name: string, { failures }: Made, says: string): Readonly<Record<string, Watched>> =>
  failures === undefined
    ? {}
    : { [`${name}Lost`]: { metric: failures.metricApproximateNumberOfMessagesVisible({ period }), says } }

const createAlarm = (scope: Construct, name: string, { metric, says }: Watched, told: ITopic | undefined): void => {
  const alarm = new Alarm(scope, `${name}Alarm`, {
    alarmName: `quarterdeck-${name}`,
    alarmDescription: says,
    metric,
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  })
  if (told !== undefined) alarm.addAlarmAction(new SnsAction(told))
}
