// The values of /ecs autoscale track: the configuration that they make, the line that takes them back, and their changes.

import type { Change } from '../../engine/change/plan.ts'
import { METRICS, memberOf, specificationOf, targetText } from '../../features/scaling/tracking.ts'
import { printCooldown } from '../../kit/language/kinds/scaling.ts'
import { fullName } from '../../kit/language/target.ts'
import { shortName } from '../../kit/messages/text.ts'
import type { ScalingMetric, ScalingPolicy, ServiceRef } from '../../model/ecs.ts'
import type { JsonObject } from '../../model/json.ts'

export type Values = {
  readonly metric: ScalingMetric
  readonly target: number
  readonly 'no-scale-in'?: true | undefined
  readonly 'scale-in'?: true | undefined
  /** Seconds. */
  readonly 'out-cooldown'?: number | undefined
  readonly 'in-cooldown'?: number | undefined
}

export type Parts = {
  readonly values: Values
  /** The policy to change. */
  readonly found: ScalingPolicy | undefined
  /** The resource label of a new policy for requests. */
  readonly label: string | undefined
}

/** The name of a policy that Quarterdeck makes. */
export const newName = (metric: ScalingMetric): string => `quarterdeck-${metric}`

/** AWS's default cooldown for ECS (Application Auto Scaling API reference, TargetTrackingScalingPolicyConfiguration). */
const DEFAULT_COOLDOWN = 300

export const configurationOf = ({ values, found, label }: Parts): JsonObject => {
  const { metric, target, 'out-cooldown': out, 'in-cooldown': back } = values
  const fresh = { PredefinedMetricSpecification: specificationOf(METRICS[metric].type, label), DisableScaleIn: false }
  return {
    ...(found?.configuration ?? fresh),
    TargetValue: target,
    ...(values['no-scale-in'] === true && { DisableScaleIn: true }),
    ...(values['scale-in'] === true && { DisableScaleIn: false }),
    ...(out !== undefined && { ScaleOutCooldown: out }),
    ...(back !== undefined && { ScaleInCooldown: back }),
  }
}

export const numberIn = (configuration: JsonObject | undefined, field: string): number | undefined => {
  const value = memberOf(configuration, field)
  return typeof value === 'number' ? value : undefined
}

/** The values that take the change back. */
export const earlier = ({ values, found }: Parts): Values => {
  const before = found?.configuration
  const wasOff = memberOf(before, 'DisableScaleIn') === true
  const cooldown = (field: string, changed: number | undefined) =>
    changed === undefined ? undefined : (numberIn(before, field) ?? DEFAULT_COOLDOWN)
  return {
    metric: values.metric,
    target: numberIn(before, 'TargetValue') ?? values.target,
    ...(values['no-scale-in'] === true && !wasOff && { 'scale-in': true }),
    ...(values['scale-in'] === true && wasOff && { 'no-scale-in': true }),
    'out-cooldown': cooldown('ScaleOutCooldown', values['out-cooldown']),
    'in-cooldown': cooldown('ScaleInCooldown', values['in-cooldown']),
  }
}

export const lineOf = (ref: ServiceRef, values: Values): string => {
  const { metric, target, 'out-cooldown': out, 'in-cooldown': back } = values
  return [
    `autoscale track ${fullName(ref)} ${metric} ${target}`,
    ...(values['no-scale-in'] === true ? ['--no-scale-in'] : []),
    ...(values['scale-in'] === true ? ['--scale-in'] : []),
    ...(out === undefined ? [] : [`--out-cooldown ${printCooldown(out)}`]),
    ...(back === undefined ? [] : [`--in-cooldown ${printCooldown(back)}`]),
  ].join(' ')
}

/** Seconds between two scalings in one direction. */
export const cooldownIn = (configuration: JsonObject, way: 'Out' | 'In'): number =>
  numberIn(configuration, `Scale${way}Cooldown`) ?? DEFAULT_COOLDOWN

/** From this many seconds on, a pause is like a suspension. */
const LONG_COOLDOWN = 3_600

/** Whether the change makes a pause that is like a suspension. */
export const pausesLong = ({ found }: Parts, after: JsonObject): boolean =>
  (['Out', 'In'] as const).some(way => {
    const pause = cooldownIn(after, way)
    return pause >= LONG_COOLDOWN && pause > cooldownIn(found?.configuration ?? {}, way)
  })

/** What changes besides the target. */
export const settingsLosses = ({ found }: Parts, after: JsonObject): readonly string[] => {
  const before = found?.configuration ?? {}
  const isOff = memberOf(after, 'DisableScaleIn') === true
  const wasOff = memberOf(before, 'DisableScaleIn') === true
  return [
    ...(isOff ? ['Never scales in: tasks stay when load falls'] : []),
    ...(!isOff && wasOff ? ['Scales in again: tasks stop when load falls'] : []),
    ...pauseLoss('scale-out', found, cooldownIn(before, 'Out'), cooldownIn(after, 'Out')),
    ...pauseLoss('scale-in', found, cooldownIn(before, 'In'), cooldownIn(after, 'In')),
  ]
}

const pauseLoss = (way: string, found: Parts['found'], from: number, to: number): readonly string[] =>
  from === to
    ? []
    : [
        `Waits ${printCooldown(to)} after a ${way}, ${printCooldown(from)} ${found === undefined ? 'by default' : 'before'}`,
      ]

export const changesOf = ({ values: { metric, target }, found }: Parts, after: JsonObject): readonly Change[] => {
  const before = found?.configuration
  const targetBefore = numberIn(before, 'TargetValue')
  const cooldownOf = (from: JsonObject | undefined, field: string) =>
    from === undefined ? 'none' : printCooldown(numberIn(from, field) ?? DEFAULT_COOLDOWN)
  const scaleInOf = (from: JsonObject | undefined) =>
    from === undefined ? 'none' : memberOf(from, 'DisableScaleIn') === true ? 'off' : 'on'
  const name = shortName(found?.name ?? newName(metric))
  return [
    {
      what: `Policy ${name}: target`,
      from: targetBefore === undefined ? 'none' : targetText(metric, targetBefore),
      to: targetText(metric, target),
    },
    { what: 'Scale-in', from: scaleInOf(before), to: scaleInOf(after) },
    { what: 'Cooldown after a scale-out', ...cooldowns('ScaleOutCooldown') },
    { what: 'Cooldown after a scale-in', ...cooldowns('ScaleInCooldown') },
  ].filter(({ from, to }) => from !== to)

  function cooldowns(field: string) {
    return { from: cooldownOf(before, field), to: cooldownOf(after, field) }
  }
}
