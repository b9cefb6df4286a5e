// /ecs capacity return: ends a temporary change of capacity before its time.

import type { NewPlan } from '../../engine/change/plan.ts'
import type { Lease, LeaseBook } from '../../engine/leases/book.ts'
import { baselineOf } from '../../engine/leases/origin.ts'
import { capacityText } from '../../engine/leases/render-leases.ts'
import { CAPACITY_READS, type Capacity, loadCapacity } from '../../features/capacity/load-capacity.ts'
import { replacedLoss, riskOfReplacement } from '../../features/deployments/replacement.ts'
import { fullName } from '../../kit/language/target.ts'
import { refuse } from '../../model/errors.ts'
import { mutation } from '../command.ts'

export const returnCapacity = mutation({
  name: 'capacity return',
  summary: 'Return a service to its earlier capacity before the time; replaces every task',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['capacity return orders-api'],
  reads: CAPACITY_READS,
  writes: [],
  load: ({ service }, read, asker) => loadCapacity(service, read, asker),

  plan: (_, state: Capacity) => {
    const { book, service } = state
    const lease = book?.held.capacity?.leases.find(({ left, lost }) => left === undefined && lost === undefined)
    return book === undefined || lease === undefined
      ? refuse(
          `*${service.detail.service.ref.service}* has no temporary change of capacity.`,
          '`/ecs capacity set` switches its capacity.',
        )
      : planReturn(state, book, lease)
  },
})

const planReturn = ({ service: { detail }, split }: Capacity, book: LeaseBook, lease: Lease): NewPlan => {
  const { service } = detail
  const { ref, desired } = service
  const baseline = baselineOf(book, lease)
  const back = baseline !== undefined && 'strategy' in baseline ? capacityText(baseline) : 'its earlier capacity'
  return {
    kind: 'plan',
    command: 'capacity return',
    invocation: `capacity return ${fullName(ref)}`,
    target: ref,
    title: `Return *${ref.service}* to its earlier capacity`,
    changes: [{ what: 'Capacity', from: 'temporary', to: back }],
    risk: riskOfReplacement(service),
    size: desired,
    tasks: desired,
    losses: [replacedLoss(service), `Back to ${back}`],
    undo: 'capacity escape again; replaces every task',
    consequences: [
      'It waits while a deployment is in progress, changes are frozen, or Fargate Spot had no capacity in the last 30 minutes.',
      'The card of the temporary change reports it.',
    ],
    offers: [],
    calls: [
      {
        service: 'quarterdeck',
        action: 'EndLease',
        input: { lease: lease.operation },
        resources: [ref.arn],
        repeatable: true,
      },
    ],
    binds: { createdAt: service.createdAt, lease: lease.operation },
    drifts: { 'desired tasks': desired, 'running on': [...split.keys()].toSorted() },
  }
}
