// /ecs gate continue: lets a deployment that waits at a gate go on. Gates ask by themselves; the line asks again.

import { type GateState, loadGate } from '../../features/deployments/gates/load-gate.ts'
import { mutation } from '../command.ts'
import { applied, GATE_READS, settled } from './answer.ts'
import { planContinue } from './plan.ts'

export const continueGate = mutation({
  name: 'gate continue',
  summary: 'Let a deployment that waits at a gate go on',
  args: { service: { kind: 'service' }, hook: { kind: 'hook' } },
  options: {},
  examples: ['gate continue orders-api ecs-pause-e7tK9G_WRJqNF'],
  reads: GATE_READS,
  writes: ['ecs:ContinueServiceDeployment'],
  role: 'gate',
  load: ({ service, hook }, read, asker) => loadGate(service, hook, read, asker),
  plan: (_, state: GateState) => planContinue(state),
  applied,
  settled,
})
