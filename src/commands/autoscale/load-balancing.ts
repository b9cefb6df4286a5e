// Loads what policies by requests need to know of a service: its deployments and its target groups.

import type { Scaling } from '../../features/scaling/load-scaling.ts'
import type { Balancing } from '../../features/scaling/tracking.ts'
import type { ScalingMetric } from '../../model/ecs.ts'
import { isRefusal, type Refusal } from '../../model/errors.ts'
import type { Readers } from '../readers.ts'

/** `balancing`: only for requests. */
export type Balanced = { readonly scaling: Scaling; readonly balancing?: Balancing }

export const loadBalanced = async (
  scaling: Scaling | Refusal,
  metric: ScalingMetric,
  read: Pick<Readers, 'serviceDetail' | 'requestLabels'>,
): Promise<Balanced | Refusal> => {
  if (isRefusal(scaling)) return scaling
  if (metric !== 'requests') return { scaling }
  const { ref } = scaling.service
  const detail = await read.serviceDetail(ref)
  return {
    scaling,
    balancing: {
      controller: scaling.service.controller,
      strategy: detail?.strategy.kind ?? '',
      labels: detail === undefined ? [] : await read.requestLabels(ref, detail.targetGroups),
    },
  }
}
