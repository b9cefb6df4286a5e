// Invites who opened the incident, the people on call, and the owners of the service, into a channel of its own.

import { accessOf, fits } from '../../../engine/rules/access.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { isGroup } from '../../../engine/rules/config.ts'
import { loadGroupsAlone } from '../../../engine/rules/load-rule-inputs.ts'
import type { RuleInputs } from '../../../engine/rules/rule-inputs.ts'
import type { Incident } from '../../../features/incidents/incident/incident.ts'
import { RemoteError } from '../../../model/errors.ts'
import { addNote, type Looking, save } from './ports.ts'

export const gatherPeople = async (incident: Incident, looking: Looking): Promise<Incident> => {
  const { channel, isInvited } = incident
  if (isInvited === true || channel === undefined || !channel.isOwn) return incident
  const { config, slack, ports } = looking
  const inputs = await loadGroupsAlone(config, ports)
  const users = invited(incident, config, inputs)
  const left = await slack.invite(channel.id, users).catch((error: unknown) => {
    if (!(error instanceof RemoteError) || error.passing) throw error
    return users
  })
  const stored = await save(incident, { isInvited: true }, looking)
  if (left.length === 0) return stored
  return addNote(stored, `Slack did not add ${left.slice(0, 10).join(', ')}. Invite them by hand.`, looking)
}

/** The people who may view the service: a user group may have members who may not, such as guests. */
const invited = ({ by, ref }: Incident, config: Config, inputs: RuleInputs): readonly string[] => {
  const owners = config.incidents.owners.flatMap(rule => (fits(rule, ref, config) ? rule.who : []))
  const named = [by.user, ...config.onCall, ...owners].flatMap(one =>
    isGroup(one) ? (inputs.groups[one] ?? []) : [one],
  )
  return [...new Set(named)].filter(
    user =>
      Object.hasOwn(config.people, user) &&
      accessOf({ team: config.team, user, name: user }, 'viewer', ref, config, inputs).kind === 'allowed',
  )
}
