// The ports of the decision function.

import type { Ports } from '../../commands/ports.ts'
import type { LookAtIncident, Schedule, Wake } from '../../model/ports/functions.ts'

export type DecisionPorts = Omit<Ports, 'readers'> & {
  readonly wake: Wake
  readonly schedule: Schedule
  readonly lookAtIncident: LookAtIncident
}
