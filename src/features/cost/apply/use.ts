// Whether anything used an idle service: Compute Optimizer sees CPU and memory alone.

import { fullName } from '../../../kit/language/target.ts'
import { countWords, plainName } from '../../../kit/messages/text.ts'
import type { Autoscaling } from '../../../model/ecs.ts'
import { isRecord, type Json } from '../../../model/json.ts'
import type { ServiceDetail } from '../../../model/service-detail.ts'
import { type CostReads, type Entrances, USE_DAYS, type UseCount } from '../reads.ts'

/** `seen`: entrances that were measured, none of a worker. `used`: those that are not zero. `unseen`: what is not measured. */
export type Use = { readonly seen: number; readonly used: readonly UseCount[]; readonly unseen: readonly string[] }

/** The IAM actions of `loadUse`. */
export const USE_READS = ['cloudwatch:GetMetricData', 'elasticloadbalancing:DescribeTargetGroups'] as const

export const loadUse = async (
  { service: { ref }, targetGroups, connect, latticeGroups }: ServiceDetail,
  autoscaling: Autoscaling | undefined,
  read: Pick<CostReads, 'use'>,
  now: string,
): Promise<Use> => {
  const entrances = { groups: targetGroups, names: connect?.names ?? [], queues: queuesOf(autoscaling) }
  const counts = isEmpty(entrances) ? [] : await read.use(ref, entrances, now)
  return {
    seen: counts.length,
    used: counts.filter(({ total }) => total > 0),
    unseen: latticeGroups.length === 0 ? [] : ['VPC Lattice'],
  }
}

const isEmpty = (entrances: Entrances): boolean => Object.values(entrances).every(({ length }) => length === 0)

/** The queues in the metrics that scaling policies follow. */
const queuesOf = (autoscaling: Autoscaling | undefined): readonly string[] => [
  ...new Set((autoscaling?.policies ?? []).flatMap(({ configuration }) => queuesIn(configuration))),
]

const queuesIn = (value: Json | undefined): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(queuesIn)
  if (!isRecord(value)) return []
  const { Name, Value } = value
  if (Name === 'QueueName' && typeof Value === 'string') return [Value]
  return Object.values(value).flatMap(one => queuesIn(one as Json))
}

/** Whether the service may be proposed for a stop. */
export const isUnused = ({ used, unseen }: Use): boolean => used.length === 0 && unseen.length === 0

/** One sentence without a full stop: what is not zero, or what was measured. */
export const useText = ({ seen, used, unseen }: Use): string => {
  const [most] = used.toSorted((a, b) => b.total - a.total)
  if (most !== undefined)
    return `${countWords(Math.round(most.total))} ${most.what} of ${plainName(most.from, 40)} in ${USE_DAYS} days: it is used`
  if (unseen.length > 0) return `traffic of ${unseen.join(', ')} is not read: ask its owner`
  return seen === 0
    ? 'nothing to measure: it has no load balancer, Service Connect or scaling by a queue. Ask its owner'
    : `no requests, connections or messages in ${USE_DAYS} days`
}

/** Autoscaling would lift the count to its minimum again. */
export const stopOffer = ({ service: { ref } }: ServiceDetail, autoscaling: Autoscaling | undefined) => ({
  label: 'Scale to 0',
  invocation: `scale ${fullName(ref)} 0${autoscaling === undefined || autoscaling.min === 0 ? '' : ' --move-bounds'}`,
})
