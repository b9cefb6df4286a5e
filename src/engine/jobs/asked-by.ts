// Who asked for an operation, where and what: kept so that its end can be told.

import type { OperationJob } from '../../model/ports/job.ts'

/** Who asked, where and what; `at`: when, ISO 8601. */
export type AskedBy = Pick<OperationJob, 'actor' | 'place' | 'responseUrl' | 'line'> & { readonly at: string }

export const askedBy = ({ actor, place, responseUrl, line }: OperationJob, at: string): AskedBy => ({
  actor,
  place,
  line,
  at,
  ...(responseUrl !== undefined && { responseUrl }),
})
