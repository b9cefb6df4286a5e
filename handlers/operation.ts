// Changes: one durable execution each.
import { asDurable } from '../src/durable-client.ts'
import { createOperationPorts } from '../src/gateways/peers.ts'
import { decodeJob } from '../src/job.ts'
import { operate } from '../src/operation.ts'

const ports = createOperationPorts(process.env)

export const handler = asDurable((event: unknown, ctx) => operate(decodeJob('operation', event), ctx, ports))
