// Plans a temporarily higher minimum capacity. Scaling policies stay active above the minimum, and scale in after it
// expires.

import { cardLine, REVERTS_BY_ITSELF } from '../../engine/cards/card-line.ts'
import type { NewPlan, Plan } from '../../engine/change/plan.ts'
import { capacityRisk } from '../../engine/change/risk.ts'
import type { PlannedLease } from '../../engine/leases/book.ts'
import { baselineWith, isLeased, valueWith } from '../../engine/leases/compose.ts'
import { withSpot } from '../../features/capacity/spot-risk.ts'
import { firstLines, schedulesBefore, scheduleText } from '../../features/scaling/autoscaling.ts'
import { amountsOf, bindsOf, callersOf, originOf, type Scaling } from '../../features/scaling/load-scaling.ts'
import { setBounds } from '../../features/scaling/scaling-calls.ts'
import { boundsLosses, countLosses, NO_TASK_MOVES, scheduleDue } from '../../features/scaling/scaling-losses.ts'
import { MOST_TASKS } from '../../kit/language/kinds/count.ts'
import { printDuration } from '../../kit/language/kinds/duration.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Bounds } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { boundsText, inBounds } from '../../model/scaling-words.ts'
import { AT_LEAST, endOfLease, movedAtEnd } from '../lease/losses.ts'
import { heavier, type Weight, weightOf } from '../lease/weight.ts'
import { minutesAfter } from './losses.ts'
import { costPart } from './plan-count.ts'
import { quotaLosses, taskText } from './wanted.ts'

export const planFloor = (state: Scaling, min: number, minutes: number): NewPlan | Refusal => {
  const { service, autoscaling, book, callers, now } = state
  const { ref, desired } = service
  if (autoscaling === undefined) return refuse(`*${ref.service}* has no autoscaling.`)
  const found: Bounds = { min: autoscaling.min, max: autoscaling.max }
  const holding = { kind: 'floor', min } as const
  const lease: PlannedLease = { holding, minutes, found, origin: originOf(state, holding) }
  const value = valueWith(book, lease)
  const bounds: Bounds = 'max' in value ? value : found
  const without = baselineWith(book, lease)
  const baseline: Bounds = 'max' in without ? without : found
  if (min <= baseline.min)
    return refuse(
      `The minimum of *${ref.service}* is already ${baseline.min}: a temporary minimum of ${min} has no effect.`,
      `To scale lower, first \`/ecs autoscale suspend ${fullName(ref)} --for ${printDuration(minutes)}\`.`,
    )
  const wanted = inBounds(desired, bounds)
  const until = minutesAfter(now, minutes)
  const offer = `scale ${fullName(ref)} ${min}`
  const step: Weight = {
    risk: withSpot(capacityRisk({ from: desired, to: wanted, callers }), state, { count: wanted, most: bounds.max }),
    size: Math.max(wanted - desired, bounds.min - found.min, bounds.max - found.max),
    tasks: Math.max(wanted, bounds.min),
  }
  return {
    kind: 'plan',
    command: 'scale',
    also: ['autoscale bounds'],
    invocation: `${offer} --for ${printDuration(minutes)}`,
    target: ref,
    title: `Scale *${ref.service}* to ${bounds.max === min ? 'exactly' : 'at least'} ${min} for ${printDuration(minutes)}`,
    changes: [
      { what: 'Autoscaling bounds', from: boundsText(found), to: boundsText(bounds) },
      {
        what: 'Desired count',
        from: `${desired}`,
        to: wanted === desired ? `${desired} (unchanged)` : `${wanted}, at once`,
      },
    ],
    ...(isLeased(book, 'floor') ? heavier(step, weightOf(holding, baseline, { callers })) : step),
    consequences: [
      ...taskText(state, wanted),
      'Scaling policies stay active above the minimum.',
      ...revertText(baseline, bounds, isLeased(book, 'floor')),
      ...firstLines(
        schedulesBefore(autoscaling, now, until).map(
          due => `${scheduleText(due)} That is before this expires, and overrides it.`,
        ),
        'more scheduled actions before it expires.',
      ),
    ],
    losses: lossesOfFloor(state, min, wanted, { found, bounds }),
    undo: REVERTS_BY_ITSELF,
    ...costPart(state, wanted),
    included: [
      cardLine(
        `reverts to ${boundsText(baseline)} ${endOfLease(book, lease)}${movedAtEnd(wanted, inBounds(wanted, baseline), AT_LEAST)}`,
      ),
      ...scheduleDue(autoscaling, now, until),
    ],
    offers: offersOf(state, min, found),
    calls: [setBounds(ref, autoscaling.arn, bounds)],
    amounts: { tasks: { from: desired, to: wanted }, ...amountsOf(found, bounds) },
    binds: bindsOf(state),
    drifts: { 'desired tasks': desired },
    lease,
    ...callersOf(state),
  }
}

const lossesOfFloor = (
  state: Scaling,
  min: number,
  wanted: number,
  { found, bounds }: { readonly found: Bounds; readonly bounds: Bounds },
): NewPlan['losses'] => {
  const { desired } = state.service
  return [
    ...(min < bounds.min ? [`At least ${min} when higher temporary changes end`] : []),
    ...(wanted === desired ? [NO_TASK_MOVES] : countLosses(desired, wanted, ' at once')),
    ...quotaLosses(state, Math.max(0, wanted - desired)),
    ...boundsLosses(found, bounds),
  ].map(cardLine)
}

const offersOf = ({ service: { ref } }: Scaling, min: number, found: Bounds): Plan['offers'] => {
  const offer = `scale ${fullName(ref)} ${min}`
  if (min < found.max) return [{ label: 'Only the Count', invocation: offer }]
  const raised = boundsText({ min, max: Math.min(MOST_TASKS, min + Math.max(1, found.max - found.min)) })
  return [
    { label: 'Only the Count', invocation: offer },
    ...(min > found.max ? [{ label: 'Move the Maximum Permanently', invocation: `${offer} --move-bounds` }] : []),
    { label: 'Also Raise the Maximum', invocation: `autoscale bounds ${fullName(ref)} ${raised}` },
  ]
}

/**
 * The effects of the revert. Narrower bounds take effect at once: tasks above the old maximum stop then, not with the
 * next alarm.
 */
const revertText = (baseline: Bounds, leased: Bounds, hasOthers: boolean): readonly string[] => [
  `${hasOthers ? 'After the last temporary change' : 'When it expires'}, the bounds revert to ${boundsText(baseline)}, unless someone else changed them; policies then scale in.`,
  ...(leased.max > baseline.max ? [`Tasks above ${baseline.max} then stop at once.`] : []),
]

/** The minimum capacity that this plan sets. It is never below the minimum of other leases. */
export const floorOf = ({ calls }: Plan): number => Number(calls[0]?.input['MinCapacity'] ?? 0)
