// Sessions that are open in containers now, as Session Manager has them, whoever opened them.
import type { Own } from '../command.ts'
import { PeerError, type Refusal, refuse } from '../errors.ts'
import type { ServiceRef } from '../model.ts'
import type { Plan, SessionCall } from '../plan.ts'
import { standing } from '../policy.ts'
import type { Readers } from '../ports.ts'
import { fullName } from '../target.ts'

export type LiveSession = {
  readonly id: string
  readonly ref: ServiceRef
  readonly task: string
  readonly container: string
  /** ARN of who opened it. */
  readonly owner: string
  readonly startedAt: string
}

export type LiveState = {
  readonly sessions: readonly LiveSession[]
  /** Where Session Manager could not be asked, and why. */
  readonly unread: readonly string[]
  readonly now: string
}

export const loadLive = async (
  { account: wanted }: { readonly account?: string },
  read: Readers,
  { config, who, facts }: Own,
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
  const mine = found.flat().filter(({ ref }) => standing(who.actor, 'viewer', ref, config, facts).kind === 'allowed')
  return { sessions: mine.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1)), unread, now: facts.now }
}

const sayUnread =
  (unread: string[]) =>
  (error: unknown): readonly LiveSession[] => {
    if (!(error instanceof PeerError)) throw error
    unread.push(error.message)
    return []
  }

/** Who that is, as people know them: by the corporate id where the session is one of ours. */
export const ownerOf = ({ owner }: LiveSession, people: Readonly<Record<string, string>> = {}): string => {
  const name = owner.split('/').at(-1) ?? owner
  const [, user = ''] = /^([UW][A-Z0-9]+)-/.exec(name) ?? []
  return people[user] ?? name
}

export type Ending = { readonly ref: ServiceRef; readonly session: LiveSession; readonly owner: string }

export const loadEnding = async (
  ref: ServiceRef,
  id: string,
  read: Readers,
  { config }: Own,
): Promise<Ending | Refusal> => {
  const account = config.accounts.find(one => one.id === ref.accountId)
  const open = account === undefined ? [] : await read.execSessions(account, ref.region)
  const session = open.find(one => one.id === id && one.ref.arn === ref.arn)
  return session === undefined
    ? refuse(`No session \`${id}\` is open in *${fullName(ref)}*.`, '`/ecs exec sessions` lists those that are.')
    : { ref, session, owner: ownerOf(session, config.people) }
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
    calls: [endingCall(ref, id)],
    binds: { session: id, task },
    drifts: {},
  }
}

const endingCall = ({ arn }: ServiceRef, id: string): SessionCall => {
  const [, partition, , region, account] = arn.split(':')
  return {
    service: 'ssm',
    action: 'TerminateSession',
    input: { SessionId: id },
    resources: [`arn:${partition}:ssm:${region}:${account}:session/${id}`],
    repeatable: true,
  }
}
