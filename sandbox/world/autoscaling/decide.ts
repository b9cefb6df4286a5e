// How many tasks a policy wants, and what becomes of that between the bounds. Pure.
// Sources: ECS developer guide, service auto scaling; Application Auto Scaling user guide, target tracking and step scaling.

import type { NotScaledReason, StepScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling'

export type Direction = 'out' | 'in'

export type Wish = { readonly direction: Direction; readonly wanted: number }

export type Situation = {
  readonly now: number
  readonly running: number
  readonly desired: number
  readonly min: number
  readonly max: number
  /** Scale-in rests while a deployment runs. */
  readonly isDeploying: boolean
  readonly isSuspended: Readonly<Record<Direction, boolean>>
  /** When the policy last scaled out, from how many, and until when that counts. */
  readonly out?: { readonly from: number; readonly until: number }
  /** Until when the policy rests after scaling in. */
  readonly inUntil?: number
}

export type Verdict =
  /** `isBound`: only into the bounds, for now. */
  | { readonly kind: 'scale'; readonly to: number; readonly isBound: boolean }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'not-scaled'; readonly reason: NotScaledReason }

const not = (reason: NotScaledReason): Verdict => ({ kind: 'not-scaled', reason })
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/** What would be needed for the metric to be at its target. From the tasks that run, not from those desired. */
export const neededFor = (running: number, value: number, target: number): number =>
  Math.ceil((running * value) / target - 1e-9)

const scaleOut = (wanted: number, { now, running, desired, min, max, out }: Situation): Verdict => {
  if (desired < min) return { kind: 'scale', to: min, isBound: true }
  if (desired >= max) return not({ Code: 'AlreadyAtMaxCapacity', MaxCapacity: max })
  const isCooling = out !== undefined && now < out.until
  // Within the cooldown only a larger step counts, and what the earlier one added counts as part of it.
  const to = clamp(isCooling ? out.from + (wanted - running) : wanted, min, max)
  if (to > desired) return { kind: 'scale', to, isBound: false }
  if (isCooling && wanted > desired) return { kind: 'wait', until: out.until }
  return not({ Code: 'AlreadyAtDesiredCapacity' })
}

const scaleIn = (wanted: number, { now, desired, min, max, isDeploying, inUntil }: Situation): Verdict => {
  if (desired <= min) return not({ Code: 'AlreadyAtMinCapacity', MinCapacity: min })
  // A guess: which code AWS gives for a deployment is nowhere said.
  if (isDeploying) return not({ Code: 'TargetServicePutResourceAsUnscalable' })
  if (desired > max) return { kind: 'scale', to: max, isBound: true }
  const to = clamp(wanted, min, max)
  if (to >= desired) return not({ Code: 'AutoScalingAnticipatedFlapping' })
  if (inUntil !== undefined && now < inUntil) return { kind: 'wait', until: inUntil }
  return { kind: 'scale', to, isBound: false }
}

/** Nothing is published of what a suspension kept from happening. */
export const decide = ({ direction, wanted }: Wish, situation: Situation): Verdict => {
  if (situation.isSuspended[direction]) return { kind: 'silent' }
  return direction === 'out' ? scaleOut(wanted, situation) : scaleIn(wanted, situation)
}

/** Percentages: at least one task, and otherwise toward none. */
const rounded = (change: number): number => {
  if (change > 0 && change < 1) return 1
  return change < 0 && change > -1 ? -1 : Math.trunc(change)
}

const changeOf = (input: StepScalingPolicyConfiguration, adjustment: number, running: number): number => {
  if (input.AdjustmentType === 'ExactCapacity') return adjustment - running
  if (input.AdjustmentType !== 'PercentChangeInCapacity') return adjustment
  const change = rounded((running * adjustment) / 100)
  return Math.sign(change) * Math.max(Math.abs(change), input.MinAdjustmentMagnitude ?? 0)
}

/** The step into whose interval the breach falls. `breach`: the metric less the alarm's threshold. */
const stepFor = ({ StepAdjustments = [] }: StepScalingPolicyConfiguration, breach: number) =>
  StepAdjustments.find(({ MetricIntervalLowerBound: low = -Infinity, MetricIntervalUpperBound: high = Infinity }) =>
    breach >= 0 ? breach >= low && breach < high : breach > low && breach <= high,
  )

/** Nothing where no step is for such a breach. */
export const stepWish = (input: StepScalingPolicyConfiguration, breach: number, running: number): Wish | undefined => {
  const step = stepFor(input, breach)
  if (step === undefined) return undefined
  const change = changeOf(input, step.ScalingAdjustment ?? 0, running)
  return { direction: change < 0 ? 'in' : 'out', wanted: Math.max(0, running + change) }
}
