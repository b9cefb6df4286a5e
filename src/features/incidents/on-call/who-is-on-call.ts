// Finds who is on call for a service: by a schedule of the configuration, a Slack user group, or PagerDuty. Nobody gets a
// right from it.

import { accessOf, fits } from '../../../engine/rules/access.ts'
import { type Config, isGroup, type OnCallSource } from '../../../engine/rules/config.ts'
import type { RuleInputs } from '../../../engine/rules/rule-inputs.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { AskOnCall } from '../../../model/ports/on-call.ts'
import type { Slack } from '../../../model/ports/slack.ts'

/**
 * `users`: Slack ids of people who are listed and may view the service. `problem`: why the schedule could not be read; then the
 * users are those of the configuration's `onCall`. `left`: people who are on call, but may not view the service or are not listed.
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

/** The first source whose scope has the service decides; without one, the configuration's `onCall`. */
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

/** A user group may have members who are not listed, such as guests. */
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

/** Whose shift it is; undefined before the first. Shifts follow each other, and begin again after the last person. */
export const onShift = (
  { from, shiftMinutes, who }: Extract<OnCallSource, { kind: 'schedule' }>,
  now: string,
): string | undefined => {
  const nth = Math.floor((Date.parse(now) - Date.parse(from)) / (shiftMinutes * 60_000))
  return nth < 0 ? undefined : who[nth % who.length]
}
