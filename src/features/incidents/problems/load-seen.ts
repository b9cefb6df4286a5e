// Reads what is stored about one service: stopped tasks, notices, alarms and retirements.

import type { ServiceRef, StoppedTask } from '../../../model/ecs.ts'
import type { Store } from '../../../model/ports/store.ts'
import { stopsOf } from '../../status/stopped-tasks.ts'
import { type Signal, signalsOf } from '../signals.ts'
import { type Notice, noticesOf } from './notice.ts'
import type { Seen } from './sightings.ts'

/** The maximum number of stopped tasks that are read. */
const MOST_STOPS = 2_000
const MOST_SIGNALS = 500
const MOST_NOTICES = 500

type Reading = {
  readonly store: Pick<Store, 'list'>
  /** The time of the oldest stopped tasks that are read, ISO 8601. */
  readonly stopsFrom: string
  /** The time of the oldest notices and signals that are read, ISO 8601. */
  readonly from: string
  /** A cache of the signals that were already read, by account and region. */
  readonly signals: Map<string, Promise<readonly Signal[]>>
}

export const loadSeen = async (ref: ServiceRef, { store, stopsFrom, from, signals }: Reading): Promise<Seen> => {
  const pk = signalsOf(ref)
  const known = signals.get(pk) ?? loadSignals(pk, from, store)
  signals.set(pk, known)
  const newest = { newestFirst: true } as const
  const [stops, notices, told] = await Promise.all([
    store.list<StoppedTask>(stopsOf(ref.arn), { from: stopsFrom, limit: MOST_STOPS, ...newest }),
    store.list<Notice>(noticesOf(ref.arn), { from: from.slice(0, 16), limit: MOST_NOTICES, ...newest }),
    known,
  ])
  return {
    stops: stops.map(({ value }) => value).toReversed(),
    notices: notices.map(({ value }) => value).toReversed(),
    signals: told,
  }
}

const loadSignals = async (pk: string, from: string, store: Pick<Store, 'list'>): Promise<readonly Signal[]> => {
  const items = await store.list<Signal>(pk, { from, limit: MOST_SIGNALS, newestFirst: true })
  return items.map(({ value }) => value).toReversed()
}
