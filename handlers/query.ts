// Reads for a person, on that person's viewer role.
import { createReaders } from '../src/gateways/ecs.ts'
import { createPeers } from '../src/gateways/peers.ts'
import { decodeJob } from '../src/job.ts'
import { answerQuery } from '../src/query.ts'

const { config, slack, clientFor } = createPeers(process.env)

export const handler = (event: unknown): Promise<void> =>
  answerQuery(decodeJob('query', event), {
    config,
    slack,
    readers: ({ accounts }, actor) => createReaders(accounts, clientFor(actor, 'query', 'viewer')),
  })
