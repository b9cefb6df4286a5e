// /ecs autoscale untrack: deletes a scaling policy by its name or its metric.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import { UNTRACKED } from '../../engine/change/risk.ts'
import { loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { deletePolicy } from '../../features/scaling/scaling-calls.ts'
import { fullName } from '../../kit/language/target.ts'
import { printWord } from '../../kit/language/tokenise.ts'
import { plainName, shortName } from '../../kit/messages/text.ts'
import type { Autoscaling, ScalingPolicy } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { mutation } from '../command.ts'
import { autoscalingOf, digestOf, endingOf, planOf, policyJson } from './plan.ts'
import { SCALING_READS, TRACKING_WRITES } from './reads.ts'
import { isDeleted, settledPolicies } from './settled.ts'

export const untrack = mutation({
  name: 'autoscale untrack',
  summary: 'Delete a scaling policy',
  args: { service: { kind: 'service' }, policy: { kind: 'policy' } },
  options: {},
  examples: ['autoscale untrack checkout cpu'],
  reads: SCALING_READS,
  writes: ['application-autoscaling:DeleteScalingPolicy', ...TRACKING_WRITES],
  load: ({ service }, read, asker) => loadScaling(service, read, asker),
  plan: ({ policy }, state: Scaling) => {
    const autoscaling = autoscalingOf(state)
    if (isRefusal(autoscaling)) return autoscaling
    if (state.service.isExpress)
      return refuse(`ECS itself manages the policy of *${state.service.ref.service}*, an Express service.`)
    const [found, ...more] = policiesNamed(policy, autoscaling)
    if (found !== undefined && more.length === 0) return planUntrack(state, autoscaling, found)
    return choose(policy, state, found === undefined ? autoscaling.policies : [found, ...more])
  },
  applied: isDeleted,
  settled: settledPolicies,
})

/** The policy of this name; otherwise the target tracking policies of this metric. */
const policiesNamed = (text: string, { policies }: Autoscaling): readonly ScalingPolicy[] => {
  const named = policies.filter(({ name }) => name === text)
  if (named.length > 0) return named
  return policies.filter(({ kind, metric }) => kind === 'target tracking' && metric === text.toLowerCase())
}

const choose = (text: string, { service: { ref } }: Scaling, policies: readonly ScalingPolicy[]): Refusal => {
  const isMetric = policies.length > 0 && policies.every(({ metric }) => metric === text.toLowerCase())
  return refuse(
    isMetric
      ? `*${ref.service}* has ${policies.length} policies of ${text.toLowerCase()}.`
      : `*${ref.service}* has no policy \`${plainName(text, 80)}\`.`,
    policies.length === 0 ? 'It has none.' : 'Name one of these:',
    policies.map(({ name }) => ({
      label: `Delete ${shortName(name, 60)}`,
      invocation: `autoscale untrack ${fullName(ref)} ${printWord(name)}`,
    })),
  )
}

const planUntrack = (state: Scaling, autoscaling: Autoscaling, found: ScalingPolicy): NewPlan => {
  const { service } = state
  const { ref, desired } = service
  const { alarms = [] } = found
  const others = autoscaling.policies.filter(({ name }) => name !== found.name)
  const named = alarms.map(name => `\`${plainName(name)}\``).join(', ')
  return planOf(state, {
    command: 'autoscale untrack',
    invocation: `autoscale untrack ${fullName(ref)} ${printWord(found.name)}`,
    title: `Delete policy *${plainName(found.name, 256)}* of *${ref.service}*`,
    changes: [{ what: `Policy ${plainName(found.name)}`, from: found.says, to: 'deleted' }],
    ...endingOf(autoscaling.policies, others, UNTRACKED),
    size: 0,
    tasks: desired,
    losses: [
      ...(others.some(({ scalesIn, scalesOut }) => scalesIn || scalesOut)
        ? [`Stays: ${others.map(({ says }) => says).join('; ')}`]
        : [`Nothing scales it any more: the count stays at ${desired}`]),
      `No longer ${found.says}`,
      ...alarmLosses(found),
    ].map(cardLine),
    undo: found.kind === 'target tracking' && found.metric !== undefined ? 'track it again' : 'create it again at AWS',
    consequences: [
      ...(named === ''
        ? []
        : [`${found.kind === 'target tracking' ? 'Deleted with it' : 'Its alarms stay'}: ${named}.`]),
    ],
    compared: { policies: digestOf([policyJson(found)]) },
    calls: [deletePolicy(ref, autoscaling.arn, found)],
  })
}

const alarmLosses = ({ kind, alarms = [] }: ScalingPolicy): readonly string[] => {
  if (alarms.length === 0) return []
  const named = alarms.length === 1 ? 'alarm' : `${alarms.length} alarms`
  if (kind === 'target tracking') return [`ECS deletes its ${named}`]
  return [
    alarms.length === 1 ? 'Its alarm stays, and triggers it no more' : `Its ${named} stay, and trigger it no more`,
  ]
}
