// /ecs exec terminate: terminates one session in a container.

import { loadTermination, planTermination, type Termination } from '../../features/exec/open-sessions.ts'
import { mutation } from '../command.ts'

export const terminateExec = mutation({
  name: 'exec terminate',
  summary: 'Terminate a container session',
  args: { service: { kind: 'service' }, session: { kind: 'session' } },
  options: {},
  examples: ['exec terminate orders-api ecs-execute-command-0f1a2b3c4d5e6f7a8'],
  reads: ['ssm:DescribeSessions', 'ecs:DescribeTasks'],
  writes: [],
  load: ({ service, session }, read, asker) => loadTermination(service, session, read, asker),
  plan: (_, state: Termination) => planTermination(state),
})
