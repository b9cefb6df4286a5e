// Pure: why Compute Optimizer says nothing about a service, or not all. Source: Compute Optimizer user guide, requirements of ECS
// services on Fargate.

import type { ServiceCost } from './load-service-cost.ts'
import { enrolText } from './render-findings.ts'

const DAY_MS = 86_400_000

/** Sentences; none if there is advice about both dimensions. */
export const whyNoAdvice = (state: ServiceCost): readonly string[] => {
  const { advice, size, service } = state
  const { ref } = service.detail.service
  if (advice === undefined) return []
  if (advice.kind === 'not enrolled') return [enrolText({ ...ref, ...advice })]
  if (size === undefined) return reasonsOf(state)
  if (size.tracks === undefined) return []
  const what = size.tracks === 'cpu' ? 'CPU' : 'memory'
  return [`No advice on ${what}: target tracking keeps ${what} at a level, so only the other dimension is analysed.`]
}

const reasonsOf = ({ service, split, autoscaling, now, isProduction: _ }: ServiceCost): readonly string[] => {
  const { service: found } = service.detail
  const policies = autoscaling?.policies ?? []
  const tracked = new Set(policies.filter(({ kind }) => kind === 'target tracking').map(({ metric }) => metric))
  const isYoung = Date.parse(now) - Date.parse(found.createdAt) < DAY_MS
  const isElsewhere = ![...split.keys(), found.capacity].some(name => name.includes('FARGATE'))
  const reasons = [
    ...(isElsewhere ? ['it does not run on Fargate'] : []),
    ...(policies.some(({ kind }) => kind === 'step') ? ['it has a step scaling policy'] : []),
    ...(tracked.has('cpu') && tracked.has('memory') ? ['target tracking keeps both CPU and memory'] : []),
    ...(isYoung ? ['it is younger than 24 hours'] : []),
    ...(found.desired === 0 ? ['no task runs'] : []),
  ]
  return reasons.length === 0
    ? ['No advice yet: it needs 24 hours of metrics in the last 14 days, and is made once a day.']
    : [`No advice from Compute Optimizer: ${reasons.join(', and ')}.`]
}
