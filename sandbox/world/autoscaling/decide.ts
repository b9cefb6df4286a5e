// Pure functions: how many tasks a policy proposes, and the count that results within the bounds. Sources: ECS developer
// guide, service auto scaling; Application Auto Scaling user guide, target tracking and step scaling.

import type { NotScaledReason, StepScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling'

export type Direction = 'out' | 'in'

export type Proposal = { readonly direction: Direction; readonly wanted: number }

export type Situation = {
  readonly now: number
  readonly running: number
  readonly desired: number
  readonly min: number
  readonly max: number
  /** Whether a deployment is in progress, during which scale-in is suspended. */
  readonly isDeploying: boolean
  readonly isSuspended: Readonly<Record<Direction, boolean>>
  /** The last scale-out. `from`: the number of tasks before it. `until`: when its cooldown ends. */
  readonly out?: { readonly from: number; readonly until: number }
  /** When the scale-in cooldown ends. */
  readonly inUntil?: number
}

export type Verdict =
  /** `isBound`: whether the count is only moved into the bounds. */
  | { readonly kind: 'scale'; readonly to: number; readonly isBound: boolean }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'not-scaled'; readonly reason: NotScaledReason }

const not = (reason: NotScaledReason): Verdict => ({ kind: 'not-scaled', reason })
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/**
 * The capacity at which the metric would be at its target. It is computed from the running tasks, not from the desired
 * count.
 */
export const neededFor = (running: number, value: number, target: number): number =>
  Math.ceil((running * value) / target - 1e-9)

const scaleOut = (wanted: number, { now, running, desired, min, max, out }: Situation): Verdict => {
  if (desired < min) return { kind: 'scale', to: min, isBound: true }
  if (desired >= max) return not({ Code: 'AlreadyAtMaxCapacity', MaxCapacity: max })
  const isCooling = out !== undefined && now < out.until
  // During the cooldown, only a larger scale-out has an effect. The new count is computed from the task count before the
  // previous scale-out.
  const to = clamp(isCooling ? out.from + (wanted - running) : wanted, min, max)
  if (to > desired) return { kind: 'scale', to, isBound: false }
  if (isCooling && wanted > desired) return { kind: 'wait', until: out.until }
  return not({ Code: 'AlreadyAtDesiredCapacity' })
}

const scaleIn = (wanted: number, { now, desired, min, max, isDeploying, inUntil }: Situation): Verdict => {
  if (desired <= min) return not({ Code: 'AlreadyAtMinCapacity', MinCapacity: min })
  // The reason code for a deployment is not documented, so this one is a guess.
  if (isDeploying) return not({ Code: 'TargetServicePutResourceAsUnscalable' })
  if (desired > max) return { kind: 'scale', to: max, isBound: true }
  const to = clamp(wanted, min, max)
  if (to >= desired) return not({ Code: 'AutoScalingAnticipatedFlapping' })
  if (inUntil !== undefined && now < inUntil) return { kind: 'wait', until: inUntil }
  return { kind: 'scale', to, isBound: false }
}

/** Decides whether and how to scale. While scaling is suspended, the verdict is silent, because AWS records nothing. */
export const decide = ({ direction, wanted }: Proposal, situation: Situation): Verdict => {
  if (situation.isSuspended[direction]) return { kind: 'silent' }
  return direction === 'out' ? scaleOut(wanted, situation) : scaleIn(wanted, situation)
}

/** Rounds a change given in percent to whole tasks: toward zero, but to at least one task. */
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

/** The step whose interval contains the breach. `breach`: the metric minus the threshold of the alarm. */
const stepFor = ({ StepAdjustments = [] }: StepScalingPolicyConfiguration, breach: number) =>
  StepAdjustments.find(({ MetricIntervalLowerBound: low = -Infinity, MetricIntervalUpperBound: high = Infinity }) =>
    breach >= 0 ? breach >= low && breach < high : breach > low && breach <= high,
  )

/** The capacity that a step policy wants; undefined if no step contains the breach. */
export const stepProposal = (
  input: StepScalingPolicyConfiguration,
  breach: number,
  running: number,
): Proposal | undefined => {
  const step = stepFor(input, breach)
  if (step === undefined) return undefined
  const change = changeOf(input, step.ScalingAdjustment ?? 0, running)
  return { direction: change < 0 ? 'in' : 'out', wanted: Math.max(0, running + change) }
}
