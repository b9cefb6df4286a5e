// Offers for a lease that ended without a revert: restore the value from before the lease, or keep the current value.

import { printItems } from '../../kit/language/kinds/strategy.ts'
import { fullName } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Offer } from '../../model/errors.ts'
import { boundsText } from '../../model/scaling-words.ts'
import type { Lease, LeaseBook } from './book.ts'
import type { Value } from './holding.ts'
import { baselineOf } from './origin.ts'

/** The offers for a lease. Each one starts a plan. */
export const offersOf = (book: LeaseBook, lease: Lease): readonly Offer[] => {
  const { target } = book
  const baseline = baselineOf(book, lease)
  return [
    ...(baseline === undefined ? [] : [restoreOffer(target, baseline)]),
    {
      label: 'Keep',
      invocation: `lease keep ${fullName(target)} --lease ${lease.operation.slice(0, 12)}`,
    },
  ]
}

const restoreOffer = (target: ServiceRef, baseline: Value): Offer => {
  const name = fullName(target)
  if ('max' in baseline) {
    const bounds = boundsText(baseline)
    return { label: `Restore ${bounds}`, invocation: `autoscale bounds ${name} ${bounds}` }
  }
  if ('strategy' in baseline) {
    const { strategy, launchType = '' } = baseline
    const words = strategy.length > 0 ? printItems(strategy) : `launch-type=${launchType.toLowerCase()}`
    return { label: 'Restore Capacity', invocation: `capacity set ${name} ${words}` }
  }
  return 'tasks' in baseline
    ? { label: `Restore ${baseline.tasks}`, invocation: `scale ${name} ${baseline.tasks}` }
    : { label: 'Resume', invocation: `autoscale resume ${name}` }
}
