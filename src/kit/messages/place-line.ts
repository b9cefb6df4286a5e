// Where a service is, as one line of a message.

import type { ServiceRef } from '../../model/ecs.ts'
import { context } from './markup.ts'

/** Where it is: account, region, cluster. */
export const scope = (ref: ServiceRef) => context(`${placeWords(ref)} · ${ref.cluster}`)

export const placeWords = ({ account, accountId, region }: Pick<ServiceRef, 'account' | 'accountId' | 'region'>) =>
  `${account} ${accountId.replace(/^(\d{4})(\d{4})(\d{4})$/, '$1-$2-$3')} · ${region}`
