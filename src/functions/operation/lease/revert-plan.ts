// The plan that reverts a temporary change, and its values as text.

import type { Call, Plan } from '../../../engine/change/plan.ts'
import type { Lease } from '../../../engine/leases/book.ts'
import type { Ending } from '../../../engine/leases/compose.ts'
import { capacityValue, type Value } from '../../../engine/leases/holding.ts'
import { strategyWords } from '../../../engine/leases/render-leases.ts'
import { setStrategy } from '../../../features/capacity/capacity-calls.ts'
import { primaryOf } from '../../../features/deployments/rollout.ts'
import { amountsOf } from '../../../features/scaling/load-scaling.ts'
import { setBounds, setCount, setSuspensions } from '../../../features/scaling/scaling-calls.ts'
import type { Autoscaling, Service, ServiceRef } from '../../../model/ecs.ts'
import { boundsText, inBounds, suspendedNames } from '../../../model/scaling-words.ts'
import type { Story } from '../story.ts'

export const changesText = ({ changes }: Plan): string =>
  changes.map(({ what, from, to }) => `${what}: ${from} → ${to}`).join('; ')

export const currentValue = (
  { holding }: Lease,
  service: Service,
  autoscaling: Autoscaling | undefined,
): Value | undefined => {
  switch (holding.kind) {
    case 'floor':
      return autoscaling && { min: autoscaling.min, max: autoscaling.max }
    case 'count':
      return { tasks: service.desired }
    case 'suspension':
      return autoscaling?.suspended
    case 'capacity':
      return capacityValue(service)
  }
}

export const valueText = (value: Value | undefined): string => {
  if (value === undefined) return 'none (scalable target deleted)'
  if ('max' in value) return boundsText(value)
  if ('strategy' in value) return strategyWords(value)
  return 'tasks' in value ? `${value.tasks}` : suspendedNames(value) || 'nothing suspended'
}

export const QUANTITY_NAMES = {
  floor: 'Autoscaling bounds',
  count: 'Desired count',
  suspension: 'Suspended',
  capacity: 'Capacity',
} as const

export const planOf = (
  { face }: Story,
  { holding }: Lease,
  { from, to }: Extract<Ending, { kind: 'put' }>,
  service: Service,
  autoscaling: Autoscaling | undefined,
): Plan => {
  // The revert role makes the calls.
  const { role: _, ...base } = face.plan
  const { target } = base
  const clamped = 'max' in to ? inBounds(service.desired, to) : service.desired
  return {
    ...base,
    ...(holding.kind === 'capacity' ? capacityParts(base, service) : { command: 'lease' }),
    title: `Revert *${target.service}*`,
    changes: [
      { what: QUANTITY_NAMES[holding.kind], from: valueText(from), to: valueText(to) },
      ...(clamped === service.desired
        ? []
        : [{ what: 'Desired count', from: `${service.desired}`, to: `${clamped}, at once` }]),
    ],
    amounts: {
      tasks: { from: service.desired, to: 'tasks' in to ? to.tasks : clamped },
      ...('max' in from && 'max' in to && amountsOf(from, to)),
    },
    calls: callsOf(target, to, autoscaling),
  }
}

/** A switch of capacity is watched, and looked for after a lost answer, as by its command. */
const capacityParts = ({ binds }: Plan, service: Service) => ({
  command: 'capacity set',
  binds: { ...binds, deployment: primaryOf(service)?.id ?? '' },
})

const callsOf = (target: ServiceRef, to: Value, autoscaling: Autoscaling | undefined): readonly Call[] => {
  if ('tasks' in to) return [setCount(target, to.tasks)]
  if ('strategy' in to) return [setStrategy(target, to.strategy)]
  if (autoscaling === undefined) return []
  return 'max' in to ? [setBounds(target, autoscaling.arn, to)] : [setSuspensions(target, autoscaling.arn, to)]
}
