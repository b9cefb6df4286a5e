// Tells problems in channels. One teller works at a time: it holds a lease in the store, looks every two seconds while there
// is something new, and posts or updates at most one message a channel in each look.

import { randomUUID } from 'node:crypto'
import { logError } from '../../../engine/jobs/log-error.ts'
import { armProblemLook } from '../../../engine/jobs/timers.ts'
import { LEASE_SECONDS, MARK_SHARDS, TELLER, type TellerLease } from '../../../features/incidents/problems/mark.ts'
import { type Board, hasSubscriptions, loadBoard, type Memo, openProblems, type TellerPorts } from './board.ts'
import { foldMarks } from './fold-marks.ts'
import { closeProblems } from './steady.ts'
import { hasUntold, tellChannels } from './tell-channels.ts'

export type { TellerPorts } from './board.ts'

const LOOK_MS = 2_000
/** A Lambda function of ours ends after three minutes. */
const LONGEST_MS = 100_000
const CLOSE_MS = 60_000
/** A problem without a sign for longer is looked at by the recurring job alone. */
const ACTIVE_MS = 30 * 60_000

export const tellProblems = async (ports: TellerPorts): Promise<void> => {
  const lease = await takeLease(ports)
  if (lease === undefined) return
  const end = Date.parse(ports.now()) + LONGEST_MS
  const run: Run = { memo: { active: new Map() }, isArmed: false, closedAt: 0 }
  let isIdle = false
  try {
    for (;;) {
      isIdle = (await look(run, ports)) && !(await hasMarks(ports))
      if (isIdle || Date.parse(ports.now()) >= end || !(await lease.renew())) break
      await ports.pause(LOOK_MS)
    }
  } finally {
    await lease.release()
  }
  // An event that met this lease called nobody, and has left a mark.
  if (isIdle && (await hasMarks(ports))) await tellProblems(ports)
}

type Run = { readonly memo: Memo; isArmed: boolean; closedAt: number }

/** Returns whether there is nothing to tell now. */
const look = async (run: Run, ports: TellerPorts): Promise<boolean> => {
  const board = await loadBoard(ports)
  const hadMarks = await foldMarks(board, ports)
  if (!hasSubscriptions(board)) return true
  const at = Date.parse(ports.now())
  if (at - run.closedAt >= CLOSE_MS) {
    run.closedAt = at
    await closeProblems(board, ports)
  }
  if (!run.isArmed && ((await hasUntold(ports)) || isActive(board, at))) {
    run.isArmed = true
    await armProblemLook(ports).catch((error: unknown) => logError('problems', 'look', error))
  }
  const isTold = await tellChannels(board, run.memo, ports)
  return isTold && !hadMarks
}

const isActive = (board: Board, at: number): boolean =>
  openProblems(board).some(({ last }) => at - Date.parse(last) < ACTIVE_MS)

const hasMarks = async ({ store }: TellerPorts): Promise<boolean> => {
  const lists = await Promise.all(MARK_SHARDS.map(pk => store.list(pk, { limit: 1 })))
  return lists.some(list => list.length > 0)
}

type Lease = { readonly renew: () => Promise<boolean>; readonly release: () => Promise<void> }

/** Undefined while another teller works. */
const takeLease = async ({ store, now }: TellerPorts): Promise<Lease | undefined> => {
  const own: TellerLease = { holder: randomUUID() }
  const until = (): number => Math.floor(Date.parse(now()) / 1_000) + LEASE_SECONDS
  const before = await store.get<TellerLease>(TELLER)
  if (before !== undefined && before.value.holder !== '') return undefined
  const isTaken =
    before === undefined
      ? await store.create(TELLER, own, until())
      : await store.replace(TELLER, own, before.version, until())
  if (!isTaken) return undefined
  let version = (before?.version ?? 0) + 1
  return {
    renew: async () => {
      const isOurs = await store.replace(TELLER, own, version, until())
      version += 1
      return isOurs
    },
    release: async () => void (await store.remove(TELLER, version).catch(() => false)),
  }
}
