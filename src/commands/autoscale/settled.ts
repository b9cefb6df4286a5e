// Whether AWS shows what the plan set: a suspension, scheduled actions or policies.

import type { Call, Plan } from '../../engine/change/plan.ts'
import type { Progress } from '../../engine/change/progress.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Autoscaling, Suspensions } from '../../model/ecs.ts'
import { canonicalJson, isRecord, type Json, type JsonObject } from '../../model/json.ts'
import { suspendedNames } from '../../model/scaling-words.ts'
import type { AnyMutation } from '../command.ts'
import type { Readers } from '../readers.ts'

type Settled = NonNullable<AnyMutation['settled']>
type Applied = NonNullable<AnyMutation['applied']>

export const settledSuspensions = async (
  plan: Plan,
  _since: string,
  _now: string,
  read: Readers,
): Promise<Progress> => {
  const autoscaling = await read.autoscaling(plan.target)
  if (autoscaling === undefined) return { status: 'superseded', text: 'Its scalable target was deregistered.' }
  const state = plan.calls[0]?.input['SuspendedState'] as Readonly<Record<string, boolean>> | undefined
  const wanted: Suspensions = {
    in: state?.['DynamicScalingInSuspended'] === true,
    out: state?.['DynamicScalingOutSuspended'] === true,
    scheduled: state?.['ScheduledScalingSuspended'] === true,
  }
  const found = suspendedNames(autoscaling.suspended)
  return suspendedNames(wanted) === found
    ? { status: 'done', text: found === '' ? 'Nothing is suspended.' : `Suspended: ${found}.` }
    : { status: 'superseded', text: `Another change set the suspension to: ${found || 'nothing'}.` }
}

/** Application Auto Scaling shows a change after some seconds. */
const PATIENCE_MS = 5 * 60_000

/** What a plan of puts and deletions waits for. `found`: by the name of each, as a call would send it; undefined if it is gone. */
type Expected = {
  readonly name: (call: Call) => string
  readonly wanted: (call: Call) => Json | undefined
  readonly found: (autoscaling: Autoscaling, name: string) => Json | undefined
}

const settledBy =
  ({ name, wanted, found }: Expected): Settled =>
  async (plan, since, now, read) => {
    const autoscaling = await read.autoscaling(plan.target)
    if (autoscaling === undefined) return { status: 'superseded', text: 'Its scalable target was deregistered.' }
    const differing = plan.calls.find(
      call => canonicalJson(wanted(call) ?? null) !== canonicalJson(found(autoscaling, name(call)) ?? null),
    )
    if (differing === undefined) return { status: 'done', text: 'AWS shows it as planned.' }
    const shown = plainName(name(differing), 80)
    return Date.parse(now) - Date.parse(since) < PATIENCE_MS
      ? { status: 'moving', text: `AWS does not show the change of \`${shown}\` yet` }
      : { status: 'superseded', text: `Another change set \`${shown}\` meanwhile.` }
  }

const textIn = ({ input }: Call, field: string): string => String(input[field] ?? '')

export const settledSchedules: Settled = settledBy({
  name: call => textIn(call, 'ScheduledActionName'),
  wanted: call =>
    call.action === 'DeleteScheduledAction'
      ? undefined
      : { schedule: textIn(call, 'Schedule'), action: call.input['ScalableTargetAction'] ?? {} },
  found: ({ schedules }, name) => {
    const schedule = schedules.find(one => one.name === name)
    return (
      schedule && {
        schedule: schedule.expression,
        action: {
          ...(schedule.min !== undefined && { MinCapacity: schedule.min }),
          ...(schedule.max !== undefined && { MaxCapacity: schedule.max }),
        },
      }
    )
  },
})

const CONFIGURATIONS = ['TargetTrackingScalingPolicyConfiguration', 'PredictiveScalingPolicyConfiguration'] as const

const sentConfiguration = (call: Call): JsonObject => {
  const sent = CONFIGURATIONS.map(field => call.input[field]).find(isRecord)
  return (sent ?? {}) as JsonObject
}

/** AWS adds its defaults to a configuration: only what was sent is compared. */
export const settledPolicies: Settled = (plan, since, now, read) => {
  const sent = new Map(plan.calls.map(call => [textIn(call, 'PolicyName'), sentConfiguration(call)]))
  const expected = settledBy({
    name: call => textIn(call, 'PolicyName'),
    wanted: call => (call.action === 'DeleteScalingPolicy' ? undefined : sentConfiguration(call)),
    found: ({ policies }, name) => {
      const policy = policies.find(one => one.name === name)
      return policy && sharedPart(policy.configuration ?? {}, sent.get(name) ?? {})
    },
  })
  return expected(plan, since, now, read)
}

/** The members of `whole` that `part` has, too, at all levels. */
const sharedPart = (whole: JsonObject, part: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(part).flatMap(([key, value]) => {
      const found = whole[key]
      if (found === undefined) return []
      return [[key, isRecord(found) && isRecord(value) ? sharedPart(found, value as JsonObject) : found]]
    }),
  )

/** After a lost answer: whether what the call deletes is gone. */
export const isDeleted: Applied = async (call, plan, read) => {
  const autoscaling = await read.autoscaling(plan.target)
  const name = textIn(call, 'ScheduledActionName') || textIn(call, 'PolicyName')
  const names = [...(autoscaling?.schedules ?? []), ...(autoscaling?.policies ?? [])].map(one => one.name)
  return !names.includes(name)
}
