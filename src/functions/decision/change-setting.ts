// Changes settings: locks, the halt and channel defaults. Each change is authorised, recorded in the audit, stored
// once, and reported in its channel.

import type { AnySetting, SettingChange } from '../../commands/command.ts'
import type { Ports } from '../../commands/ports.ts'
import { record } from '../../engine/audit/audit.ts'
import { settingKey } from '../../engine/change/records.ts'
import { answerAsker } from '../../engine/jobs/answer-asker.ts'
import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import {
  HALT_KEY,
  type Halt,
  PLACE_LOCKS,
  type PlaceLock,
  placeLockKey,
  type RuleInputs,
} from '../../engine/rules/rule-inputs.ts'
import { type Snooze, snoozeExpiry, snoozeKey } from '../../features/cost/snooze.ts'
import { type ChannelDefaults, hereKey } from '../../features/services/channel-defaults.ts'
import { isTagged, type SubjectText } from '../../kit/language/kinds/problems.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import { canonicalJson, type Json } from '../../model/json.ts'
import type { SettingJob } from '../../model/ports/job.ts'
import type { Item } from '../../model/ports/store.ts'
import { stepAfter } from '../../model/slack-error.ts'
import { keptLine } from '../prepare/kept-line.ts'
import { type Prepared, prepare } from '../prepare/prepare.ts'
import { applyToIncidents, decideIncident, isOfIncidents } from './incidents.ts'
import type { DecisionPorts } from './ports.ts'
import { mayChange, maySetDefaults, placeOfText } from './setting-rights.ts'
import {
  applyToProblems,
  isOfProblems,
  refuseToReplace,
  refuseToSnooze,
  refuseToSubscribe,
  subscriptionsIn,
} from './subscribing.ts'
import { tellSetting } from './tell-setting.ts'

type SettingPorts = Ports & DecisionPorts

export const changeSetting = async (job: SettingJob, ports: SettingPorts): Promise<void> => {
  const settled = await settle(job, ports).catch(asRefusal)
  if (isRefusal(settled)) return answerAsker(job, await ports.slack(), renderRefusal(settled))
  const { key, value, version } = settled
  if (value.isTold) return
  const { decided } = value
  if (isRefusal(decided)) await answerAsker(job, await ports.slack(), renderRefusal(decided))
  else await tellSetting(decided, job, ports)
  await ports.store.replace(key, { ...value, isTold: true }, version, untilOf(ports)).catch(() => false)
}

const asRefusal = (error: unknown): Refusal => {
  if (!(error instanceof RemoteError)) throw error
  return refuse(`Request failed: ${error.message}.`, stepAfter(error))
}

/** The state of one request for a setting. It is stored for as long as the request may be delivered again. */
type Settled = { readonly decided: Made | Refusal; readonly isMade?: true; readonly isTold?: true }
type Made = Decided & { readonly corporateId: string; readonly configVersion: string }

const DAY_SECONDS = 86_400
const untilOf = ({ now }: Ports): number => Math.floor(Date.parse(now()) / 1000) + DAY_SECONDS

/** Decides about a request once. A duplicate delivery gets the same decision and does not remove newer values. */
const settle = async (job: SettingJob, ports: SettingPorts): Promise<Item<Settled> | Refusal> => {
  const { store } = ports
  const settled = await settleOnce(job, ports)
  const { key, value, version } = settled
  const { decided, isMade, isTold } = value
  if (isRefusal(decided) || isMade || isTold) return settled
  await record(store, decided.accountId ?? 'hub', {
    id: `${job.id}-setting`,
    kind: 'setting',
    at: ports.now(),
    actor: job.actor,
    corporateId: decided.corporateId,
    invocation: await keptLine(job.line, ports),
    target: decided.target,
    operation: job.id,
    configVersion: decided.configVersion,
    text: decided.text,
  })
  await apply(decided, job.actor, ports)
  const made = { ...value, isMade: true } as const
  const isStored = await store.replace(key, made, version, untilOf(ports)).catch(() => false)
  return isStored ? { key, value: made, version: version + 1 } : settled
}

const settleOnce = async (job: SettingJob, ports: Ports): Promise<Item<Settled>> => {
  const { store } = ports
  const key = settingKey(job.id)
  const known = await store.get<Settled>(key)
  if (known !== undefined) return known
  const value: Settled = { decided: await decideSetting(job, ports) }
  if (await store.create(key, value, untilOf(ports))) return { key, value, version: 1 }
  return (await store.get<Settled>(key)) ?? { key, value, version: 1 }
}

const decideSetting = async (job: SettingJob, ports: Ports): Promise<Made | Refusal> => {
  const { line, actor, place } = job
  const prepared = await prepare('setting', {
    ...{ line, actor, purpose: 'query', ports, isFresh: true },
    channel: place.channel,
  })
  if (isRefusal(prepared)) return prepared
  const decided = await applyRules(job, prepared, ports)
  if (isRefusal(decided)) return decided
  const { who, config } = prepared.own
  return { ...decided, corporateId: who.corporateId, configVersion: config.version }
}

/** A decided change. `was`: the halt or lock to remove, as the rules saw it: what others set since then stays. */
type Decided = {
  readonly change: SettingChange
  readonly text: string
  readonly target: string
  readonly accountId?: string
  readonly was?: Json
}

/** Applies the rules before anything about a place is said: a place that one may not see does not exist. */
const applyRules = async (
  job: SettingJob,
  prepared: Prepared<AnySetting>,
  ports: Ports,
): Promise<Decided | Refusal> => {
  const { command, values, read, own } = prepared
  if (command.right === 'incident') return decideIncident(job, prepared, ports)
  const {
    actor,
    place: { channel },
  } = job
  const { config, facts } = own
  const named = values['where'] as SubjectText | undefined
  const where = isTagged(named) || command.right === 'channel' ? undefined : named
  const isNaming = isTagged(named) || where !== undefined || values['favourites'] !== undefined
  const refs = isNaming ? (await read.index()).refs : []
  const index = refs.filter(ref => accessOf(actor, 'viewer', ref, config, facts).kind === 'allowed')
  const place = where === undefined ? undefined : placeOfText(where, index, command, own)
  if (isRefusal(place)) return place
  const here =
    command.right === 'defaults' ? (await ports.store.get<ChannelDefaults>(hereKey(channel)))?.value : undefined
  const refused = refuse(`No rule allows ${actor.name} to do that.`, '`/ecs whoami` lists your roles.')
  const halt = await haltFor(command.right, ports)
  if (!mayChange(command.right, place, own, halt)) return refused
  const refusedHere = await refuseHere(command, values, channel, index, own, ports)
  if (refusedHere !== undefined) return refusedHere
  const subscriptions = command.right === 'channel' ? await subscriptionsIn(channel, own, ports) : []
  const decided = command.change(values, {
    actor,
    now: ports.now(),
    place,
    facts,
    index,
    channel,
    here,
    halt,
    subscriptions,
    request: job.id,
  })
  if (isRefusal(decided)) return decided
  const kept = await refuseToReplace(decided.change, async () => (await read.index()).refs, own, ports)
  if (kept !== undefined) return kept
  if (command.right === 'defaults' && !(await maySetDefaults(decided.change, here, own, channel, ports))) return refused
  const isOfChannel = ['defaults', 'channel', 'subscribe'].includes(command.right)
  const target = place?.name ?? (isOfChannel ? channel : 'everything')
  const was = wasOf(decided.change, facts, halt)
  return { ...decided, target, ...(place && { accountId: place.scope.accountId }), ...(was !== undefined && { was }) }
}

/** No look-up that fails stops what everyone may set. */
const haltFor = async (right: AnySetting['right'], { store }: Ports): Promise<Halt | undefined> => {
  if (right === 'resume') return (await store.get<Halt>(HALT_KEY))?.value
  return right === 'anyone' ? (await store.get<Halt>(HALT_KEY).catch(() => undefined))?.value : undefined
}

const wasOf = (change: SettingChange, { placeLocks }: RuleInputs, halt: Halt | undefined): Json | undefined => {
  if (change.kind === 'resume') return halt
  return change.kind === 'unlock' ? placeLocks.find(({ name }) => name === change.name) : undefined
}

/** What the channel itself does not allow. */
const refuseHere = async (
  command: AnySetting,
  values: Readonly<Record<string, unknown>>,
  channel: string,
  index: readonly ServiceRef[],
  own: Asker,
  ports: Ports,
): Promise<Refusal | undefined> => {
  if (command.right === 'subscribe') return refuseToSubscribe(values['where'], channel, index, own, ports)
  return command.name === 'snooze' ? refuseToSnooze(values['problem'], channel, own, ports) : undefined
}

const currentItem = async (change: SettingChange, { store }: Ports): Promise<Item<Json> | undefined> => {
  if (change.kind === 'resume') return store.get(HALT_KEY)
  if (change.kind === 'unlock') return (await store.list<Json>(PLACE_LOCKS)).find(({ key }) => key.sk === change.name)
  return undefined
}

/** Stores a change. Idempotent: newer values are kept. */
const apply = async ({ change, was }: Made, by: Actor, ports: SettingPorts): Promise<void> => {
  const { store, now } = ports
  if (isOfProblems(change)) return applyToProblems(change, ports)
  if (isOfIncidents(change)) return applyToIncidents(change, ports)
  switch (change.kind) {
    case 'lock':
      return lock(change.hold, ports)
    case 'unlock':
    case 'resume':
      return lift(change, was, ports)
    case 'halt': {
      const halt: Halt = { by, at: now(), reason: change.reason }
      await halting(halt, store)
      return
    }
    case 'here': {
      const key = hereKey(change.channel)
      const before = await store.get(key)
      await (before === undefined ? store.create(key, change.here) : store.replace(key, change.here, before.version))
      return
    }
    case 'snooze finding': {
      const { service, snooze } = change
      const before = await store.get<Snooze>(snoozeKey(service))
      const until = snoozeExpiry(snooze)
      if (before === undefined) await store.create(snoozeKey(service), snooze, until)
      else if (before.value.at < snooze.at) await store.replace(before.key, snooze, before.version, until)
      return
    }
    case 'forget here': {
      const set = await store.get(hereKey(change.channel))
      if (set !== undefined) await store.remove(set.key, set.version)
    }
  }
}

/** Throws if another lock is there: that one stays, and may end earlier. */
const lock = async (hold: PlaceLock, { store }: Ports): Promise<void> => {
  const key = placeLockKey(hold.name)
  const until = hold.until === undefined ? undefined : Math.floor(Date.parse(hold.until) / 1000)
  if (await store.create(key, hold, until)) return
  const there = (await store.get<PlaceLock>(key))?.value
  if (there === undefined || canonicalJson(there) !== canonicalJson(hold)) throw changedMeanwhile()
}

/** Removes what the rules saw. Throws if somebody halted or locked meanwhile: that stays. */
const lift = async (change: SettingChange, was: Json | undefined, ports: Ports): Promise<void> => {
  const there = await currentItem(change, ports)
  if (there === undefined) return
  const isSame = was !== undefined && canonicalJson(there.value) === canonicalJson(was)
  if (isSame && (await ports.store.remove(there.key, there.version))) return
  if ((await currentItem(change, ports)) === undefined) return
  throw changedMeanwhile()
}

const changedMeanwhile = (): RemoteError =>
  new RemoteError('somebody else halted or locked it meanwhile', { code: 'SettingChanged', passing: false })

const MAX_TRIES = 10

/** Halts, or adds the person to the halt of another. Tried again when somebody resumes or halts at the same moment. */
const halting = async (halt: Halt, store: Ports['store']): Promise<void> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (await store.create(HALT_KEY, halt)) return
    const item = await store.get<Halt>(HALT_KEY)
    if (item === undefined) continue
    const also = item.value.also ?? []
    if ([item.value.by, ...also].some(({ user }) => user === halt.by.user)) return
    if (await store.replace(item.key, { ...item.value, also: [...also, halt.by] }, item.version)) return
  }
  throw new Error('the halt could not be stored: others changed it at the same time')
}
