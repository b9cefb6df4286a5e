// The export function: adds new audit records to the bucket with Object Lock, every hour.
import { exportAudit } from '../src/functions/export/export-audit.ts'
import { createAddObject } from '../src/gateways/objects.ts'
import { createParameters } from '../src/gateways/parameters.ts'
import { openStore } from '../src/gateways/store.ts'

const { config } = createParameters(process.env)
const ports = { config, store: openStore(process.env), addObject: createAddObject(process.env) }

export const handler = (): Promise<void> => exportAudit(ports)
