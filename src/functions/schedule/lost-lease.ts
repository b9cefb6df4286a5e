// A lease whose operation ended without a word: nothing puts back what it holds any more, so a person has to.

import type { Face } from '../../engine/change/card.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import { postedKey, reminderKey } from '../../engine/change/records.ts'
import { type Lease, type LeaseBook, leaseOf } from '../../engine/leases/book.ts'
import { bookKey, updateBook } from '../../engine/leases/book-store.ts'
import { dropLease, lose } from '../../engine/leases/compose.ts'
import { offersOf } from '../../engine/leases/offers.ts'
import { holdingText } from '../../engine/leases/render-leases.ts'
import type { Posted } from '../../model/ports/slack.ts'
import { renderLost } from '../operation/lease/render-left.ts'
import type { Telling } from '../operation/story.ts'

/** What is known of its lease; nothing where there is none that anybody waits for. */
export const lostLease = async (face: Face, isBegun: boolean, ports: Telling): Promise<Outcome | undefined> => {
  const { store, now } = ports
  const { target } = face.plan
  const lease = leaseOf((await store.get<LeaseBook>(bookKey(target.arn)))?.value, face.operation)
  if (lease === undefined || lease.left !== undefined) return undefined
  // Without an intent there was no call: nothing is held.
  const book = await updateBook(store, target, before =>
    isBegun ? lose(before, face.operation, now()) : dropLease(before, face.operation),
  )
  return isBegun ? outcomeOf(book, lease) : undefined
}

const outcomeOf = (book: LeaseBook, lease: Lease): Outcome => ({
  status: 'unknown',
  text: `The function ended without a word while its lease ran: ${holdingText(lease.holding)} is not put back by itself.`,
  offers: offersOf(book, lease),
})

const MARK = 30_000

/** In the card's thread, once: a card that changes calls nobody. */
export const tellLost = async (face: Face, { text }: Outcome, { store, slack, now }: Telling): Promise<void> => {
  const posted = (await store.get<Posted>(postedKey(face.operation, 'card')))?.value
  if (posted === undefined || !(await store.create(reminderKey(face.operation, MARK), { at: now() }))) return
  await (await slack()).post(posted.channel, renderLost(face, text), { thread: posted.ts })
}
