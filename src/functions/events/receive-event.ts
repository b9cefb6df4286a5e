// Stores events of ECS, CloudWatch alarms and AWS Health from EventBridge. Events may be duplicate, late or out of order;
// the newest state of each item is kept.

import { type Drought, droughtIn } from '../../features/capacity/drought.ts'
import {
  endedDeploymentIn,
  type HookEvent,
  hookEventIn,
  hookedKey,
} from '../../features/deployments/gates/gate-events.ts'
import { callTeller, markService, marksIn } from '../../features/incidents/problems/mark.ts'
import { NOTICES_DAYS, noticeIn } from '../../features/incidents/problems/notice.ts'
import { SIGNALS_DAYS, signalIn } from '../../features/incidents/signals.ts'
import { saveNote } from '../../features/services/index-store.ts'
import { noteFromEvent } from '../../features/services/service-index.ts'
import {
  type HealthEvent,
  isNewer,
  type ServiceState,
  STATES_DAYS,
  stateIn,
} from '../../features/status/service-health.ts'
import { STOPS_DAYS, stopIn, stopKey } from '../../features/status/stopped-tasks.ts'
import { redactFields } from '../../kit/redact/free-text.ts'
import type { Dispatch, LookAtGate, TellProblems } from '../../model/ports/functions.ts'
import type { Store } from '../../model/ports/store.ts'
import { startGate } from './start-gate.ts'

export type EventPorts = {
  readonly store: Pick<Store, 'create' | 'get' | 'replace'>
  readonly now: () => string
  readonly startOperation: Dispatch['operation']
  /** Has the schedule function look at the gates of a service. */
  readonly lookAtGate: LookAtGate
  /** Has the schedule function tell problems in channels. */
  readonly tellProblems: TellProblems
}

export const receiveEvent = async (received: unknown, ports: EventPorts): Promise<void> => {
  const { store, now } = ports
  const event = redactFields(received)
  const hook = hookEventIn(event)
  if (hook !== undefined) return receiveHook(hook, ports)
  const stop = stopIn(event)
  if (stop !== undefined)
    await store.create(stopKey(stop.service, stop.task), stop.task, daysAfter(stop.task.stoppedAt, STOPS_DAYS))
  const update = stateIn(event)
  if (update !== undefined) await keepNewest(update, store)
  const dry = droughtIn(event)
  if (dry !== undefined) await keepDrought(dry, store)
  const ended = endedDeploymentIn(event)
  if (ended !== undefined && (await store.get(hookedKey(ended))) !== undefined)
    await ports.lookAtGate({ kind: 'gate', service: ended })
  const kept = signalIn(event)
  if (kept !== undefined) await store.create(kept.key, kept.signal, daysAfter(kept.signal.at, SIGNALS_DAYS))
  const service = noteFromEvent(event)
  if (service !== undefined) await saveNote(service, { store, now })
  const notice = noticeIn(event)
  if (notice !== undefined) await store.create(notice.key, notice.notice, daysAfter(notice.notice.at, NOTICES_DAYS))
  await markProblems(event, ports)
}

/** After everything is stored: what is told is read from the store. */
const markProblems = async (event: unknown, { store, now, tellProblems }: EventPorts): Promise<void> => {
  const marks = marksIn(event)
  for (const mark of marks) await markService(mark, store, now())
  if (marks.length > 0) await callTeller(store, now(), tellProblems)
}

const HOOKED_DAYS = 90

/** What an event says of a gate is not trusted: the operation and the schedule function read it from ECS. */
const receiveHook = async ({ kind, gate }: HookEvent, ports: EventPorts): Promise<void> => {
  if (kind === 'settled') return ports.lookAtGate({ kind: 'gate', service: gate.service.arn })
  await startGate(gate, ports.startOperation)
  const { arn, ...service } = gate.service
  await ports.store.create(hookedKey(arn), service, daysAfter(ports.now(), HOOKED_DAYS))
}

const daysAfter = (at: string, days: number): number => Math.floor(Date.parse(at) / 1_000) + days * 86_400

const DROUGHT_DAYS = 1

/** Late events leave a newer time; a lost race leaves another time of the same minutes. */
const keepDrought = async (
  { key, drought }: NonNullable<ReturnType<typeof droughtIn>>,
  store: EventPorts['store'],
): Promise<void> => {
  const until = daysAfter(drought.at, DROUGHT_DAYS)
  const before = await store.get<Drought>(key)
  if (before === undefined) await store.create(key, drought, until)
  else if (before.value.at < drought.at) await store.replace(key, drought, before.version, until)
}

/** The maximum number of tries after conflicting writes. Events of one service are rarely concurrent. */
const MAX_TRIES = 10

const keepNewest = async ({ key, state }: HealthEvent, store: EventPorts['store']): Promise<void> => {
  const until = daysAfter(state.at, STATES_DAYS)
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const before = await store.get<ServiceState>(key)
    if (before !== undefined && !isNewer(state, before.value)) return
    const isKept =
      before === undefined
        ? await store.create(key, state, until)
        : await store.replace(key, state, before.version, until)
    if (isKept) return
  }
  throw new Error(`could not update the state of ${key.sk}: ${MAX_TRIES} conflicting writes`)
}
