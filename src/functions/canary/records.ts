// The canary's store items: the times of events in its executions, and its findings.

import { canaryKey } from '../../engine/change/records.ts'
import type { Json } from '../../model/json.ts'
import type { Store } from '../../model/ports/store.ts'

const PREFIX = 'canary-'
/** How long noted times are stored. They are needed while a canary runs; only the findings are read later. */
const MOMENTS_KEPT_DAYS = 7
const FINDINGS_KEPT_DAYS = 400

export const isOfCanary = (execution: string): boolean => execution.startsWith(PREFIX)

export type CanaryStore = { readonly store: Pick<Store, 'create' | 'get'>; readonly now: () => string }

const daysFrom = (now: string, days: number): number => Math.floor(Date.parse(now) / 1_000) + days * 86_400

/** Stores the current time under a name. Returns false if the name exists already; its first time is kept. */
export const note = async (id: string, what: string, { store, now }: CanaryStore): Promise<boolean> => {
  const at = now()
  return store.create(canaryKey(id, what), { at }, daysFrom(at, MOMENTS_KEPT_DAYS))
}

/** The time stored under a name, ISO 8601; undefined if there is none. */
export const noted = async (id: string, what: string, { store }: CanaryStore): Promise<string | undefined> =>
  (await store.get<{ readonly at: string }>(canaryKey(id, what)))?.value.at

export const noteHeard = async (id: string, from: 'event' | 'queue', ports: CanaryStore): Promise<void> => {
  await note(id, `heard by ${from}`, ports)
}

export const keepFindings = async (id: string, findings: Json, { store, now }: CanaryStore): Promise<null> => {
  await store.create(canaryKey(id, 'findings'), findings, daysFrom(now(), FINDINGS_KEPT_DAYS))
  return null
}
