// Loads the open sessions in containers from Session Manager, and plans to terminate one of them.

import { CANNOT_BE_UNDONE, shortenedLine } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import { SESSION_ENDED } from '../../engine/change/risk.ts'
import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { noSuchAccount, seenAccounts } from '../../engine/rules/place-access.ts'
import { fullName } from '../../kit/language/target.ts'
import { shortName, wholeName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import { terminateCall } from './grant.ts'
import type { ExecReads } from './reads.ts'
import { type ExecOwner, execOwnerKey } from './records.ts'
import type { LiveSession } from './site.ts'

type Reads = Pick<ExecReads, 'execSessions'>

export type OpenSessions = {
  readonly sessions: readonly (LiveSession & { readonly owner: string })[]
  /** The reads that failed, with the reason. */
  readonly unread: readonly string[]
  readonly now: string
}

export const loadSessions = async (
  { account: wanted }: { readonly account?: string },
  read: Reads,
  { config, who, facts, store }: Asker,
): Promise<OpenSessions | Refusal> => {
  const seen = seenAccounts(who.actor, config, facts)
  const accounts = seen.filter(({ name, id }) => wanted === undefined || wanted === name || wanted === id)
  if (accounts.length === 0 && wanted !== undefined) return noSuchAccount(wanted, seen)
  const unread: string[] = []
  const places = accounts.flatMap(account => account.regions.map(region => ({ account, region })))
  const found = await Promise.all(
    places.map(({ account, region }) => read.execSessions(account, region).catch(collectError(unread))),
  )
  const visible = found.flat().filter(({ ref }) => accessOf(who.actor, 'viewer', ref, config, facts).kind === 'allowed')
  const sessions = await Promise.all(visible.map(async one => ({ ...one, owner: await ownerOf(one, store) })))
  return { sessions: sessions.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1)), unread, now: facts.now }
}

const collectError =
  (unread: string[]) =>
  (error: unknown): readonly LiveSession[] => {
    if (!(error instanceof RemoteError)) throw error
    unread.push(error.message)
    return []
  }

/** The person for whom Quarterdeck opened the session. For other sessions, only CloudTrail knows the person. */
const ownerOf = async ({ id }: LiveSession, store: Asker['store']): Promise<string> => {
  const owner = (await store.get<ExecOwner>(execOwnerKey(id)))?.value
  return owner?.corporateId ?? 'someone outside Quarterdeck'
}

export type Termination = { readonly ref: ServiceRef; readonly session: LiveSession; readonly owner: string }

export const loadTermination = async (
  ref: ServiceRef,
  id: string,
  read: Reads,
  { config, store }: Asker,
): Promise<Termination | Refusal> => {
  const account = config.accounts.find(one => one.id === ref.accountId)
  const open = account === undefined ? [] : await read.execSessions(account, ref.region)
  const session = open.find(one => one.id === id && one.ref.arn === ref.arn)
  return session === undefined
    ? refuse(`No session \`${id}\` is open in *${fullName(ref)}*.`, '`/ecs exec sessions` lists open sessions.')
    : { ref, session, owner: await ownerOf(session, store) }
}

const endsText = (owner: string): string => `Ends the session of ${owner} and its shell`

export const planTermination = ({ ref, session, owner }: Termination): NewPlan => {
  const { id, container, task } = session
  return {
    kind: 'plan',
    command: 'exec terminate',
    role: 'exec',
    isUnlocked: true,
    invocation: `exec terminate ${fullName(ref)} ${id}`,
    target: ref,
    title: `Terminate a session in *${ref.service}*`,
    changes: [
      { what: `${owner} in \`${container}\` of task \`${task.slice(0, 8)}\``, from: 'connected', to: 'terminated' },
    ],
    risk: SESSION_ENDED,
    size: 0,
    tasks: 0,
    losses: [
      shortenedLine(endsText(wholeName(owner)), endsText(shortName(owner))),
      'Unsaved work in it is lost',
      'Programs that ignore the hang-up go on',
    ],
    undo: CANNOT_BE_UNDONE,
    consequences: [],
    offers: [],
    calls: [terminateCall(ref.arn, id)],
    binds: { session: id, task },
    drifts: {},
  }
}
