// Brings what is stored of marked services into problems. A mark goes once the problems are stored.

import { createHash } from 'node:crypto'
import { logError } from '../../../engine/jobs/log-error.ts'
import { SYSTEM } from '../../../engine/rules/asker.ts'
import { loadSeen } from '../../../features/incidents/problems/load-seen.ts'
import { MARK_SHARDS, type Mark } from '../../../features/incidents/problems/mark.ts'
import { refOfArn } from '../../../features/incidents/problems/notice.ts'
import {
  close,
  type Fold,
  fold,
  JOIN_MS,
  type Problem,
  RECENT_MS,
} from '../../../features/incidents/problems/problem.ts'
import { type Seen, type Sighting, sightingsOf } from '../../../features/incidents/problems/sightings.ts'
import type { Signal } from '../../../features/incidents/signals.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Item } from '../../../model/ports/store.ts'
import { type Board, hasSubscriptions, saveProblem, type TellerPorts } from './board.ts'
import { isSteady } from './steady.ts'

const MOST_MARKS = 200
const AT_ONCE = 10
const HOUR_MS = 3_600_000
/** Notices and signals before this are not looked at. */
const FROM_MS = 6 * HOUR_MS

/** Returns whether there were marks. */
export const foldMarks = async (board: Board, ports: TellerPorts): Promise<boolean> => {
  const { store } = ports
  const lists = await Promise.all(MARK_SHARDS.map(pk => store.list<Mark>(pk, { limit: MOST_MARKS / 4 })))
  const marks = lists.flat().slice(0, MOST_MARKS)
  const known = marks.filter(mark => refOf(mark, board) !== undefined)
  await dropUnknown(
    marks.filter(mark => !known.includes(mark)),
    ports,
  )
  const isTold = hasSubscriptions(board)
  const signals = new Map<string, Promise<readonly Signal[]>>()
  for (let at = 0; at < known.length; at += AT_ONCE) {
    const some = known.slice(at, at + AT_ONCE)
    const read = await Promise.all(some.map(mark => (isTold ? readOrLeave(mark, signals, board, ports) : NOTHING)))
    const isSaved = await saveAll(
      read.flatMap(one => (one === undefined ? [] : [one])),
      board,
      ports,
    )
    if (!isSaved) return true
    const taken = isTold ? 1 : 0
    await Promise.all(
      some.map((mark, nth) =>
        isTold && read[nth] === undefined ? false : store.remove(mark.key, mark.version + taken),
      ),
    )
  }
  return marks.length > 0
}

const NOTHING = Promise.resolve(undefined)

const refOf = ({ value }: Item<Mark>, { config }: Board): ServiceRef | undefined =>
  refOfArn(value.service, config.accounts)

/** Events of accounts that the configuration does not have. */
const dropUnknown = async (marks: readonly Item<Mark>[], { store }: TellerPorts): Promise<void> => {
  if (marks.length === 0) return
  const accounts = [...new Set(marks.map(({ value }) => value.service.split(':')[4] ?? ''))]
  logError('events of unknown accounts', accounts.slice(0, 10).join(), new Error(`${marks.length} services dropped`))
  await Promise.all(marks.map(({ key, version }) => store.remove(key, version)))
}

type Marked = { readonly ref: ServiceRef; readonly seen: Seen; readonly recentMs: number; readonly lateAt?: string }

/** A mark whose service could not be read stays for the next look. */
const readOrLeave = (...given: Parameters<typeof readMarked>): Promise<Marked | undefined> =>
  readMarked(...given).catch((error: unknown) => {
    logError('problem', given[0].value.service, error)
    return undefined
  })

/** Undefined where another event has renewed the mark meanwhile: the next look reads it. */
const readMarked = async (
  mark: Item<Mark>,
  signals: Map<string, Promise<readonly Signal[]>>,
  board: Board,
  ports: TellerPorts,
): Promise<Marked | undefined> => {
  const { store, now } = ports
  const ref = refOf(mark, board)
  const { from } = mark.value
  const at = Date.parse(now())
  const until = Math.floor(at / 1_000) + 2 * 86_400
  if (ref === undefined || !(await store.replace(mark.key, { ...mark.value, isTaken: true }, mark.version, until)))
    return undefined
  const seen = await loadSeen(ref, {
    ...{ store, signals },
    stopsFrom: firstOf(ref, from, at, board),
    from: new Date(at - FROM_MS).toISOString(),
  })
  const isLate = at - Date.parse(from) > RECENT_MS
  // What was late, and is over, opens no problem.
  const isOver = !isLate || (await steadyNow(ref, board, ports))
  return { ref, seen, recentMs: isOver ? RECENT_MS : FROM_MS, ...(isLate && { lateAt: from }) }
}

const steadyNow = async (ref: ServiceRef, { config }: Board, ports: TellerPorts): Promise<boolean> => {
  try {
    const service = await ports.readers(config, SYSTEM, 'schedule').service(ref)
    return service === undefined || isSteady(service)
  } catch (error) {
    logError('late events', ref.arn, error)
    return true
  }
}

const firstOf = ({ arn }: ServiceRef, from: string, at: number, { problems }: Board): string => {
  const own = [...problems.values()].flatMap(({ problem }) =>
    Object.hasOwn(problem.parts, arn) ? [new Date(Date.parse(problem.first) - JOIN_MS).toISOString()] : [],
  )
  return [...own, from, new Date(at - HOUR_MS).toISOString()].toSorted()[0] ?? from
}

const saveAll = async (read: readonly Marked[], board: Board, ports: TellerPorts): Promise<boolean> => {
  const now = ports.now()
  const changed = new Map<string, Problem>()
  const latest = (key: string): Problem | undefined =>
    [...[...board.problems.values()].map(({ problem }) => changed.get(problem.id) ?? problem), ...changed.values()]
      .filter(problem => problem.key === key)
      .toSorted((a, b) => (a.first < b.first ? 1 : -1))[0]
  for (const marked of read) {
    try {
      foldInto(changed, marked, latest, board, now)
    } catch (error) {
      // What cannot be read of one service must not keep the problems of others.
      logError('problem', marked.ref.arn, error)
    }
  }
  const saved = await Promise.all([...changed.values()].map(problem => saveProblem(problem, board, ports)))
  return saved.every(isSaved => isSaved)
}

const foldInto = (
  changed: Map<string, Problem>,
  marked: Marked,
  latest: (key: string) => Problem | undefined,
  board: Board,
  now: string,
): void => {
  const sightings = sightingsOf(marked.ref, marked.seen)
  for (const [key, own] of byKey(sightings)) {
    const before = latest(key)
    const after = fold(before, foldOf(marked, own, now), first => idOf(key, first))
    if (after !== undefined && JSON.stringify(after) !== JSON.stringify(before)) changed.set(after.id, after)
  }
  for (const problem of endedSignals(marked, sightings, board)) {
    const told = marked.seen.signals.findLast(({ services }) => services.includes(nameOf(marked.ref)))
    changed.set(problem.id, close(problem, now, told?.at))
  }
}

const nameOf = ({ cluster, service }: ServiceRef): string => `${cluster}/${service}`

const foldOf = ({ ref, seen, recentMs, lateAt }: Marked, sightings: readonly Sighting[], now: string): Fold => ({
  ...{ ref, now, sightings, recentMs },
  notices: seen.notices,
  isLate: lateAt !== undefined && sightings.some(({ at }) => at === lateAt),
})

const byKey = (sightings: readonly Sighting[]): ReadonlyMap<string, readonly Sighting[]> => {
  const groups = new Map<string, Sighting[]>()
  for (const sighting of sightings) {
    const known = groups.get(sighting.key)
    if (known === undefined) groups.set(sighting.key, [sighting])
    else known.push(sighting)
  }
  return groups
}

const idOf = (key: string, first: string): string =>
  createHash('sha256').update(`${key} ${first}`).digest('hex').slice(0, 12)

/** Alarms that are OK again, and retirements that AWS has closed. */
const endedSignals = ({ ref }: Marked, sightings: readonly Sighting[], { problems }: Board): readonly Problem[] =>
  [...problems.values()]
    .map(({ problem }) => problem)
    .filter(
      ({ state, cause, parts, key }) =>
        state === 'open' &&
        (cause.kind === 'alarm' || cause.kind === 'retirement') &&
        Object.hasOwn(parts, ref.arn) &&
        !sightings.some(one => one.key === key),
    )
