// Posts the daily digest of open requests and temporary changes. Runs every 15 minutes; the configuration sets the time
// of day.

import type { Ports } from '../../commands/ports.ts'
import { PENDING, type Pending } from '../../engine/change/open-request.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { type LeaseBook, leasesOf } from '../../engine/leases/book.ts'
import { LEASES } from '../../engine/leases/book-store.ts'
import type { Key } from '../../model/ports/store.ts'
import { resolveMoment } from '../../model/time.ts'
import { renderDigest } from './render-digest.ts'

/** The delay after which a missed digest is skipped. */
const MAX_LATE_MS = 4 * 3_600_000
const WEEK_SECONDS = 7 * 86_400

export type DigestPorts = Pick<Ports, 'config' | 'store' | 'slack' | 'now'>

/**
 * Posts the digest, or nothing if it is empty. Its mark is written before the message, so there is at most one digest a
 * day.
 */
export const postDigest = async ({ config, store, slack, now }: DigestPorts): Promise<void> => {
  const { digest } = await config()
  if (digest === undefined) return
  const at = Date.parse(now())
  const due = resolveMoment(digest.at, digest.timeZone, at)
  if (at - due > MAX_LATE_MS) return
  const [books, pending] = await Promise.all([store.list<LeaseBook>(LEASES), store.list<Pending>(PENDING)])
  const leases = books.flatMap(({ value: book }) => leasesOf(book).map(lease => ({ book, lease })))
  const waiting = pending.map(({ value }) => value).filter(({ expiresAt }) => expiresAt > now())
  if (leases.length + waiting.length === 0) return
  if (!(await store.create(digestKey(due), { at: now() }, Math.floor(at / 1000) + WEEK_SECONDS))) return
  await (await slack())
    .post(digest.channel, renderDigest(leases, waiting))
    .catch((error: unknown) => logError('digest', digest.channel, error))
}

/** The item that marks a digest as posted. `due`: when it was due, epoch milliseconds. */
export const digestKey = (due: number): Key => ({ pk: 'digest', sk: new Date(due).toISOString() })
