// /ecs exec sessions: who is in which container now.
import { query } from '../../command.ts'
import { isRefusal } from '../../errors.ts'
import { type LiveState, loadLive } from '../../exec/live.ts'
import { renderLive } from '../../messages/exec-sessions.ts'

export const execSessions = query({
  name: 'exec sessions',
  summary: 'List who is in which container now, whoever let them in',
  args: {},
  options: { account: { kind: 'name', hint: 'of this account alone' } },
  examples: ['exec sessions', 'exec sessions --account prod'],
  reads: ['ssm:DescribeSessions', 'ecs:DescribeTasks'],
  load: async (asked, read, own) => {
    const state = await loadLive(asked, read, own)
    return isRefusal(state) ? state : { ...state, people: own.config.people }
  },
  render: (state: LiveState & { readonly people: Readonly<Record<string, string>> }) => renderLive(state),
})
