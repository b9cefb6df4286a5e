// /ecs exec sessions: lists open sessions in containers.

import { loadSessions, type OpenSessions } from '../../features/exec/open-sessions.ts'
import { renderSessions } from '../../features/exec/render-sessions.ts'
import { query } from '../command.ts'

export const execSessions = query({
  name: 'exec sessions',
  summary: 'List open container sessions, including those started outside Quarterdeck',
  args: {},
  options: { account: { kind: 'name', hint: 'only this account' } },
  examples: ['exec sessions', 'exec sessions --account prod'],
  reads: ['ssm:DescribeSessions', 'ecs:DescribeTasks'],
  load: (asked, read, asker) => loadSessions(asked, read, asker),
  render: (state: OpenSessions) => renderSessions(state),
})
