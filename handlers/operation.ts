// The operation function: runs one durable execution for each change, and the canary, which tests durable executions.
import { setTimeout as sleep } from 'node:timers/promises'
import { runCanary } from '../src/functions/canary/canary.ts'
import { durableHandler } from '../src/functions/operation/durable-client.ts'
import { operate } from '../src/functions/operation/operation.ts'
import { createOperationPorts } from '../src/gateways/ports.ts'
import { decodeJob, isCanary } from '../src/model/ports/job.ts'

const ports = createOperationPorts(process.env)

export const handler = durableHandler(async (event: unknown, ctx, { sendSpentToken }): Promise<unknown> => {
  if (isCanary(event)) return runCanary(event, ctx, { ...ports, sleep, die: () => process.exit(1), sendSpentToken })
  return operate(decodeJob('operation', event), ctx, ports)
})
