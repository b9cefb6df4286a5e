// Handles a click on Stop for a log follow or a command: stores a flag, which the running invocation polls every
// second.

import type { Ports } from '../../commands/ports.ts'
import { accessOf, identify } from '../../engine/rules/access.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { isSamePerson } from '../../engine/rules/voters.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { DecisionJob } from '../../model/ports/job.ts'
import type { Follow } from '../follow/follow.ts'
import { followKey, stopKey } from '../follow/records.ts'
import { stopCommand } from './stop-command.ts'

const KEPT_SECONDS = 86_400

/** Stops a log follow. The requester and everyone who may view the service may do so. */
export const stopFollow = async (job: DecisionJob, ports: Omit<Ports, 'readers'>): Promise<Refusal | undefined> => {
  const { operation, actor } = job
  const follow = (await ports.store.get<Follow>(followKey(operation)))?.value
  if (follow === undefined) return stopCommand(job, ports)
  if (follow.end !== undefined) return refuse('This has already ended.')
  const config = await ports.config()
  const corporateId = identify(actor, config)
  if (isRefusal(corporateId)) return corporateId
  if (!isSamePerson(actor, follow.actor, config)) {
    const { of } = follow
    if (!('service' in of)) return refuse(`Only ${follow.actor.name} can stop this follow.`)
    const seen = accessOf(actor, 'viewer', of, config, await loadRuleInputs(config, ports))
    if (seen.kind === 'refusal') return seen
  }
  const until = Math.floor(Date.parse(ports.now()) / 1_000) + KEPT_SECONDS
  await ports.store.create(stopKey(operation), { by: actor, at: ports.now() }, until)
  return undefined
}
