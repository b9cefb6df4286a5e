// The request of an operation, stored so that its outcome can be reported to the requester.

import type { OperationJob } from '../../model/ports/job.ts'

/** The request of an operation. `at`: the time of the request, ISO 8601. */
export type AskedBy = Pick<OperationJob, 'actor' | 'place' | 'responseUrl' | 'line'> & { readonly at: string }

export const askedBy = ({ actor, place, responseUrl, line }: OperationJob, at: string): AskedBy => ({
  actor,
  place,
  line,
  at,
  ...(responseUrl !== undefined && { responseUrl }),
})
