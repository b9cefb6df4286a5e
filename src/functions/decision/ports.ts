// What the decision function needs of the outside.

import type { Schedule, Wake } from '../../model/ports/functions.ts'
import type { Ports } from '../../ports.ts'

export type DecisionPorts = Omit<Ports, 'readers'> & { readonly wake: Wake; readonly schedule: Schedule }
