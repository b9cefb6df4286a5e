// /ecs gate rollback: rolls a deployment that waits at a gate back. One operator is enough.

import { type GateState, loadGate } from '../../features/deployments/gates/load-gate.ts'
import { mutation } from '../command.ts'
import { applied, GATE_READS, settled } from './answer.ts'
import { planRollback } from './plan.ts'

export const rollbackGate = mutation({
  name: 'gate rollback',
  summary: 'Roll back a deployment that waits at a gate; needs no approval',
  args: { service: { kind: 'service' }, hook: { kind: 'hook' } },
  options: {},
  examples: ['gate rollback orders-api ecs-pause-e7tK9G_WRJqNF'],
  reads: GATE_READS,
  writes: ['ecs:ContinueServiceDeployment'],
  role: 'gate',
  load: ({ service, hook }, read, asker) => loadGate(service, hook, read, asker),
  plan: (_, state: GateState) => planRollback(state),
  applied,
  settled,
})
