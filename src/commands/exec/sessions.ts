// /ecs exec sessions: who is in which container now.

import { type LiveState, loadLive } from '../../features/exec/open-sessions.ts'
import { renderLive } from '../../features/exec/render-sessions.ts'
import { query } from '../command.ts'

export const execSessions = query({
  name: 'exec sessions',
  summary: 'List who is in which container now, whoever let them in',
  args: {},
  options: { account: { kind: 'name', hint: 'of this account alone' } },
  examples: ['exec sessions', 'exec sessions --account prod'],
  reads: ['ssm:DescribeSessions', 'ecs:DescribeTasks'],
  load: (asked, read, own) => loadLive(asked, read, own),
  render: (state: LiveState) => renderLive(state),
})
