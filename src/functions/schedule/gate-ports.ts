// The ports of the looks at gates.

import type { Ports } from '../../commands/ports.ts'
import type { WakePorts } from '../../engine/jobs/wake.ts'
import type { Dispatch } from '../../model/ports/functions.ts'

export type GatePorts = WakePorts & Ports & { readonly startOperation: Dispatch['operation'] }
