// /ecs capacity return: ends a temporary change of capacity before its time.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import type { Lease, LeaseBook } from '../../engine/leases/book.ts'
import { bookKey } from '../../engine/leases/book-store.ts'
import { baselineOf } from '../../engine/leases/origin.ts'
import { capacityText } from '../../engine/leases/render-leases.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { capacityLeases, refuseDead } from '../../features/capacity/lint-strategy.ts'
import { type Capacity, loadSwitch, SWITCH_READS } from '../../features/capacity/load-capacity.ts'
import { imageTagParts, UNCOMPARED } from '../../features/deployments/image-tags.ts'
import { riskOfReplacement, withReplacedLoss } from '../../features/deployments/replacement.ts'
import { fullName } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { refuse } from '../../model/errors.ts'
import { mutation } from '../command.ts'

/** Those with a running temporary change of their capacity. */
const withTemporaryCapacity = async (
  refs: readonly ServiceRef[],
  { store }: Pick<Asker, 'store'>,
): Promise<readonly ServiceRef[]> => {
  const books = await Promise.all(refs.map(({ arn }) => store.get<LeaseBook>(bookKey(arn))))
  return refs.filter((_, at) => capacityLeases(books[at]?.value).running !== undefined)
}

/** A later temporary change is another one: the approval is not for it. */
const leaseOn = async ({ arn }: ServiceRef, { store }: Pick<Asker, 'store'>): Promise<{ lease?: string }> => {
  const { running } = capacityLeases((await store.get<LeaseBook>(bookKey(arn)))?.value)
  return running === undefined ? {} : { lease: running.operation }
}

export const returnCapacity = mutation({
  name: 'capacity return',
  summary: 'Return to the earlier capacity before the time; replaces every task',
  args: { service: { kind: 'set' } },
  options: {},
  examples: ['capacity return orders-api', 'capacity return cluster:web'],
  reads: SWITCH_READS,
  writes: [],
  load: ({ service }, read, asker) => loadSwitch(service, read, asker),

  plan: (_, state: Capacity) => {
    const { book, service } = state
    const { service: name } = service.detail.service.ref
    const { running, dead } = capacityLeases(book)
    if (book !== undefined && running !== undefined) return planReturn(state, book, running)
    return book !== undefined && dead !== undefined
      ? refuseDead(name, book, dead)
      : refuse(`*${name}* has no temporary change of capacity.`, '`/ecs capacity set` switches its capacity.')
  },

  many: {
    verb: 'Return',
    done: 'returned',
    lineFor: ref => `capacity return ${fullName(ref)}`,
    among: withTemporaryCapacity,
    binds: leaseOn,
    weigh: service => ({ risk: riskOfReplacement(service), also: ['capacity set', 'restart'] }),
    undo: 'capacity escape again; replaces every task',
    included: () => ['each waits while it deploys or Spot has no capacity'],
  },
})

const planReturn = (
  { service: { detail }, split, tags = UNCOMPARED }: Capacity,
  book: LeaseBook,
  lease: Lease,
): NewPlan => {
  const { service } = detail
  const { ref, desired } = service
  const parts = imageTagParts(tags, riskOfReplacement(service))
  const baseline = baselineOf(book, lease)
  const back = baseline !== undefined && 'strategy' in baseline ? capacityText(baseline) : 'its earlier capacity'
  return {
    kind: 'plan',
    command: 'capacity return',
    also: ['capacity set', 'restart'],
    invocation: `capacity return ${fullName(ref)}`,
    target: ref,
    title: `Return *${ref.service}* to its earlier capacity`,
    changes: [{ what: 'Capacity', from: 'temporary', to: back }, ...parts.changes],
    details: parts.details,
    risk: parts.risk,
    size: desired,
    tasks: desired,
    losses: [...withReplacedLoss(service, parts.losses), cardLine(`Back to ${back}`)],
    undo: 'capacity escape again; replaces every task',
    consequences: [
      'It waits while another deployment is in progress, changes are frozen, or Fargate Spot had no capacity in the last 30 minutes.',
      'The card of the temporary change reports it.',
    ],
    offers: [],
    isUnlocked: true,
    calls: [
      {
        service: 'quarterdeck',
        action: 'EndLease',
        input: {
          lease: lease.operation,
          ...(tags.moved.length > 0 && { images: tags.moved.map(({ to }) => to) }),
          ...(tags.uncompared.length > 0 && { uncompared: tags.uncompared }),
        },
        resources: [ref.arn],
        repeatable: true,
      },
    ],
    binds: { createdAt: service.createdAt, lease: lease.operation, ...parts.binds },
    drifts: { 'desired tasks': desired, 'running on': [...split.keys()].toSorted() },
  }
}
