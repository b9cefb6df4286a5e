// Votes: settled in the store, then the operation is woken. A function of its own, so that it always has capacity.
import { decide } from '../src/decision.ts'
import { createWake } from '../src/gateways/dispatch.ts'
import { createPorts } from '../src/gateways/peers.ts'
import { decodeJob } from '../src/job.ts'

const ports = { ...createPorts(process.env), wake: createWake(process.env) }

export const handler = (event: unknown): Promise<void> => decide(decodeJob('decision', event), ports)
