// A log group as it is named, without a service: where it is, as far as the asker may see.

import type { Asker } from '../../engine/rules/asker.ts'
import { maySeeAccount } from '../../engine/rules/place-access.ts'
import type { GroupRef, GroupTarget } from '../../kit/language/log-target.ts'
import type { Account } from '../../model/account.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { LogAnswer, LogQuery } from './log-types.ts'
import type { LogReads } from './reads.ts'

/** Accounts and regions that are asked at once, at most. */
const MOST_PLACES = 24

export type FoundGroup = {
  readonly ref: GroupRef
  readonly answer: LogAnswer
  /** Accounts that did not answer. */
  readonly notes: readonly string[]
}

type With = {
  readonly read: Pick<LogReads, 'logLines'>
  readonly own: Asker
  readonly query: Omit<LogQuery, 'group' | 'region' | 'streams'>
  /** The canonical text of the same question about one group. */
  readonly meaning: (group: GroupTarget) => string
}

export const findGroup = async (target: GroupTarget, found: With): Promise<FoundGroup | Refusal> => {
  const places = placesOf(target, found.own)
  if ('kind' in places) return places
  const asked = await Promise.all(places.map(async ref => ({ ref, answer: await ask(ref, found).catch(asSilence) })))
  const silent = asked.filter(({ answer }) => answer instanceof RemoteError)
  const there = asked.filter(({ answer }) => !(answer instanceof RemoteError) && answer.kind !== 'no group')
  const [first, second] = there
  if (second !== undefined)
    return whichOne(
      target.group,
      there.map(({ ref }) => ref),
      found.meaning,
    )
  const notes = silent.map(({ ref, answer }) => `${ref.account} in ${ref.region}: ${(answer as RemoteError).message}.`)
  if (first !== undefined) return { ref: first.ref, answer: first.answer as LogAnswer, notes }
  const [failure] = silent
  if (failure !== undefined && silent.length === asked.length) throw failure.answer
  const where = [...new Set(places.map(({ account }) => account))].join(', ')
  return refuse(
    `There is no log group *${target.group}* in ${where}.${notes.length === 0 ? '' : ` ${notes.join(' ')}`}`,
  )
}

const placesOf = (
  { account, region, group }: GroupTarget,
  { who, config, facts }: Asker,
): readonly GroupRef[] | Refusal => {
  const named = config.accounts.filter(({ name, id }) => [undefined, name, id].includes(account))
  if (named.length === 0) return refuse(`*${account}* is not an account here.`)
  const seen = named.filter(one => maySeeAccount(who.actor, one, config, facts))
  if (seen.length === 0)
    return refuse(
      `No rule lets ${who.actor.name} see all of ${named.map(({ name }) => name).join(' or ')}, which a log group takes.`,
      '`/ecs whoami` shows what the rules give you.',
    )
  const places = seen.flatMap(one => regionsOf(one, region).map(of => ({ ...refOf(one), region: of, group })))
  return places.length > 0 ? places.slice(0, MOST_PLACES) : refuse(`*${region}* is not a region of ${account} here.`)
}

const refOf = ({ name, id }: Account) => ({ account: name, accountId: id })
const regionsOf = ({ regions }: Account, region: string | undefined) =>
  regions.filter(one => region === undefined || one === region)

const ask = ({ group, region, accountId }: GroupRef, { read, query }: With): Promise<LogAnswer> =>
  read.logLines({ accountId, service: group }, { ...query, group, region, streams: [] })

const asSilence = (error: unknown): RemoteError => {
  if (error instanceof RemoteError) return error
  throw error
}

const whichOne = (group: string, refs: readonly GroupRef[], meaning: With['meaning']): Refusal =>
  refuse(
    `There are ${refs.length} log groups named *${group}*.`,
    'Which one?',
    refs.slice(0, 5).map(({ account, region }) => ({
      label: `${account}.${region}`,
      invocation: meaning({ account, region, group }),
    })),
  )
