// The request of an operation, stored so that its outcome can be reported to the requester.
// Without the response URL: with it, anybody who reads the table could write to Slack in our name.

import type { OperationJob } from '../../model/ports/job.ts'

/** `at`: time of the request, ISO 8601. */
export type AskedBy = Pick<OperationJob, 'actor' | 'place' | 'line'> & { readonly at: string }

export const askedBy = ({ actor, place, line }: OperationJob, at: string): AskedBy => ({ actor, place, line, at })
