// The place of a service as one line of a message.

import type { ServiceRef } from '../../model/ecs.ts'
import { context } from './markup.ts'

/** A line with the account, account id, region and cluster of a service. */
export const placeLine = (ref: ServiceRef) => context(`${placeText(ref)} · ${ref.cluster}`)

export const placeText = ({ account, accountId, region }: Pick<ServiceRef, 'account' | 'accountId' | 'region'>) =>
  `${account} ${accountId.replace(/^(\d{4})(\d{4})(\d{4})$/, '$1-$2-$3')} · ${region}`
