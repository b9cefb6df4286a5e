// Decides who may read the transcripts of sessions in containers. ECS writes the transcript of a session to a log
// stream named after the session's id. The stream is in the log group of the container, or in the log group that the
// cluster's configuration names. Source: ECS developer guide, ECS Exec, logging.

import { identify } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import type { Config } from '../../engine/rules/config.ts'
import { rolesIn } from '../../engine/rules/place-access.ts'
import type { RuleInputs } from '../../engine/rules/rule-inputs.ts'
import type { GroupRef } from '../../kit/language/log-target.ts'
import type { Actor } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { SessionLines } from './log-types.ts'
import type { LogReads, SessionGroupReads } from './reads.ts'

/**
 * Whether a stream may contain the transcript of a session. The name of such a stream does not name the
 * service of the session. A stream without a name may contain a transcript.
 */
export const isSessionStream = (stream: string): boolean => stream === '' || /ecs-execute-command-/i.test(stream)

/**
 * Whether the answer includes transcripts. The id of a session does not name its service, so the asker needs the role
 * `exec` for every service of the account. Transcripts are left out of an answer that other people also read.
 * `isPrivate`: whether only the asker reads the answer.
 */
export const sessionLinesFor = (
  actor: Actor,
  accountId: string,
  isPrivate: boolean,
  config: Config,
  inputs: RuleInputs,
): SessionLines => {
  const account = config.accounts.find(({ id }) => id === accountId)
  if (!isPrivate || account === undefined || typeof identify(actor, config) !== 'string') return 'left out'
  const rules = rolesIn(actor, account, config, inputs)
  const isAllowed = rules.some(({ role, isDenied, targets }) => role === 'exec' && !isDenied && targets === undefined)
  return isAllowed && !rules.some(({ isDenied }) => isDenied) ? 'shown' : 'left out'
}

export const sessionLinesOf = (
  { who, config, facts }: Pick<Asker, 'who' | 'config' | 'facts'>,
  accountId: string,
  isShared = false,
): SessionLines => sessionLinesFor(who.actor, accountId, !isShared, config, facts)

/**
 * The note that transcripts are left out. It is shown even if there are none, because otherwise the note would reveal
 * whether a filter matches a transcript.
 */
export const SESSIONS_LEFT_OUT =
  'Lines of sessions in containers are left out. In direct messages, the role exec for all services of the account shows them.'

/** The notes about transcripts for a read of these streams. An empty list of streams means all streams. */
export const sessionNotes = (sessions: SessionLines, streams: readonly string[]): readonly string[] =>
  sessions === 'left out' && (streams.length === 0 || streams.some(isSessionStream)) ? [SESSIONS_LEFT_OUT] : []

/** Whether a cluster writes the transcripts of its sessions to this log group. */
export const keepsSessions = async (
  { account, accountId, region, group }: GroupRef,
  read: Pick<LogReads, 'sessionGroups'> & SessionGroupReads,
): Promise<boolean> => {
  const { refs } = await read.index()
  const here = refs.filter(ref => ref.accountId === accountId && ref.region === region)
  const clusters = [...new Set(here.map(({ cluster }) => cluster))]
  return (await read.sessionGroups({ account, accountId, region }, clusters)).includes(group)
}

export const refuseSessionGroup = ({ group, account }: GroupRef): Refusal =>
  refuse(
    `*${group}* is where a cluster logs sessions in containers. In direct messages, the role \`exec\` for all services of ${account} shows it.`,
    '`/ecs whoami` lists your roles.',
  )
