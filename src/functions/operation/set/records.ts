// The results of the services of a change set: each execution writes its own, and the set's execution counts them.

import type { Outcome } from '../../../engine/change/outcome.ts'
import type { Key } from '../../../model/ports/store.ts'

/** `at`: when it ended, ISO 8601. */
export type MemberResult = {
  readonly number: number
  readonly at: string
  readonly status: Outcome['status'] | 'refused'
  readonly text: string
}

export const isFailed = ({ status }: Pick<MemberResult, 'status'>): boolean => status !== 'done'

export const resultsOf = (set: string): string => `set#${set}`
export const resultKey = (set: string, number: number): Key => ({
  pk: resultsOf(set),
  sk: String(number).padStart(4, '0'),
})

/** How long results are kept, in days. */
export const RESULT_DAYS = 30
