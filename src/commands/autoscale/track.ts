// /ecs autoscale track: a target tracking policy that keeps a metric at a target. A policy of the metric that exists is changed.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import { riskOfTracking } from '../../engine/change/risk.ts'
import { endedBy, mayScaleIn } from '../../features/scaling/autoscaling.ts'
import { loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { putTracking } from '../../features/scaling/scaling-calls.ts'
import {
  labelOf,
  METRICS,
  rangeRefusal,
  rivalsOf,
  shiftingRefusal,
  targetText,
  trackingOf,
} from '../../features/scaling/tracking.ts'
import { fullName } from '../../kit/language/target.ts'
import { printWord } from '../../kit/language/tokenise.ts'
import { plainName, shortName } from '../../kit/messages/text.ts'
import type { Autoscaling, ScalingMetric } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { canonicalJson, type JsonObject } from '../../model/json.ts'
import { boundsText, suspendedNames } from '../../model/scaling-words.ts'
import { mutation } from '../command.ts'
import { type Balanced, loadBalanced } from './load-balancing.ts'
import { autoscalingOf, digestOf, ENDS_SCALING, planOf, policyJson } from './plan.ts'
import { BALANCING_READS, SCALING_READS, TRACKING_WRITES } from './reads.ts'
import { settledPolicies } from './settled.ts'
import {
  changesOf,
  configurationOf,
  cooldownIn,
  earlier,
  lineOf,
  newName,
  numberIn,
  type Parts,
  pausesLong,
  settingsLosses,
  type Values,
} from './track-values.ts'

export const track = mutation({
  name: 'autoscale track',
  summary: 'Keep CPU, memory or requests at a target',
  args: { service: { kind: 'service' }, metric: { kind: 'metric' }, target: { kind: 'level' } },
  options: {
    'no-scale-in': { kind: 'flag', hint: 'only scale out' },
    'scale-in': { kind: 'flag', hint: 'scale in again' },
    'out-cooldown': { kind: 'cooldown', hint: 'pause after a scale-out' },
    'in-cooldown': { kind: 'cooldown', hint: 'pause after a scale-in' },
  },
  examples: ['autoscale track checkout cpu 60', 'autoscale track checkout cpu 60 --out-cooldown 60s'],
  reads: [...SCALING_READS, ...BALANCING_READS],
  writes: ['application-autoscaling:PutScalingPolicy', ...TRACKING_WRITES],
  load: async ({ service, metric }, read, asker) => loadBalanced(await loadScaling(service, read, asker), metric, read),
  plan: (values, { scaling, balancing }: Balanced) => {
    const autoscaling = autoscalingOf(scaling, 'Register one first; `/ecs autoscale bounds` then sets its bounds.')
    if (isRefusal(autoscaling)) return autoscaling
    const { service } = scaling
    const requests = values.metric === 'requests' ? balancing : undefined
    const name = service.ref.service
    const refusal = refusalOf(values, scaling) ?? (requests && shiftingRefusal(requests, name))
    if (refusal !== undefined) return refusal
    const [found] = trackingOf(autoscaling, values.metric)
    const label = requests === undefined || found !== undefined ? undefined : labelOf(requests, name)
    if (isRefusal(label)) return label
    return planTrack(scaling, autoscaling, { values, found, label })
  },
  settled: settledPolicies,
})

const refusalOf = (values: Values, { service, autoscaling }: Scaling): Refusal | undefined => {
  if (service.isExpress) return refuse(`ECS itself manages the policy of *${service.ref.service}*, an Express service.`)
  if (values['no-scale-in'] === true && values['scale-in'] === true)
    return refuse('`--no-scale-in` and `--scale-in` exclude each other.', 'Use one of them.')
  const name = newName(values.metric)
  const isTaken = autoscaling?.policies.some(one => one.name === name) === true
  return (
    rangeRefusal(values.metric, values.target) ??
    (isTaken && autoscaling !== undefined && trackingOf(autoscaling, values.metric).length === 0
      ? refuse(
          `\`${name}\` is a policy of another kind or metric, and AWS does not let it become one of this.`,
          'Untrack it first.',
        )
      : undefined)
  )
}

const planTrack = (state: Scaling, autoscaling: Autoscaling, parts: Parts): NewPlan | Refusal => {
  const { values, found } = parts
  const { service } = state
  const { ref, desired } = service
  const { metric, target } = values
  const configuration = configurationOf(parts)
  if (found !== undefined && canonicalJson(found.configuration ?? {}) === canonicalJson(configuration))
    return refuse(`\`${plainName(found.name)}\` already ${found.says}.`, 'Nothing to change.')
  const name = found?.name ?? newName(metric)
  const before = numberIn(found?.configuration, 'TargetValue')
  const scalesIn = configuration['DisableScaleIn'] !== true
  return planOf(state, {
    command: 'autoscale track',
    invocation: lineOf(ref, values),
    title: `Set ${METRICS[metric].noun} target of *${ref.service}* ${before === undefined ? '' : `${targetText(metric, before)} → `}${targetText(metric, target)}`,
    changes: changesOf(parts, configuration),
    risk: riskOfTracking({
      before,
      target,
      startsToScaleIn: scalesIn && !mayScaleIn(autoscaling),
      hasLongerCooldown: cooldownIn(configuration, 'Out') > cooldownIn(found?.configuration ?? {}, 'Out'),
    }),
    size: 0,
    tasks: desired,
    losses: [...lossesOf(parts, autoscaling), ...settingsLosses(parts, configuration)].map(cardLine),
    ...suspends(autoscaling, parts, configuration),
    warnings: warningsOf(autoscaling, metric, name),
    undo: found === undefined ? 'untrack it' : 'set the earlier values again',
    consequences: consequencesOf(autoscaling, desired),
    takeBack:
      found === undefined ? `autoscale untrack ${fullName(ref)} ${printWord(name)}` : lineOf(ref, earlier(parts)),
    compared: { policies: digestOf(autoscaling.policies.map(policyJson)) },
    calls: [putTracking(ref, autoscaling.arn, name, configuration)],
  })
}

/** Whether nothing scales in any more, or only after a long pause: that is like a suspension. */
const suspends = (
  { policies }: Autoscaling,
  { found, ...parts }: Parts,
  configuration: JsonObject,
): Pick<NewPlan, 'also' | 'isPermanent'> => {
  const scalesIn = configuration['DisableScaleIn'] !== true
  const after = policies.map(policy => (policy.name === found?.name ? { ...policy, scalesIn } : policy))
  if (endedBy(policies, after).in) return ENDS_SCALING
  return pausesLong({ found, ...parts }, configuration) ? { also: ENDS_SCALING.also } : {}
}

const lossesOf = ({ values, found }: Parts, autoscaling: Autoscaling): readonly string[] => {
  const { metric, target } = values
  const before = numberIn(found?.configuration, 'TargetValue')
  const moved = `${METRICS[metric].words} at ${targetText(metric, target)}`
  if (before === undefined) return [`May change the count within ${boundsText(autoscaling)} to keep ${moved}`]
  if (target === before) return []
  const load = target > before ? 'Fewer tasks' : 'More tasks'
  return [`${load} for the same load: ${moved}, ${targetText(metric, before)} before`]
}

const warningsOf = (autoscaling: Autoscaling, metric: ScalingMetric, name: string): readonly string[] => [
  ...(autoscaling.min === 0
    ? ['The minimum is 0, and this metric does not exist at 0 tasks: it never scales out from 0.']
    : []),
  ...rivalsOf(autoscaling, metric, name)
    .slice(0, 2)
    .map(rival =>
      rival.isHighResolution === true
        ? `\`${shortName(rival.name)}\` follows the same metric every 20 s: the higher count wins. Quarterdeck does not change it, because that starts a deployment.`
        : `\`${shortName(rival.name)}\` follows the same metric: the higher count of the two wins.`,
    ),
]

const consequencesOf = (autoscaling: Autoscaling, desired: number): readonly string[] => {
  const steps = autoscaling.policies
    .filter(({ kind }) => kind === 'step')
    .map(({ name }) => `\`${plainName(name, 80)}\``)
  const suspended = suspendedNames(autoscaling.suspended)
  return [
    `The count is ${desired} now; the policy acts at its next alarm, after some minutes.`,
    'AWS makes its alarms again.',
    ...(steps.length === 0 ? [] : [`Step policies stay: ${steps.slice(0, 5).join(', ')}.`]),
    ...(suspended === '' ? [] : [`Suspended now: ${suspended}. It does not act there before a resume.`]),
  ]
}
