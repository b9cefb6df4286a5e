// Handles a temporary change whose operation died. It is not reverted automatically, so a person must act.

import type { Face } from '../../engine/cards/card.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import { reminderKey } from '../../engine/change/records.ts'
import { postOrTellOnCall } from '../../engine/jobs/tell-on-call.ts'
import { type Lease, type LeaseBook, leaseOf } from '../../engine/leases/book.ts'
import { bookKey, updateBook } from '../../engine/leases/book-store.ts'
import { dropLease, markLost } from '../../engine/leases/compose.ts'
import { offersOf } from '../../engine/leases/offers.ts'
import { holdingText } from '../../engine/leases/render-leases.ts'
import type { Posted } from '../../model/ports/slack.ts'
import { renderOperationDied } from '../operation/lease/render-not-reverted.ts'
import type { ReportPorts } from '../operation/story.ts'

/** Marks the lease as lost. Returns the outcome to report; undefined if there is no active lease. */
export const loseLease = async (face: Face, isBegun: boolean, ports: ReportPorts): Promise<Outcome | undefined> => {
  const { store, now } = ports
  const { target } = face.plan
  const lease = leaseOf((await store.get<LeaseBook>(bookKey(target.arn)))?.value, face.operation)
  if (lease === undefined || lease.left !== undefined) return undefined
  // Without an intent no call was made, so the lease is removed from the book.
  const book = await updateBook(store, target, before =>
    isBegun ? markLost(before, face.operation, now()) : dropLease(before, face.operation),
  )
  return isBegun ? outcomeOf(book, lease) : undefined
}

const outcomeOf = (book: LeaseBook, lease: Lease): Outcome => ({
  status: 'unknown',
  text: `Quarterdeck stopped unexpectedly during this temporary change: ${holdingText(lease.holding)} is not reverted automatically.`,
  offers: offersOf(book, lease),
})

const REMINDER_NUMBER = 30_000

type Lost = {
  readonly operation: string
  /** The card in whose thread it is posted. */
  readonly posted: Posted
  readonly face: Face
  readonly text: string
  /** Whom to mention besides the requester. */
  readonly onCall?: readonly string[]
}

/** Posts a message in the card's thread, once, because an edited card notifies nobody. */
export const notifyLost = async (
  { operation, posted, face, text, onCall }: Lost,
  { store, slack, now, config }: ReportPorts,
): Promise<void> => {
  if (!(await store.create(reminderKey(operation, REMINDER_NUMBER), { at: now() }))) return
  const message = renderOperationDied(face, text, onCall)
  await postOrTellOnCall(posted, message, await config(), await slack(), { others: [face.requester.user] })
}
