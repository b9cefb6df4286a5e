// Finds a named log group in the accounts and regions that the asker may view.

import type { Asker } from '../../engine/rules/asker.ts'
import { maySeeAccount, noSuchAccount, seenAccounts } from '../../engine/rules/place-access.ts'
import type { GroupRef, GroupTarget } from '../../kit/language/log-target.ts'
import type { Account } from '../../model/account.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { LogAnswer, LogQuery, SessionLines } from './log-types.ts'
import type { LogReads, SessionGroupReads } from './reads.ts'
import { keepsSessions, refuseSessionGroup, sessionLinesOf } from './session-lines.ts'

/** The maximum number of account and region pairs that are searched. */
const MOST_PLACES = 24

export type FoundGroup = {
  readonly ref: GroupRef
  readonly answer: LogAnswer
  readonly sessions: SessionLines
  /** Accounts that could not be searched. */
  readonly notes: readonly string[]
}

type With = {
  readonly read: Pick<LogReads, 'logLines' | 'sessionGroups'> & SessionGroupReads
  readonly asker: Asker
  readonly query: Omit<LogQuery, 'group' | 'region' | 'streams' | 'sessions'>
  readonly isShared: boolean
  /** Canonical text of the same request for one group. */
  readonly invocationFor: (group: GroupTarget) => string
}

/** `sessions only`: a cluster keeps its transcripts there, which the asker may not read. */
type Asked = {
  readonly ref: GroupRef
  readonly sessions: SessionLines
  readonly answer: LogAnswer | { readonly kind: 'sessions only' } | RemoteError
}

export const findGroup = async (target: GroupTarget, search: With): Promise<FoundGroup | Refusal> => {
  if (isOwn(target.group))
    return refuse(
      'These are Quarterdeck’s own logs, which have the audit of all accounts.',
      '`/ecs audit` shows what you may see.',
    )
  const places = placesOf(target, search.asker)
  if ('kind' in places) return places
  const results = await Promise.all(places.map(ref => ask(ref, search)))
  const failed = results.flatMap(({ ref, answer }) => (answer instanceof RemoteError ? [{ ref, answer }] : []))
  const existing = results.filter(({ answer }) => !(answer instanceof RemoteError) && answer.kind !== 'no group')
  const [first, second] = existing
  if (second !== undefined)
    return whichOne(
      target.group,
      existing.map(({ ref }) => ref),
      search.invocationFor,
    )
  const notes = failed.map(({ ref, answer }) => `${ref.account} in ${ref.region}: ${answer.message}.`)
  if (first !== undefined) return foundIn(first, notes)
  const [failure] = failed
  if (failure !== undefined && failed.length === results.length) throw failure.answer
  const where = [...new Set(places.map(({ account }) => account))].join(', ')
  return refuse(
    `There is no log group *${target.group}* in ${where}.${notes.length === 0 ? '' : ` ${notes.join(' ')}`}`,
  )
}

/** The log groups of the hub's functions. The viewer role may not read them either. */
const isOwn = (group: string): boolean => group.startsWith('/aws/lambda/quarterdeck-')

const foundIn = ({ ref, sessions, answer }: Asked, notes: readonly string[]): FoundGroup | Refusal => {
  if (answer instanceof RemoteError) throw answer
  return answer.kind === 'sessions only' ? refuseSessionGroup(ref) : { ref, sessions, answer, notes }
}

const placesOf = (
  { account, region, group }: GroupTarget,
  { who, config, facts }: Asker,
): readonly GroupRef[] | Refusal => {
  const seen = seenAccounts(who.actor, config, facts)
  const named = seen.filter(({ name, id }) => [undefined, name, id].includes(account))
  if (named.length === 0 && account !== undefined) return noSuchAccount(account, seen)
  const visible = named.filter(one => maySeeAccount(who.actor, one, config, facts))
  if (visible.length === 0)
    return refuse(
      `A log group needs access to a whole account; no rule gives ${who.actor.name} all of ${named.map(({ name }) => name).join(' or ') || 'one'}.`,
      '`/ecs whoami` shows your roles.',
    )
  const places = visible.flatMap(one => regionsOf(one, region).map(name => ({ ...refOf(one), region: name, group })))
  return places.length > 0
    ? places.slice(0, MOST_PLACES)
    : refuse(`*${region}* is not a configured region of ${account}.`)
}

const refOf = ({ name, id }: Account) => ({ account: name, accountId: id })
const regionsOf = ({ regions }: Account, region: string | undefined) =>
  regions.filter(one => region === undefined || one === region)

const ask = async (ref: GroupRef, { read, asker, query, isShared }: With): Promise<Asked> => {
  const sessions = sessionLinesOf(asker, ref.accountId, isShared)
  const { group, region, accountId } = ref
  const answered = async () =>
    sessions === 'left out' && (await keepsSessions(ref, read))
      ? ({ kind: 'sessions only' } as const)
      : read.logLines({ accountId, service: group }, { ...query, group, region, streams: [], sessions })
  return { ref, sessions, answer: await answered().catch(remoteErrorOnly) }
}

const remoteErrorOnly = (error: unknown): RemoteError => {
  if (error instanceof RemoteError) return error
  throw error
}

const whichOne = (group: string, refs: readonly GroupRef[], invocationFor: With['invocationFor']): Refusal =>
  refuse(
    `${refs.length} log groups are named *${group}*.`,
    'Which one?',
    refs.slice(0, 5).map(({ account, region }) => ({
      label: `${account}.${region}`,
      invocation: invocationFor({ account, region, group }),
    })),
  )
