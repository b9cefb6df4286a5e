// Sessions that are open in containers now, as Session Manager has them, whoever opened them.

import type { Plan } from '../../engine/change/plan.ts'
import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { fullName } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import { endingOf } from './grant.ts'
import type { ExecReads } from './reads.ts'
import { type ExecOwner, execOwnerKey } from './records.ts'
import type { LiveSession } from './site.ts'

type Reads = Pick<ExecReads, 'execSessions'>

export type LiveState = {
  readonly sessions: readonly (LiveSession & { readonly owner: string })[]
  /** Where Session Manager could not be asked, and why. */
  readonly unread: readonly string[]
  readonly now: string
}

export const loadLive = async (
  { account: wanted }: { readonly account?: string },
  read: Reads,
  { config, who, facts, store }: Asker,
): Promise<LiveState | Refusal> => {
  const accounts = config.accounts.filter(({ name, id }) => wanted === undefined || wanted === name || wanted === id)
  if (accounts.length === 0)
    return refuse(
      `*${wanted}* is not an account here.`,
      `There are ${config.accounts.map(({ name }) => name).join(', ')}.`,
    )
  const unread: string[] = []
  const places = accounts.flatMap(account => account.regions.map(region => ({ account, region })))
  const found = await Promise.all(
    places.map(({ account, region }) => read.execSessions(account, region).catch(sayUnread(unread))),
  )
  const mine = found.flat().filter(({ ref }) => accessOf(who.actor, 'viewer', ref, config, facts).kind === 'allowed')
  const sessions = await Promise.all(mine.map(async one => ({ ...one, owner: await ownerOf(one, store) })))
  return { sessions: sessions.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1)), unread, now: facts.now }
}

const sayUnread =
  (unread: string[]) =>
  (error: unknown): readonly LiveSession[] => {
    if (!(error instanceof RemoteError)) throw error
    unread.push(error.message)
    return []
  }

/** Who that is: only sessions that Quarterdeck opened are on file; of others, CloudTrail alone knows. */
const ownerOf = async ({ id }: LiveSession, store: Asker['store']): Promise<string> => {
  const owner = (await store.get<ExecOwner>(execOwnerKey(id)))?.value
  return owner?.corporateId ?? 'somebody outside Quarterdeck'
}

export type Ending = { readonly ref: ServiceRef; readonly session: LiveSession; readonly owner: string }

export const loadEnding = async (
  ref: ServiceRef,
  id: string,
  read: Reads,
  { config, store }: Asker,
): Promise<Ending | Refusal> => {
  const account = config.accounts.find(one => one.id === ref.accountId)
  const open = account === undefined ? [] : await read.execSessions(account, ref.region)
  const session = open.find(one => one.id === id && one.ref.arn === ref.arn)
  return session === undefined
    ? refuse(`No session \`${id}\` is open in *${fullName(ref)}*.`, '`/ecs exec sessions` lists those that are.')
    : { ref, session, owner: await ownerOf(session, store) }
}

export const planEnding = ({ ref, session, owner }: Ending): Plan => {
  const { id, container, task } = session
  return {
    kind: 'plan',
    command: 'exec terminate',
    role: 'exec',
    isUnlocked: true,
    invocation: `exec terminate ${fullName(ref)} ${id}`,
    target: ref,
    title: `End a session in *${ref.service}*`,
    changes: [
      { what: `${owner} in \`${container}\` of task \`${task.slice(0, 8)}\``, from: 'connected', to: 'terminated' },
    ],
    risk: { level: 'low', reasons: ['Ends what runs in that session; the container goes on'] },
    size: 0,
    tasks: 0,
    consequences: [],
    offers: [],
    calls: [endingOf(ref.arn, id)],
    binds: { session: id, task },
    drifts: {},
  }
}
