// Tells the people on call about a request that nobody has answered, before it expires. They get no right to approve it.

import type { Face } from '../../engine/cards/card.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { mayView } from '../../engine/rules/access.ts'
import { loadGroupsAlone } from '../../engine/rules/load-rule-inputs.ts'
import { isSamePerson } from '../../engine/rules/voters.ts'
import { whoIsOnCall } from '../../features/incidents/on-call/who-is-on-call.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { IncidentPorts } from './incidents/ports.ts'

/** To each alone, if they may view all services of the plan; not to the requester, and not to who has voted. */
export const tellResponders = async (
  { plan }: Face,
  message: Rendered,
  { requester, votes }: Approval,
  ports: IncidentPorts,
): Promise<void> => {
  const config = await ports.config()
  const inputs = await loadGroupsAlone(config, ports)
  const { users, problem } = await whoIsOnCall(plan.target, config, inputs, ports)
  if (problem !== undefined) logError('on call', plan.target.arn, new Error(problem))
  const slack = await ports.slack()
  const known = [requester, ...votes.map(({ voter }) => voter)]
  for (const user of users) {
    const actor = { team: config.team, user, name: user }
    if (known.some(one => isSamePerson(one, actor, config)) || !mayView(plan, actor, config, inputs)) continue
    await slack.post(user, message).catch((error: unknown) => logError('on call', user, error))
  }
}
