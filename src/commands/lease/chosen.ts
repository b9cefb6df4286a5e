// Which lease of a service is meant.

import { type Lease, type LeaseBook, leasesOf } from '../../engine/leases/book.ts'
import { holdingText } from '../../engine/leases/render-leases.ts'
import type { Scaling } from '../../features/scaling/load-scaling.ts'
import { type Refusal, refuse } from '../../model/errors.ts'

export type Chosen = { readonly book: LeaseBook; readonly lease: Lease }

/** `invocationFor`: the same line, with a lease named. */
export const choose = (
  { service: { ref }, book }: Scaling,
  id: string | undefined,
  invocationFor: (lease: string) => string,
): Chosen | Refusal => {
  const leases = book === undefined ? [] : leasesOf(book)
  const [lease, second] = leases.filter(({ operation }) => id === undefined || operation.startsWith(id))
  if (book === undefined || lease === undefined)
    return refuse(`There is no such lease on *${ref.service}*.`, '`/ecs leases` lists what is running.')
  if (second === undefined) return { book, lease }
  return refuse(
    `There are ${leases.length} leases on *${ref.service}*.`,
    'Which one?',
    leases.slice(0, 5).map(({ operation, holding, holder }) => ({
      label: `${holder.name}: ${holdingText(holding)}`.slice(0, 75),
      invocation: invocationFor(operation.slice(0, 12)),
    })),
  )
}
