// Reads for a person, on that person's viewer role.
import { createPorts } from '../src/gateways/peers.ts'
import { decodeJob } from '../src/job.ts'
import { answerQuery } from '../src/query.ts'

const ports = createPorts(process.env)

export const handler = (event: unknown): Promise<void> => answerQuery(decodeJob('query', event), ports)
