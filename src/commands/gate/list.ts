// /ecs gates: lists the deployments that wait at a gate.

import { loadGates, type OpenGates } from '../../features/deployments/gates/load-gates.ts'
import { renderGates } from '../../features/deployments/gates/render-gates.ts'
import { query } from '../command.ts'

export const gates = query({
  name: 'gates',
  summary: 'List the deployments that wait at a gate, and what happens without an answer',
  args: {},
  options: {},
  examples: ['gates'],
  reads: ['ecs:DescribeServiceDeployments'],
  load: (_values, read, asker) => loadGates(read, asker),
  render: (state: OpenGates) => renderGates(state),
})
