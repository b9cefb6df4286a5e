// The ports of the operation function.

import type { Ports } from '../../commands/ports.ts'
import type { ExecGate, Mandate, Writer } from '../../engine/change/ports.ts'
import type { Config } from '../../engine/rules/config.ts'
import type { Dispatch, Schedule } from '../../model/ports/functions.ts'

export type OperationPorts = Ports & {
  readonly writer: (config: Config, mandate: Mandate) => Promise<Writer>
  readonly exec: (config: Config, mandate: Mandate) => Promise<ExecGate>
  readonly schedule: Schedule
  /** Starts the execution of one service of a change set. */
  readonly startOperation: Dispatch['operation']
}
