// Reads for a person, on that person's viewer role.
import { createPorts } from '../src/gateways/peers.ts'
import { showHome } from '../src/home.ts'
import { decodeJob, kindOf } from '../src/job.ts'
import { answerQuery } from '../src/query.ts'

const ports = createPorts(process.env)

export const handler = (event: unknown): Promise<void> =>
  kindOf(event) === 'home' ? showHome(decodeJob('home', event), ports) : answerQuery(decodeJob('query', event), ports)
