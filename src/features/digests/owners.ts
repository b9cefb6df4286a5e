// The people who answer for a digest: it shows what one of them may view.

import { accessOf, isAmong, mayView } from '../../engine/rules/access.ts'
import type { Config, Digest } from '../../engine/rules/config.ts'
import { maySeePlace } from '../../engine/rules/place-access.ts'
import type { RuleInputs } from '../../engine/rules/rule-inputs.ts'
import type { Actor } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Slack } from '../../model/ports/slack.ts'
import type { MaySee } from './scope.ts'

/** Each is looked up in Slack, which allows some 100 calls a minute for all that Quarterdeck does. */
const MOST_OWNERS = 20

/** The owners who are listed under `people` and active in Slack. `facts`: the members of their user groups. */
export const activeOwners = async (
  { owners }: Pick<Digest, 'owners'>,
  config: Config,
  facts: Pick<RuleInputs, 'groups'>,
  slack: Pick<Slack, 'isActive'>,
): Promise<readonly Actor[]> => {
  const people = Object.keys(config.people).filter(user => isAmong(owners, user, config, facts))
  const active: Actor[] = []
  for (const user of people.slice(0, MOST_OWNERS))
    if (await slack.isActive(user).catch(unlessUnknown)) active.push({ team: config.team, user, name: user })
  return active
}

const unlessUnknown = (error: unknown): false => {
  if (error instanceof RemoteError && /^user_not_(?:found|visible)$/.test(error.code)) return false
  throw error
}

/** What one of these people may view. */
export const seenBy = (readers: readonly Actor[], config: Config, facts: RuleInputs): MaySee => ({
  service: ref => readers.some(reader => accessOf(reader, 'viewer', ref, config, facts).kind === 'allowed'),
  place: ({ account, accountId, region }) =>
    readers.some(reader =>
      maySeePlace(reader, { scope: { accountId, region }, name: account, account }, config, facts),
    ),
  request: request => readers.some(reader => mayView(request, reader, config, facts)),
})
