// /ecs logs: what a service's containers wrote last, with secrets hidden.
import { query } from '../command.ts'
import { type LogsState, loadLogs } from '../log-reading.ts'
import { renderLogs } from '../messages/logs.ts'

export const logs = query({
  name: 'logs',
  summary: 'Show what a service wrote last, secrets hidden',
  args: { service: { kind: 'service' } },
  options: {
    since: { kind: 'duration', hint: 'how far back; 15m without it' },
    lines: { kind: 'lines', hint: 'how many at most; 50 without it' },
    filter: { kind: 'text', hint: 'a filter pattern of CloudWatch Logs: words, "a phrase", or { $.level = "error" }' },
    container: { kind: 'container', hint: 'of this container alone' },
    task: { kind: 'task', hint: 'of this task alone: its id, or the beginning of it' },
  },
  examples: ['logs orders-api', 'logs orders-api --since 1h --filter "timed out"', 'logs orders-api --container app'],
  reads: ['ecs:ListTasks', 'ecs:DescribeTasks', 'ecs:DescribeTaskDefinition', 'logs:FilterLogEvents'],
  load: ({ service, ...asked }, read, { facts, config: { redaction } }) =>
    loadLogs(service, asked, {
      read,
      now: Date.parse(facts.now),
      hide: { emails: redaction.emails, own: redaction.patterns.map(pattern => new RegExp(pattern, 'g')) },
    }),
  render: (state: LogsState) => renderLogs(state),
})
