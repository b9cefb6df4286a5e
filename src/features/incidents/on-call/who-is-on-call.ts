// Finds who is on call for a service: from a schedule in the configuration, a Slack user group, or PagerDuty. Being on
// call gives no additional rights.

import { accessOf, fits } from '../../../engine/rules/access.ts'
import { type Config, isGroup, type OnCallSource } from '../../../engine/rules/config.ts'
import type { RuleInputs } from '../../../engine/rules/rule-inputs.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { AskOnCall } from '../../../model/ports/on-call.ts'
import type { Slack } from '../../../model/ports/slack.ts'

/**
 * The people on call. `users`: the Slack ids of those who are listed in the configuration and may view the service.
 * `problem`: why the on-call source could not be used; `users` then comes from the configuration's `onCall`. `left`:
 * people who are on call, but are not listed or may not view the service.
 */
export type OnCallNow = {
  readonly users: readonly string[]
  readonly source: string
  readonly problem?: string
  readonly left: readonly string[]
}

export type OnCallPorts = {
  readonly pagerDuty: AskOnCall
  readonly slack: () => Promise<Pick<Slack, 'userByEmail'>>
}

/**
 * Finds the people on call for a service. Uses the first on-call source whose scope includes the service; without such
 * a source, the configuration's `onCall`.
 */
export const whoIsOnCall = async (
  ref: ServiceRef,
  config: Config,
  inputs: RuleInputs,
  ports: OnCallPorts,
): Promise<OnCallNow> => {
  const source = config.incidents.onCall.find(one => fits(one, ref, config))
  const usual = membersOf(config.onCall, inputs)
  if (source === undefined) return responders(usual, 'the configuration', ref, config, inputs)
  try {
    const { users, words, unknown } = await askSource(source, inputs, ports)
    if (users.length + unknown.length === 0) return instead(`${words} has nobody on call now`)
    const found = responders(users, words, ref, config, inputs)
    return { ...found, left: [...found.left, ...unknown] }
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    return instead(plainName(error.message, 200))
  }

  function instead(problem: string): OnCallNow {
    return { ...responders(usual, 'the configuration', ref, config, inputs), problem }
  }
}

/**
 * Divides people into those who may respond and those who may not. A user group may have members who are not listed in
 * the configuration, such as guests.
 */
const responders = (
  users: readonly string[],
  source: string,
  ref: ServiceRef,
  config: Config,
  inputs: RuleInputs,
): OnCallNow => {
  const known = [...new Set(users)]
  const isResponder = (user: string): boolean =>
    Object.hasOwn(config.people, user) &&
    accessOf({ team: config.team, user, name: user }, 'viewer', ref, config, inputs).kind === 'allowed'
  return { users: known.filter(isResponder), left: known.filter(user => !isResponder(user)), source }
}

const membersOf = (who: readonly string[], { groups }: RuleInputs): readonly string[] =>
  who.flatMap(one => (isGroup(one) ? (groups[one] ?? []) : [one]))

type Found = { readonly users: readonly string[]; readonly words: string; readonly unknown: readonly string[] }

const askSource = async (source: OnCallSource, inputs: RuleInputs, ports: OnCallPorts): Promise<Found> => {
  switch (source.kind) {
    case 'group': {
      const members = inputs.groups[source.group]
      if (members === undefined)
        throw new RemoteError(`Slack has no user group ${source.group}`, { code: 'NoGroup', passing: false })
      return { users: members, words: `the user group ${source.group}`, unknown: [] }
    }
    case 'schedule': {
      const user = onShift(source, inputs.now)
      return { users: user === undefined ? [] : [user], words: 'the schedule of the configuration', unknown: [] }
    }
    case 'pagerduty': {
      const people = await ports.pagerDuty(source)
      const slack = await ports.slack()
      const found = await Promise.all(
        people.map(async ({ name, email }) => ({ name, user: await slack.userByEmail(email) })),
      )
      return {
        users: found.flatMap(({ user }) => user ?? []),
        words: 'PagerDuty',
        unknown: found.flatMap(({ name, user }) => (user === undefined ? [plainName(name, 60)] : [])),
      }
    }
  }
}

/**
 * The Slack id of the person whose shift it is at `now` (ISO 8601); undefined before the first shift. After the last
 * person's shift, the first person's shift begins again.
 */
export const onShift = (
  { from, shiftMinutes, who }: Extract<OnCallSource, { kind: 'schedule' }>,
  now: string,
): string | undefined => {
  const nth = Math.floor((Date.parse(now) - Date.parse(from)) / (shiftMinutes * 60_000))
  return nth < 0 ? undefined : who[nth % who.length]
}
