// Posts the digests that are due, each at most once. Runs every few minutes; the configuration says when a digest is due.

import type { Readers } from '../../commands/readers.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { SYSTEM } from '../../engine/rules/asker.ts'
import type { Digest } from '../../engine/rules/config.ts'
import { loadGroupsAlone } from '../../engine/rules/load-rule-inputs.ts'
import type { CollectReads } from '../../features/digests/collect.ts'
import { lastDue } from '../../features/digests/due.ts'
import { type Known, keptUntil, knownKey, type Run, runKey } from '../../features/digests/records.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Item } from '../../model/ports/store.ts'
import { type DigestPorts, type DigestTurn, runDigest } from './run-digest.ts'

/** After this long, a run that has not ended is dead: the function may take three minutes. */
const DEAD_MS = 4 * 60_000

/** A run that died this often is not begun again. */
const MOST_TRIES = 3

/** Those that never failed come first: one that takes too long must not hold up the others. */
export const postDigests = async (ports: DigestPorts): Promise<void> => {
  const config = await ports.config()
  const due: DueDigest[] = []
  for (const digest of config.digests) {
    const found = await findDue(digest, ports).catch((error: unknown) => logError('digest', digest.name, error))
    if (found !== undefined) due.push(found)
  }
  const shared: Shared = {
    ...{ config, ports, read: readOnce(ports.readers(config, SYSTEM, 'schedule')) },
    facts: once(() => loadGroupsAlone(config, ports)),
  }
  for (const one of due.toSorted((a, b) => triesOf(a) - triesOf(b))) await post(one, shared)
}

/** What all digests of one look share. */
type Shared = Pick<DigestTurn, 'config' | 'ports' | 'read' | 'facts'>

type DueDigest = { readonly digest: Digest; readonly due: string; readonly before: Item<Run> | undefined }

const triesOf = ({ before }: DueDigest): number => before?.value.tries ?? 0

/** The digest, if it is due and no run of it has ended or may be running. */
const findDue = async (digest: Digest, { store, now }: DigestPorts): Promise<DueDigest | undefined> => {
  const at = now()
  const known = await knownSince(digest, { store, now })
  const due = known === undefined ? undefined : lastDue(digest, known, at)
  if (due === undefined) return undefined
  const before = await store.get<Run>(runKey(digest.name, due))
  if (before === undefined) return { digest, due, before }
  const { result, at: begun } = before.value
  const isRunning = begun !== '' && Date.parse(at) - Date.parse(begun) < DEAD_MS
  return result !== undefined || isRunning ? undefined : { digest, due, before }
}

/** Since when the digest has its cron. What was due before it had is not posted. */
const knownSince = async (
  { name, cron, zone }: Digest,
  { store, now }: Pick<DigestPorts, 'store' | 'now'>,
): Promise<string | undefined> => {
  const key = knownKey(name)
  const item = await store.get<Known>(key)
  const schedule = `${cron} ${zone}`
  if (item?.value.schedule === schedule) return item.value.at
  const known: Known = { at: now(), schedule }
  await (item === undefined ? store.create(key, known) : store.replace(key, known, item.version))
  return undefined
}

const post = async (due: DueDigest, shared: Shared): Promise<void> => {
  const turn = await claim(due, shared).catch((error: unknown) => logError('digest', due.digest.name, error))
  if (turn === undefined) return
  try {
    await runDigest(turn)
  } catch (error) {
    logError('digest', due.digest.name, error)
    // What may pass is tried again at the next look. Anything else waits until the run counts as dead.
    if (error instanceof RemoteError && error.passing) await turn.release().catch(() => undefined)
  }
}

/** The conditional write that only one function wins, before anything is posted. */
const claim = async ({ digest, due, before }: DueDigest, shared: Shared): Promise<DigestTurn | undefined> => {
  const { store, now } = shared.ports
  const key = runKey(digest.name, due)
  const tries = (before?.value.tries ?? 0) + 1
  const run: Run = { due, at: now(), tries, channel: digest.channel }
  const ended: Run = { ...run, result: 'failed' }
  const value = tries > MOST_TRIES ? ended : run
  const until = keptUntil(now())
  const isMine = await (before === undefined
    ? store.create(key, value, until)
    : store.replace(key, value, before.version, until))
  if (!isMine || value.result !== undefined) return undefined
  let version = (before?.version ?? 0) + 1
  const write = async (next: Run): Promise<void> => {
    if (await store.replace(key, next, version, until)) version += 1
    else throw new Error(`the run of digest ${digest.name} was changed`)
  }
  return {
    ...shared,
    ...{ digest, due, mayBePosted: before !== undefined },
    end: async result => write({ ...run, ...result }),
    release: async () => write({ ...run, at: '', tries: tries - 1 }),
  }
}

/** Digests that are due at once share what is read of a whole account and region. */
const readOnce = (read: Readers): CollectReads => {
  const index = once(() => read.index())
  const advice = oncePerPlace(read.advice)
  const suspendedServices = oncePerPlace(read.suspendedServices)
  return { ...read, index, advice, suspendedServices }
}

const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}

const oncePerPlace = <T>(ask: (place: Parameters<CollectReads['advice']>[0]) => Promise<T>) => {
  const asked = new Map<string, Promise<T>>()
  return (place: Parameters<CollectReads['advice']>[0]): Promise<T> => {
    const key = `${place.accountId} ${place.region}`
    const answer = asked.get(key) ?? ask(place)
    asked.set(key, answer)
    return answer
  }
}
