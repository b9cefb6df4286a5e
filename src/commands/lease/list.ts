// /ecs leases: lists temporary changes, when each ends, and what it reverts to.

import type { LeaseBook } from '../../engine/leases/book.ts'
import { LEASES } from '../../engine/leases/book-store.ts'
import { renderLeases } from '../../engine/leases/render-leases.ts'
import { maySeeTarget } from '../../engine/rules/place-access.ts'
import { query } from '../command.ts'

export const leases = query({
  name: 'leases',
  summary: 'List temporary changes, when each ends, and what it reverts to',
  args: {},
  options: {},
  examples: ['leases'],
  reads: [],
  load: async (_values, _read, { store, who, config, facts }) => {
    const books = await store.list<LeaseBook>(LEASES)
    return books.map(({ value }) => value).filter(({ target }) => maySeeTarget(target.arn, who.actor, config, facts))
  },
  render: (books: readonly LeaseBook[]) => renderLeases(books),
})
