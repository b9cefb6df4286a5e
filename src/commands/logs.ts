// /ecs logs: what a service's containers wrote last, with secrets hidden.

import { askToFollow } from '../features/logs/ask-follow.ts'
import { type LogsState, loadLogs } from '../features/logs/load-logs.ts'
import { fileOfLogs, renderLogs } from '../features/logs/render-logs.ts'
import { query } from './command.ts'

export const logs = query({
  name: 'logs',
  summary: 'Show what a service, a task or a log group wrote, secrets hidden',
  args: { service: { kind: 'logs' } },
  options: {
    since: { kind: 'duration', hint: 'how far back; 15m without it' },
    around: { kind: 'moment', hint: 'five minutes before and after it, in your own time zone' },
    previous: { kind: 'flag', hint: 'the task that stopped last' },
    follow: { kind: 'duration', hint: 'go on with it for so long, in your messages with Quarterdeck; at most 1h' },
    file: { kind: 'flag', hint: 'all that was found, as a file in your messages with Quarterdeck' },
    lines: { kind: 'lines', hint: 'how many at most; 50 without it' },
    filter: { kind: 'text', hint: 'a filter pattern of CloudWatch Logs: words, "a phrase", or { $.level = "error" }' },
    container: { kind: 'container', hint: 'of this container alone' },
    task: { kind: 'task', hint: 'of this task alone: its id, or the beginning of it' },
  },
  examples: [
    'logs orders-api',
    'logs orders-api --since 1h --filter "timed out"',
    'logs orders-api --around 14:05 --container app',
    'logs orders-api --previous',
    'logs /ecs/orders-api',
    'logs orders-api --follow 10m',
  ],
  reads: [
    'ecs:DescribeServices',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecs:DescribeTaskDefinition',
    'logs:FilterLogEvents',
    'logs:StartLiveTail',
  ],
  load: ({ service, ...asked }, read, own) => loadLogs(service, asked, { read, own }),
  render: (state: LogsState) => renderLogs(state),
  file: (state: LogsState, { file }) => (file && state.count > 0 ? fileOfLogs(state) : undefined),
  follow: (asked, read, own) => askToFollow(asked, read, own),
})
