// What each alarm means and what to do. The text is the alarm's description in CloudWatch, and its line in docs/runbook.md.

export type AlarmText = {
  readonly means: string
  /** What the person on call does first. */
  readonly act: string
}

const READ_LOG = 'Read the function’s log for `"level":"error"` at that time.'

export const ALARM_TEXTS = {
  AckSlow: {
    means: 'Ingress answers Slack slowly: people see “operation_timeout” after 3 s.',
    act: 'Compare cold starts and throttles of `quarterdeck-slack`; raise its reserved concurrency if it is at its limit.',
  },
  CardSlow: {
    means: 'Cards appear late: more than 10 s from the start of an operation.',
    act: 'Look in X-Ray at `quarterdeck-operation`: which call of AWS or Slack is slow or throttled?',
  },
  RequestsWaiting: {
    means: 'More than 20 requests wait for approval.',
    act: 'Open App Home for the list. Check that the approver groups still have members: `npm run config -- --check`.',
  },
  ChangesFailed: {
    means: 'Three or more changes failed within an hour.',
    act: 'Read the cards, or `/ecs audit`. If they have one cause, `/ecs halt` until it is found.',
  },
  OperationsStuck: {
    means: 'An operation died or gave no outcome; its card and its requester were told.',
    act: 'Compare the service with the plan on the card, then finish or undo the change by hand.',
  },
  ConfigInvalid: {
    means: 'The published configuration is invalid: the last valid one stays active.',
    act: 'Run `npm run config -- --check`, then publish again (infra/README.md).',
  },
  OtherAlarms: {
    means: 'A function logged an alarm.',
    act: 'Read the functions’ logs for `"level":"alarm"`.',
  },
  SlackErrors: { means: 'Ingress failed: Slack showed an error to the user.', act: READ_LOG },
  SlackThrottles: {
    means: 'Ingress was throttled: many users, or a flood of requests.',
    act: 'Read the access log `/aws/vendedlogs/quarterdeck-api` by address. Votes keep their own capacity.',
  },
  DecisionErrors: { means: 'A vote failed; Lambda retries it.', act: READ_LOG },
  DecisionThrottles: {
    means: 'A vote was throttled; Lambda retries it.',
    act: 'Raise the reserved concurrency of `quarterdeck-decision`.',
  },
  QueryThrottles: {
    means: 'Reads or follows use all of their capacity; changes and votes are not affected.',
    act: 'Ask who follows logs; raise the reserved concurrency of `quarterdeck-query`.',
  },
  OperationErrors: {
    means: 'A change failed with an unexpected error.',
    act: 'Check its card and the function’s log: whether its call was made is in the audit.',
  },
  ScheduleErrors: {
    means: 'A reminder failed, or an operation could not be woken; Lambda retries it.',
    act: READ_LOG,
  },
  ExportErrors: {
    means: 'The audit was not exported; the next hour tries again from the same record.',
    act: 'Read the log of `quarterdeck-export`. The records are safe in the table meanwhile.',
  },
  QueryLost: { means: 'A read was never answered.', act: 'The user can repeat it; read the message in the queue.' },
  DecisionLost: { means: 'A vote was lost.', act: 'Ask the approver to click again.' },
  OperationLost: {
    means: 'A dead operation could not be reported.',
    act: 'Check with `/ecs audit` whether its change was made, and tell its requester.',
  },
  ScheduleLost: {
    means: 'A reminder or watchdog job was lost: its operation is no longer monitored.',
    act: 'Read the operation’s id in the queue, and look at its card.',
  },
  EventsLost: {
    means: 'ECS events were lost: stop reasons of some tasks are unavailable after an hour.',
    act: 'Read the log of `quarterdeck-events`; decisions are not affected.',
  },
  ExportLost: {
    means: 'An export of the audit was lost; the next hour exports the same records.',
    act: 'Read the log of `quarterdeck-export`.',
  },
} as const satisfies Readonly<Record<string, AlarmText>>

export type AlarmName = keyof typeof ALARM_TEXTS

/** The description of an alarm in CloudWatch. */
export const describeAlarm = (name: AlarmName): string => `${ALARM_TEXTS[name].means} ${ALARM_TEXTS[name].act}`
