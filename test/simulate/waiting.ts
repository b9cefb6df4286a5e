// Operations that may remain after a run: leases that were not reverted, which ask a person daily for a month.
import type { Evidence, Operation } from './evidence.ts'

export const bookOf = ({ books }: Pick<Evidence, 'books'>, place: string, before = Number.POSITIVE_INFINITY) =>
  books.findLast(book => book.place === place && book.order < before)?.leases ?? []

export const isWaiting = (
  { id, status }: Pick<Operation, 'id' | 'status'>,
  evidence: Pick<Evidence, 'books'>,
): boolean =>
  status === 'RUNNING' &&
  evidence.books.some(
    ({ place, leases }) =>
      leases.some(({ operation }) => operation === id) &&
      bookOf(evidence, place).some(({ operation, isLeft }) => operation === id && isLeft),
  )
