// The plan that raises autoscaling's minimum for a while: scaling policies go on above it, and scale in afterwards.
import { boundsText, inBounds, schedulesBefore, scheduleWords } from '../../autoscaling.ts'
import { type Refusal, refuse } from '../../errors.ts'
import { printDuration } from '../../grammar.ts'
import { type Asked, valueWith } from '../../lease.ts'
import type { Bounds } from '../../model.ts'
import type { Plan } from '../../plan.ts'
import { bindsOf, type Scaling } from '../../scaling.ts'
import { setBounds } from '../../scaling-calls.ts'
import { fullName } from '../../target.ts'
import { riskOf, taskWords } from './wanted.ts'

export const planFloor = (state: Scaling, min: number, minutes: number): Plan | Refusal => {
  const { service, autoscaling, book, now } = state
  const { ref, desired } = service
  if (autoscaling === undefined) return refuse(`*${ref.service}* has no autoscaling.`)
  const found: Bounds = { min: autoscaling.min, max: autoscaling.max }
  const lease: Asked = { holding: { kind: 'floor', min }, minutes, found }
  const value = valueWith(book, lease.holding, found)
  const bounds: Bounds = 'max' in value ? value : found
  if (min <= found.min && book?.held.floor === undefined)
    return refuse(
      `The minimum of *${ref.service}* is ${found.min} already, so a lease of ${min} would hold nothing.`,
      `Less for a while: \`/ecs autoscale suspend ${fullName(ref)} --for ${printDuration(minutes)}\`, and then scale.`,
    )
  const wanted = inBounds(desired, bounds)
  const until = new Date(Date.parse(now) + minutes * 60_000).toISOString()
  const offer = `scale ${fullName(ref)} ${min}`
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
    risk: riskOf(desired, wanted),
    size: Math.max(wanted - desired, bounds.min - found.min, bounds.max - found.max),
    tasks: Math.max(wanted, bounds.min),
    consequences: [
      ...taskWords(state, wanted),
      'Scaling policies go on above the minimum.',
      ...afterwards(found, bounds),
      ...schedulesBefore(autoscaling, now, until).map(
        due => `${scheduleWords(due)} That is within the lease, and takes it away.`,
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
const afterwards = (found: Bounds, leased: Bounds): readonly string[] => [
  `At its end the bounds go back to ${boundsText(found)}, unless somebody else changes them; policies then scale in.`,
  ...(leased.max > found.max ? [`What runs above ${found.max} then stops at once.`] : []),
]
