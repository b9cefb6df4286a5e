// The refusal for a request that does not exist, or that the person may not see: it is the same for both.

import { refuse } from '../../model/errors.ts'

export const UNSEEN = refuse('You may not see this request, or it has expired.', '`/ecs whoami` lists your roles.')
