// Picks the temporary change of a service that a command means: by its id, or because it is the only one.

import { type Lease, type LeaseBook, leasesOf } from '../../engine/leases/book.ts'
import { holdingText } from '../../engine/leases/render-leases.ts'
import type { Scaling } from '../../features/scaling/load-scaling.ts'
import { type Refusal, refuse } from '../../model/errors.ts'

export type Chosen = { readonly book: LeaseBook; readonly lease: Lease }

/**
 * Picks a temporary change, or refuses with a button for each. `invocationFor`: the same command for one temporary
 * change.
 */
export const choose = (
  { service: { ref }, book }: Scaling,
  id: string | undefined,
  invocationFor: (lease: string) => string,
): Chosen | Refusal => {
  const leases = book === undefined ? [] : leasesOf(book)
  const [lease, second] = leases.filter(({ operation }) => id === undefined || operation.startsWith(id))
  if (book === undefined || lease === undefined)
    return refuse(`*${ref.service}* has no such temporary change.`, '`/ecs leases` lists temporary changes.')
  if (second === undefined) return { book, lease }
  return refuse(
    `*${ref.service}* has ${leases.length} temporary changes.`,
    'Which one?',
    leases.slice(0, 5).map(({ operation, holding, holder }) => ({
      label: `${holder.name}: ${holdingText(holding)}`.slice(0, 75),
      invocation: invocationFor(operation.slice(0, 12)),
    })),
  )
}
