// The plan that raises autoscaling's minimum for a while: scaling policies go on above it, and scale in afterwards.

import type { Plan } from '../../engine/change/plan.ts'
import type { PlannedLease } from '../../engine/leases/book.ts'
import { baselineWith, isLeased, valueWith } from '../../engine/leases/compose.ts'
import { fewOf, schedulesBefore, scheduleWords } from '../../features/scaling/autoscaling.ts'
import { bindsOf, originOf, type Scaling } from '../../features/scaling/load-scaling.ts'
import { setBounds } from '../../features/scaling/scaling-calls.ts'
import { printDuration } from '../../kit/language/kinds/duration.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Bounds } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { boundsText, inBounds } from '../../model/scaling-words.ts'
import { heavier, type Weight, weightOf } from '../lease/weight.ts'
import { riskOf, taskWords } from './wanted.ts'

export const planFloor = (state: Scaling, min: number, minutes: number): Plan | Refusal => {
  const { service, autoscaling, book, now } = state
  const { ref, desired } = service
  if (autoscaling === undefined) return refuse(`*${ref.service}* has no autoscaling.`)
  const found: Bounds = { min: autoscaling.min, max: autoscaling.max }
  const holding = { kind: 'floor', min } as const
  const lease: PlannedLease = { holding, minutes, found, origin: originOf(state, holding) }
  const value = valueWith(book, lease)
  const bounds: Bounds = 'max' in value ? value : found
  const ground = baselineWith(book, lease)
  const back: Bounds = 'max' in ground ? ground : found
  if (min <= back.min)
    return refuse(
      `The minimum of *${ref.service}* is ${back.min} already, so a lease of ${min} would hold nothing.`,
      `Less for a while: \`/ecs autoscale suspend ${fullName(ref)} --for ${printDuration(minutes)}\`, and then scale.`,
    )
  const wanted = inBounds(desired, bounds)
  const until = new Date(Date.parse(now) + minutes * 60_000).toISOString()
  const offer = `scale ${fullName(ref)} ${min}`
  const step: Weight = {
    risk: riskOf(desired, wanted),
    size: Math.max(wanted - desired, bounds.min - found.min, bounds.max - found.max),
    tasks: Math.max(wanted, bounds.min),
  }
  return {
    kind: 'plan',
    command: 'scale',
    invocation: `${offer} --for ${printDuration(minutes)}`,
    target: ref,
    title: `Scale *${ref.service}* to at least ${min} for ${printDuration(minutes)}`,
    changes: [
      { what: 'Autoscaling bounds', from: boundsText(found), to: boundsText(bounds) },
      {
        what: 'Desired tasks',
        from: `${desired}`,
        to: wanted === desired ? `${desired} (as it is)` : `${wanted}, at once`,
      },
    ],
    ...(isLeased(book, 'floor') ? heavier(step, weightOf(holding, back)) : step),
    consequences: [
      ...taskWords(state, wanted),
      'Scaling policies go on above the minimum.',
      ...afterwards(back, bounds, isLeased(book, 'floor')),
      ...fewOf(
        schedulesBefore(autoscaling, now, until).map(
          due => `${scheduleWords(due)} That is within the lease, and takes it away.`,
        ),
        'more scheduled actions within the lease.',
      ),
    ],
    offers: [
      { label: 'Only The Count', invocation: offer },
      ...(min > found.max ? [{ label: 'Move The Maximum For Good', invocation: `${offer} --move-bounds` }] : []),
    ],
    calls: [setBounds(ref, autoscaling.arn, bounds)],
    binds: bindsOf(state),
    drifts: { 'desired tasks': desired },
    lease,
  }
}

/** Narrowing clamps at once: a count above the old maximum comes down in that moment, not with the next alarm. */
const afterwards = (back: Bounds, leased: Bounds, hasOthers: boolean): readonly string[] => [
  `At ${hasOthers ? 'the end of the last lease' : 'its end'} the bounds go back to ${boundsText(back)}, unless somebody else changes them; policies then scale in.`,
  ...(leased.max > back.max ? [`What runs above ${back.max} then stops at once.`] : []),
]

/** The minimum that this plan sets: no less than what the other leases hold. */
export const floorOf = ({ calls }: Plan): number => Number(calls[0]?.input['MinCapacity'] ?? 0)
