// The actions of scaling policies when an alarm is in ALARM. While the alarm stays in ALARM, its policies act again after
// a change, but not within the next minute. If the situation is unchanged, the policies do not act again, because the
// outcome would be the same.

import type { Service } from '../state.ts'
import { noteNotScaled, setCount } from './activities.ts'
import { metricOf } from './alarms.ts'
import { activeService, type Scaling } from './context.ts'
import { decide, neededFor, type Proposal, type Situation, stepProposal } from './decide.ts'
import { capacityAhead } from './forecast.ts'
import { runningOf } from './meters.ts'
import type { Alarm, Policy, Target } from './state.ts'

const MINUTE = 60_000
/** The cooldown in seconds; the default of both policy types for ECS. */
const COOLDOWN = 300

export const isDeploying = ({ deployments, deploymentController }: Service): boolean =>
  deploymentController !== 'EXTERNAL' && (deployments.length > 1 || deployments[0]?.rolloutState === 'IN_PROGRESS')

const cooldownOf = ({ strategy }: Policy, direction: Proposal['direction']): number => {
  if (strategy.type === 'StepScaling') return strategy.input.Cooldown ?? COOLDOWN
  if (strategy.type !== 'TargetTrackingScaling') return 0
  return (direction === 'out' ? strategy.input.ScaleOutCooldown : strategy.input.ScaleInCooldown) ?? COOLDOWN
}

const situationOf = ({ fleet }: Scaling, policy: Policy, service: Service): Situation => {
  const { target, lastOut, lastIn } = policy
  return {
    now: fleet.clock.now(),
    running: runningOf(service),
    desired: service.desired,
    min: target.min,
    max: target.max,
    isDeploying: isDeploying(service),
    isSuspended: {
      in: target.suspended.DynamicScalingInSuspended ?? false,
      out: target.suspended.DynamicScalingOutSuspended ?? false,
    },
    ...(lastOut && { out: { from: lastOut.from, until: lastOut.at + cooldownOf(policy, 'out') * 1_000 } }),
    ...(lastIn !== undefined && { inUntil: lastIn + cooldownOf(policy, 'in') * 1_000 }),
  }
}

/** The capacity that one policy would set because of this alarm, without regard to other policies. */
const proposalOf = (scaling: Scaling, policy: Policy, alarm: Alarm, service: Service): Proposal | undefined => {
  const value = metricOf(scaling, alarm)
  if (value === undefined) return undefined
  const running = runningOf(service)
  const { strategy } = policy
  if (strategy.type === 'StepScaling')
    return stepProposal(strategy.input, value - (alarm.input.Threshold ?? 0), running)
  if (strategy.type !== 'TargetTrackingScaling') return undefined
  const isHigh = alarm === policy.alarms[0]
  if (!isHigh && strategy.input.DisableScaleIn) return undefined
  return { direction: isHigh ? 'out' : 'in', wanted: neededFor(running, value, strategy.input.TargetValue ?? 1) }
}

/**
 * The proposal after comparison with the other policies. The largest capacity wins. Target tracking scales in only if all
 * target tracking policies are ready to scale in.
 */
const amongOthers = (scaling: Scaling, policy: Policy, proposal: Proposal, service: Service): Proposal | undefined => {
  if (proposal.direction === 'out') return proposal
  const others = [...policy.target.policies.values()].filter(other => other !== policy)
  const minimums = others.map(other => minimumOf(scaling, other, service))
  if (policy.strategy.type === 'TargetTrackingScaling' && minimums.includes('not ready')) return undefined
  return { ...proposal, wanted: Math.max(proposal.wanted, ...minimums.filter(minimum => minimum !== 'not ready')) }
}

/** The minimum capacity that another policy requires. */
const minimumOf = (scaling: Scaling, policy: Policy, service: Service): number | 'not ready' => {
  const { strategy, target } = policy
  if (strategy.type === 'PredictiveScaling')
    return strategy.input.Mode === 'ForecastAndScale' ? capacityAhead(scaling, policy, service) : 0
  if (strategy.type === 'StepScaling') return 0
  const [high, low] = policy.alarms
  const ringing = [high, low].find(alarm => alarm?.state === 'ALARM')
  const value = ringing && metricOf(scaling, ringing)
  if (value !== undefined) return neededFor(runningOf(service), value, strategy.input.TargetValue ?? 1)
  return strategy.input.DisableScaleIn || service.desired > target.max ? 0 : 'not ready'
}

const causeOf = (alarm: Alarm, policy: Policy) =>
  `monitor alarm ${alarm.name} in state ALARM triggered policy ${policy.name}`

const act = (scaling: Scaling, policy: Policy, alarm: Alarm): void => {
  const { target } = policy
  const { episode } = alarm
  const service = activeService(scaling, target)
  const own = service && proposalOf(scaling, policy, alarm, service)
  const proposal = own && amongOthers(scaling, policy, own, service)
  if (!proposal || !episode) return
  const situation = situationOf(scaling, policy, service)
  const verdict = decide(proposal, situation)
  if (verdict.kind === 'wait') lookAgain(scaling, alarm, verdict.until)
  if (verdict.kind === 'not-scaled') noteNotScaled(scaling, target, causeOf(alarm, policy), verdict.reason)
  if (verdict.kind !== 'scale') return
  remember(policy, proposal, verdict.isBound, situation)
  setCount(scaling, target, verdict.to, causeOf(alarm, policy))
}

/** Stores the start of the cooldown. Scaling by a policy starts a cooldown; a move into the bounds starts none. */
const remember = (policy: Policy, { direction }: Proposal, isBound: boolean, { now, running, out }: Situation) => {
  if (isBound) return
  if (direction === 'in') policy.lastIn = now
  else {
    policy.lastOut = { at: now, from: out && now < out.until ? out.from : running }
    delete policy.lastIn
  }
}

const policiesOf = ({ targets }: Scaling, { input: { AlarmActions = [] } }: Alarm): readonly Policy[] =>
  [...targets.values()]
    .flatMap(({ policies }) => [...policies.values()])
    .filter(({ arn }) => AlarmActions.includes(arn))

/** A text of all facts, except the time, on which the outcome depends. Equal texts mean equal outcomes. */
const situationKey = (
  scaling: Scaling,
  { alarm, target, service }: { alarm: Alarm; target: Target; service: Service },
) =>
  JSON.stringify([
    metricOf(scaling, alarm),
    runningOf(service),
    service.desired,
    isDeploying(service),
    target.min,
    target.max,
    target.suspended,
    [...target.policies.values()].map(({ arn, strategy, alarms }) => [arn, strategy, alarms.map(({ state }) => state)]),
  ])

const situationNow = (scaling: Scaling, alarm: Alarm): string =>
  policiesOf(scaling, alarm)
    .map(({ target }) => {
      const service = activeService(scaling, target)
      return service ? situationKey(scaling, { alarm, target, service }) : ''
    })
    .join()

export const ring = (scaling: Scaling, alarm: Alarm): void => {
  const { episode, input } = alarm
  if (!episode || input.ActionsEnabled === false) return
  episode.timer?.cancel()
  delete episode.timer
  episode.seen = situationNow(scaling, alarm)
  for (const policy of policiesOf(scaling, alarm)) act(scaling, policy, alarm)
}

const lookAgain = (scaling: Scaling, alarm: Alarm, at: number) => {
  const { episode } = alarm
  if (!episode) return
  episode.timer?.cancel()
  episode.timer = scaling.fleet.clock.at(at, () => ring(scaling, alarm))
}

/** Called after a change: the policies of an alarm in ALARM act again at the next full minute of the alarm. */
export const actAgainAfterChange = (scaling: Scaling, alarm: Alarm): void => {
  const { episode, input } = alarm
  if (!episode || input.ActionsEnabled === false || episode.seen === situationNow(scaling, alarm)) return
  const passed = scaling.fleet.clock.now() - episode.at
  lookAgain(scaling, alarm, episode.at + (Math.floor(passed / MINUTE) + 1) * MINUTE)
}
