// Finds who is on call, and invites them, who opened the incident, and the owners of the service into a channel of its own.

import { accessOf, fits } from '../../../engine/rules/access.ts'
import { type Config, isGroup } from '../../../engine/rules/config.ts'
import { loadGroupsAlone } from '../../../engine/rules/load-rule-inputs.ts'
import type { RuleInputs } from '../../../engine/rules/rule-inputs.ts'
import type { Incident } from '../../../features/incidents/incident/incident.ts'
import { type OnCallNow, whoIsOnCall } from '../../../features/incidents/on-call/who-is-on-call.ts'
import { RemoteError } from '../../../model/errors.ts'
import { addNote, type Looking, save } from './ports.ts'

export const gatherPeople = async (incident: Incident, looking: Looking): Promise<Incident> => {
  const { channel, isInvited } = incident
  if (isInvited === true || channel === undefined) return incident
  const { config, slack, ports } = looking
  const inputs = await loadGroupsAlone(config, ports)
  const onCall = await whoIsOnCall(incident.ref, config, inputs, ports)
  const users = [...new Set([...owners(incident, config, inputs), ...onCall.users])]
  const left = channel.isOwn
    ? await slack.invite(channel.id, users).catch((error: unknown) => {
        if (!(error instanceof RemoteError) || error.passing) throw error
        return users
      })
    : []
  let stored = await save(
    incident,
    { isInvited: true, onCall: onCall.users, isOnCallKnown: onCall.problem === undefined },
    looking,
  )
  for (const note of notesOf(onCall, left)) stored = await addNote(stored, note, looking)
  return stored
}

const MOST_NAMED = 10

const notesOf = ({ problem, left: strangers, source }: OnCallNow, left: readonly string[]): readonly string[] => [
  ...(problem === undefined
    ? []
    : [`Who is on call is not known: ${problem}. The people on call of the configuration are told instead.`]),
  ...(strangers.length === 0
    ? []
    : [
        `On call by ${source}, but not invited: ${named(strangers)}. They are not listed, or may not view the service.`,
      ]),
  ...(left.length === 0 ? [] : [`Slack did not add ${named(left)}. Invite them by hand.`]),
]

const named = (all: readonly string[]): string =>
  `${all.slice(0, MOST_NAMED).join(', ')}${all.length > MOST_NAMED ? ` and ${all.length - MOST_NAMED} more` : ''}`

/** Who opened it, and the owners who may view the service: a user group may have members who may not, such as guests. */
const owners = ({ by, ref }: Incident, config: Config, inputs: RuleInputs): readonly string[] =>
  [by.user, ...config.incidents.owners.flatMap(rule => (fits(rule, ref, config) ? rule.who : []))]
    .flatMap(one => (isGroup(one) ? (inputs.groups[one] ?? []) : [one]))
    .filter(
      user =>
        Object.hasOwn(config.people, user) &&
        accessOf({ team: config.team, user, name: user }, 'viewer', ref, config, inputs).kind === 'allowed',
    )
