// /ecs logs: shows a service's or log group's newest lines, with secrets hidden.

import { askToFollow } from '../features/logs/ask-follow.ts'
import { loadLogs } from '../features/logs/load-logs.ts'
import type { LogsState } from '../features/logs/logs-request.ts'
import { fileOfLogs, renderLogs } from '../features/logs/render-logs.ts'
import { query } from './command.ts'

export const logs = query({
  name: 'logs',
  summary: 'Show logs of a service, a task or a log group, secrets hidden',
  args: { service: { kind: 'logs' } },
  options: {
    since: { kind: 'since', hint: 'how far back, or from which time: 90s, 1h30m, 14:05; default 15m' },
    around: { kind: 'instant', hint: 'a time in your time zone: five minutes before and after it' },
    previous: { kind: 'flag', hint: 'the task that failed last, else the one that stopped last' },
    follow: {
      kind: 'duration',
      alone: '10m',
      hint: 'follow new lines for this long, in a direct message; default 10m, at most 1h',
    },
    file: { kind: 'flag', hint: 'all lines found, as a file in a direct message' },
    lines: { kind: 'lines', hint: 'maximum number of lines; default 50' },
    filter: {
      kind: 'text',
      hint: 'words that must all occur, ?any ?of ?these, -without, or { $.level = "error" } for JSON',
    },
    container: { kind: 'container', hint: 'only this container' },
    task: { kind: 'task', hint: 'only this task: its id, or the beginning of it' },
  },
  examples: [
    'logs orders-api',
    'logs orders-api --since 1h --filter "timed out"',
    'logs orders-api --around 14:05 --container app',
    'logs orders-api --previous',
    'logs /ecs/orders-api',
    'logs log-group:orders-api --since 14:05',
    'logs orders-api --follow 10m',
  ],
  reads: [
    'ecs:DescribeServices',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecs:DescribeTaskDefinition',
    'ecs:DescribeClusters',
    'logs:FilterLogEvents',
    'logs:StartLiveTail',
  ],
  load: ({ service, ...asked }, read, asker) => loadLogs(service, asked, { read, asker }),
  render: (state: LogsState) => renderLogs(state),
  hasPictures: true,
  file: (state: LogsState, { file }) => (file && state.count > 0 ? fileOfLogs(state) : undefined),
  follow: (asked, read, asker) => askToFollow(asked, read, asker),
})
