// Lists the channels in which `--share` is refused today, because others than own people may be members.
import type { SlackName } from '../../src/engine/rules/config-names.ts'
import type { Audience } from '../../src/model/ports/slack.ts'
import type { SlackDirectory } from '../../src/model/ports/slack-directory.ts'
import type { Finding, Progress } from './finding.ts'

/** `where`: the start of a finding; `name`: of the channel. */
export type ChannelName = SlackName & { readonly where: string; readonly name: string }

const REASONS: Readonly<Record<Exclude<Audience, 'own people'>, string>> = {
  'another company': 'is shared with another company, or such a connection is pending',
  guests: 'has guests as members',
  'too many to tell': 'has too many members to check for guests',
  unknown: 'has members of whom Slack does not say that they belong to your company',
  'not a channel': 'is no longer a channel that the bot is a member of',
}

const BARE_DIGEST = 'its digest shows one line without details there'

/** `named`: channels of the configuration that the bot is a member of. Its other channels are added. */
export const checkAudiences = async (
  named: readonly ChannelName[],
  slack: SlackDirectory,
  progress: Progress,
): Promise<readonly Finding[]> => {
  const names = new Map((await slack.ownChannels()).map(({ id, name }) => [id, name]))
  for (const { id, name } of named) names.set(id, name)
  const findings: Finding[] = []
  let at = 0
  for (const [id, name] of names) {
    at += 1
    progress(`Reading the members of #${name} (${at} of ${names.size})`)
    const audience = await slack.audience(id)
    if (audience !== 'own people') findings.push(...findingsOf({ id, name }, audience, named))
  }
  return findings
}

/**
 * Cards are posted to a channel that the configuration names: people of other companies who read them are a problem.
 * A channel under `sharing.trusted` is listed, because somebody decided so.
 */
const findingsOf = (
  { id, name }: { readonly id: string; readonly name: string },
  audience: Exclude<Audience, 'own people'>,
  named: readonly ChannelName[],
): readonly Finding[] => {
  const reason = `#${name} ${REASONS[audience]}`
  const mentions = named.filter(mention => mention.id === id)
  const isTrusted = mentions.some(({ path }) => path.startsWith('sharing.trusted'))
  if (mentions.length === 0) return [{ kind: 'notice', text: `${id}: ${reason}: \`--share\` is refused there` }]
  const isProblem = !isTrusted && audience !== 'too many to tell'
  const consequence = isTrusted ? '`sharing.trusted` allows `--share` there' : '`--share` is refused there'
  return mentions.map(({ where, path }) => ({
    kind: isProblem ? 'problem' : 'notice',
    text: `${where}: ${reason}: ${!isTrusted && path.startsWith('digests.') ? BARE_DIGEST : consequence}`,
  }))
}
