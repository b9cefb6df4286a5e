// Changes: one durable execution each.
import { withDurableExecution } from '@aws/durable-execution-sdk-js'
import { accountOf } from '../src/config.ts'
import { createReaders, createWriter } from '../src/gateways/ecs.ts'
import { createPeers } from '../src/gateways/peers.ts'
import { decodeJob } from '../src/job.ts'
import { type OperationPorts, operate } from '../src/operation.ts'

const { config, slack, store, clientFor } = createPeers(process.env)

const ports: OperationPorts = {
  config,
  slack,
  store,
  readers: ({ accounts }, actor, operation) => createReaders(accounts, clientFor(actor, operation, 'viewer')),
  writer: async ({ accounts }, { target }, actor, operation) =>
    createWriter(await clientFor(actor, operation, 'operator')(accountOf(accounts, target), target.region)),
  now: () => new Date().toISOString(),
}

export const handler = withDurableExecution((event: unknown, ctx) => operate(decodeJob('operation', event), ctx, ports))
