// The story of one change of our own state: locks, the halt, and what a channel is about. Decided by the rules, recorded, made by a conditional
// write, and said where it was asked.
import { answerAsker } from './answering.ts'
import { record } from './audit.ts'
import type { AnySetting, SettingChange } from './command.ts'
import { isRefusal, PeerError, type Refusal, refuse } from './errors.ts'
import { type Here, hereKey, isOwnChannel } from './here.ts'
import type { SettingJob } from './job.ts'
import { renderRefusal } from './messages/refusal.ts'
import { renderSetting } from './messages/setting.ts'
import type { Actor } from './model.ts'
import { type Prepared, prepare } from './planning.ts'
import { mayOperateAt, mayOperateSomewhere, standing } from './policy.ts'
import type { Ports } from './ports.ts'
import { HALT_KEY, type Halt, HOLDS, holdKey } from './records.ts'
import { resolveScope, type ScopeText } from './scope.ts'

export const change = async (job: SettingJob, ports: Ports): Promise<void> => {
  const said = await changeIt(job, ports).catch(inOurWords)
  const slack = await ports.slack()
  if (isRefusal(said)) {
    await answerAsker(job, slack, renderRefusal(said))
    return
  }
  await slack.post(job.place.channel, renderSetting(said, job.actor)).catch(async () => {
    await answerAsker(job, slack, renderSetting(said, job.actor))
  })
}

const inOurWords = (error: unknown): Refusal => {
  if (!(error instanceof PeerError)) throw error
  return refuse(`That did not work: ${error.message}.`, 'Try again in a minute.')
}

const changeIt = async (job: SettingJob, ports: Ports): Promise<string | Refusal> => {
  const prepared = await prepare('setting', {
    line: job.line,
    actor: job.actor,
    purpose: 'query',
    ports,
    isFresh: true,
  })
  if (isRefusal(prepared)) return prepared
  const decided = await decideIt(job, prepared, ports)
  if (isRefusal(decided)) return decided
  const { who, config } = prepared.own
  await record(ports.store, decided.accountId ?? 'hub', {
    id: `${job.id}-setting`,
    kind: 'setting',
    at: ports.now(),
    actor: job.actor,
    corporateId: who.corporateId,
    invocation: job.line,
    target: decided.target,
    operation: job.id,
    configVersion: config.version,
    text: decided.text,
  })
  await apply(decided.change, job.actor, ports)
  return decided.text
}

type Decided = {
  readonly change: SettingChange
  readonly text: string
  readonly target: string
  readonly accountId?: string
}

const decideIt = async (
  { actor, place: { channel } }: SettingJob,
  { command, values, read, own }: Prepared<AnySetting>,
  ports: Ports,
): Promise<Decided | Refusal> => {
  const { config, facts } = own
  const where = values['where'] as ScopeText | undefined
  const isNaming = where !== undefined || values['favourites'] !== undefined
  const refs = isNaming ? (await read.index()).refs : []
  const index = refs.filter(ref => standing(actor, 'viewer', ref, config, facts).kind === 'allowed')
  const places = where === undefined ? [] : resolveScope(where, config, refs)
  const here = command.name.startsWith('here') ? (await ports.store.get<Here>(hereKey(channel)))?.value : undefined
  const decided = command.change(values, { actor, now: ports.now(), places, facts, index, channel, here })
  if (isRefusal(decided)) return decided
  const { place } = decided
  const may =
    place === undefined
      ? isOwn(decided.change) || mayOperateSomewhere(actor, config, facts)
      : mayOperateAt(actor, place, config, facts)
  if (!may) return refuse(`No rule lets ${actor.name} do that.`, '`/ecs whoami` shows what the rules give you.')
  return { ...decided, target: place?.name ?? 'everything', ...(place && { accountId: place.scope.accountId }) }
}

/** What people set in their own conversation with Quarterdeck concerns nobody else. */
const isOwn = (change: SettingChange): boolean => 'channel' in change && isOwnChannel(change.channel)

/** Repeatable: made again, it is what it was. */
const apply = async (change: SettingChange, by: Actor, { store, now }: Ports): Promise<void> => {
  switch (change.kind) {
    case 'lock': {
      const { until } = change.hold
      await store.create(
        holdKey(change.hold.name),
        change.hold,
        until === undefined ? undefined : Math.floor(Date.parse(until) / 1000),
      )
      return
    }
    case 'unlock': {
      const held = (await store.list(HOLDS)).find(({ key }) => key.sk === change.name)
      if (held !== undefined) await store.remove(held.key, held.version)
      return
    }
    case 'halt': {
      const halt: Halt = { by, at: now(), reason: change.reason }
      await store.create(HALT_KEY, halt)
      return
    }
    case 'resume': {
      const halted = await store.get(HALT_KEY)
      if (halted !== undefined) await store.remove(HALT_KEY, halted.version)
      return
    }
    case 'here': {
      const key = hereKey(change.channel)
      const before = await store.get(key)
      await (before === undefined ? store.create(key, change.here) : store.replace(key, change.here, before.version))
      return
    }
    case 'forget here': {
      const set = await store.get(hereKey(change.channel))
      if (set !== undefined) await store.remove(set.key, set.version)
    }
  }
}
