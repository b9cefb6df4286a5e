// Starts the operation of a gate. The same gate is one operation, however often it is started.

import { gateOperation } from '../../features/deployments/gates/gate.ts'
import type { FoundGate } from '../../features/deployments/gates/gate-events.ts'
import { printTarget } from '../../kit/language/target.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import type { OperationJob } from '../../model/ports/job.ts'

/** Nobody asks: a deployment does. */
const NOBODY = { team: '', user: 'quarterdeck', name: 'Quarterdeck' } as const

export const gateJob = (gate: FoundGate): OperationJob => {
  const { accountId, region, cluster, service } = gate.service
  return {
    kind: 'operation',
    id: gateOperation(gate),
    line: `gate continue ${printTarget({ account: accountId, region, cluster, service })} ${gate.hookId}`,
    actor: NOBODY,
    place: { channel: '' },
    gate: { hookId: gate.hookId, service: gate.service },
  }
}

export const startGate = (gate: FoundGate, start: Dispatch['operation']): Promise<void> =>
  start(gateJob(gate)).catch((error: unknown) => {
    if (!(error instanceof RemoteError && error.code === 'DurableExecutionAlreadyStartedException')) throw error
  })
