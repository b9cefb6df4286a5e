// How temporary changes end and how changes of size are taken back, in words for a card.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { Line } from '../../engine/change/plan.ts'
import type { LeaseBook, PlannedLease } from '../../engine/leases/book.ts'
import { baselineWith, isLeased } from '../../engine/leases/compose.ts'
import type { Holding, Value } from '../../engine/leases/holding.ts'
import { capacityText } from '../../engine/leases/render-leases.ts'
import type { Scaling } from '../../features/scaling/load-scaling.ts'
import { suspensionLosses } from '../../features/scaling/scaling-losses.ts'
import { durationWords } from '../../kit/language/kinds/duration.ts'
import type { Bounds } from '../../model/ecs.ts'
import { boundsText, inBounds, suspendedNames, tasks } from '../../model/scaling-words.ts'
import { LAUNCHES_A_MINUTE } from '../scale/wanted.ts'

/** When a temporary change is reverted: `after 2 h`. */
export const endOfLease = (book: LeaseBook | undefined, { holding, minutes }: PlannedLease): string =>
  isLeased(book, holding.kind) ? 'after the last temporary change' : `after ${durationWords(minutes)}`

/** The tasks that the end of a temporary change stops or starts, after what it reverts to: `: 2 of 6 tasks stop`. */
export const movedAtEnd = (from: number, to: number, least = ''): string => {
  if (from === to) return ''
  const moved = Math.abs(from - to)
  return to < from
    ? `: ${least}${moved} of ${tasks(from)} ${moved === 1 ? 'stops' : 'stop'}`
    : `: ${least}${tasks(moved)} ${moved === 1 ? 'starts' : 'start'}`
}

/** Autoscaling may have more tasks by then. */
export const AT_LEAST = 'at least '

/**
 * The end of a temporary suspension. Registering it moves the count into the bounds. `count`: the desired count that is
 * set with the suspension; it is not reverted.
 */
export const endOfSuspension = ({ book, autoscaling }: Scaling, lease: PlannedLease, count?: number): Line => {
  const names = suspendedIn(baselineWith(book, lease))
  const end = endOfLease(book, lease)
  if (count !== undefined && autoscaling !== undefined)
    return cardLine(`suspension ${names === '' ? '' : 'partly '}ends ${end}; ${countAfter(count, autoscaling)}`)
  if (names !== '') return cardLine(`reverts ${end}; ${names} stays suspended`)
  return cardLine(
    `suspension ends ${end}${autoscaling === undefined ? '' : `; count moves into ${boundsText(autoscaling)}`}`,
  )
}

const countAfter = (count: number, bounds: Bounds): string => {
  const after = inBounds(count, bounds)
  return after === count ? `count stays at ${count}` : `count goes to ${after}`
}

const suspendedIn = (value: Value): string => ('in' in value ? suspendedNames(value) : '')

/** Minutes until a new task usually serves requests, or an old one has drained. */
const USUAL_MINUTES = 2

export const undoOfCountChange = (now: number, before: number): string =>
  `scale to ${before}, ~${USUAL_MINUTES + Math.floor(Math.max(0, before - now) / LAUNCHES_A_MINUTE)} min`

/** The commands whose changes a temporary change makes, and keeping or extending it, too. */
export const commandsOf = ({ kind }: Holding): readonly string[] =>
  ({
    count: ['scale'],
    floor: ['scale', 'autoscale bounds'],
    suspension: ['autoscale suspend'],
    capacity: ['capacity set'],
  })[kind]

/** What a temporary change takes from users for as long as it lasts. */
export const lossesOfHolding = (holding: Holding): readonly string[] => {
  if (holding.kind === 'suspension') return suspensionLosses(holding)
  return holding.kind === 'count' && holding.tasks === 0 ? ['No task runs; nothing answers'] : []
}

/** A value that returns: `4..10`, `4 tasks`, `nothing suspended`. */
export const valueWords = (value: Value): string => {
  if ('max' in value) return boundsText(value)
  if ('strategy' in value) return capacityText(value)
  return 'tasks' in value ? `${value.tasks}` : `${suspendedNames(value) || 'nothing'} suspended`
}
