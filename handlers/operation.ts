// Changes: one durable execution each.
import { withDurableExecution } from '@aws/durable-execution-sdk-js'
import { createOperationPorts } from '../src/gateways/peers.ts'
import { decodeJob } from '../src/job.ts'
import { operate } from '../src/operation.ts'

const ports = createOperationPorts(process.env)

export const handler = withDurableExecution((event: unknown, ctx) => operate(decodeJob('operation', event), ctx, ports))
