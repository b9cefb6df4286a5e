// The permissions that calls of Application Auto Scaling and CloudWatch need. Sources: service authorization reference.
// For the implied checks, which no published data contains: Application Auto Scaling user guide (identity-based
// policies).

import type { RegisterScalableTargetRequest } from '@aws-sdk/client-application-auto-scaling'
import type { DeleteAlarmsInput, DescribeAlarmsInput, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import type { Autoscaling } from '../../world/autoscaling/autoscaling.ts'
import type { Target } from '../../world/autoscaling/state.ts'
import type { Call } from '../wire/service.ts'
import { type Context, tagKeys } from './context.ts'
import type { Check } from './evaluate.ts'

type Row = (call: Call, target: Target | undefined, autoscaling: Autoscaling) => readonly Check[]

type Named = { readonly ServiceNamespace?: string; readonly ResourceId?: string; readonly ScalableDimension?: string }

const here = ({ region, caller }: Call) => `${region}:${caller.account}`

const keysOf = ({ ServiceNamespace = '', ScalableDimension = '' }: Named): Context => ({
  'application-autoscaling:service-namespace': ServiceNamespace,
  'application-autoscaling:scalable-dimension': ScalableDimension,
})

/**
 * The permission for a scalable target, whose ARN contains an opaque id. If the target does not exist yet, the id is
 * `*`.
 */
const targetCheck = (call: Call, target: Target | undefined, more: Context = {}): Check => ({
  action: `application-autoscaling:${call.action}`,
  resource: target?.arn ?? `arn:aws:application-autoscaling:${here(call)}:scalable-target/*`,
  context: { ...tagKeys('aws:ResourceTag', target?.tags), ...more },
})

const requestTags = (tags: Readonly<Record<string, string>> | undefined): Context =>
  tags ? { ...tagKeys('aws:RequestTag', tags), 'aws:TagKeys': Object.keys(tags) } : {}

/**
 * The permissions for the first registration of a service. Application Auto Scaling describes the service and may update
 * its count, with the caller's permissions.
 */
const onService = (autoscaling: Autoscaling, call: Call, { ResourceId = '' }: Named): readonly Check[] => {
  const [, cluster = ''] = ResourceId.split('/')
  const resource = `arn:aws:ecs:${here(call)}:${ResourceId}`
  const service = autoscaling.serviceAt({ account: call.caller.account, region: call.region }, ResourceId)
  const context = {
    ...tagKeys('aws:ResourceTag', service?.tags),
    ...tagKeys('ecs:ResourceTag', service?.tags),
    'ecs:cluster': `arn:aws:ecs:${here(call)}:cluster/${cluster}`,
  }
  return ['ecs:DescribeServices', 'ecs:UpdateService'].map(action => ({ action, resource, context }))
}

/**
 * The permissions that target tracking needs. Application Auto Scaling creates and deletes the alarms of the policy with
 * the caller's permissions (according to the guide; not measured).
 */
const onAlarms = (call: Call, { ResourceId = '' }: Named): readonly Check[] =>
  ['PutMetricAlarm', 'DescribeAlarms', 'DeleteAlarms'].map(action => ({
    action: `cloudwatch:${action}`,
    resource: `arn:aws:cloudwatch:${here(call)}:alarm:TargetTracking-${ResourceId}-*`,
    context: {},
  }))

const register: Row = (call, target, autoscaling) => {
  const input = call.input as unknown as RegisterScalableTargetRequest & Named
  const keys = { ...keysOf(input), ...requestTags(input.Tags) }
  return [targetCheck(call, target, keys), ...(target ? [] : onService(autoscaling, call, input))]
}

const isTracking = ({ input }: Call, target: Target | undefined): boolean => {
  const { PolicyType, PolicyName = '' } = input as { PolicyType?: string; PolicyName?: string }
  return (PolicyType ?? target?.policies.get(PolicyName)?.strategy.type) === 'TargetTrackingScaling'
}

const onTarget: Row = (call, target) => [
  targetCheck(call, target, keysOf(call.input as Named)),
  ...(/ScalingPolicy$/.test(call.action) && isTracking(call, target) ? onAlarms(call, call.input as Named) : []),
]

const onTags: Row = (call, target) => {
  const { Tags, TagKeys } = call.input as { Tags?: Record<string, string>; TagKeys?: string[] }
  return [targetCheck(call, target, { ...requestTags(Tags), ...(TagKeys && { 'aws:TagKeys': TagKeys }) })]
}

const rows: Readonly<Record<string, Row>> = {
  RegisterScalableTarget: register,
  DeregisterScalableTarget: onTarget,
  PutScalingPolicy: onTarget,
  DeleteScalingPolicy: onTarget,
  PutScheduledAction: onTarget,
  DeleteScheduledAction: onTarget,
  TagResource: onTags,
  UntagResource: onTags,
  ListTagsForResource: onTags,
}

/** The permissions that a call needs; undefined for a call without a resource: a description or a forecast. */
export const autoscalingChecks = (autoscaling: Autoscaling, call: Call): readonly Check[] | undefined => {
  const { ResourceId = '', ResourceARN } = call.input as Named & { ResourceARN?: string }
  const target =
    ResourceARN === undefined
      ? autoscaling.targetAt({ account: call.caller.account, region: call.region }, ResourceId)
      : autoscaling.targets().find(({ arn }) => arn === ResourceARN)
  return Object.hasOwn(rows, call.action) ? rows[call.action]?.(call, target, autoscaling) : undefined
}

const alarmCheck = (call: Call, name: string, context: Context = {}): Check => ({
  action: `cloudwatch:${call.action}`,
  resource: `arn:aws:cloudwatch:${here(call)}:alarm:${name}`,
  context,
})

/** The permissions that an alarm call needs. A call that names no alarms needs permission for all alarms. */
export const alarmChecks = (call: Call): readonly Check[] | undefined => {
  const { AlarmName = '', AlarmActions = [] } = call.input as unknown as PutMetricAlarmInput
  const { AlarmNames = ['*'] } = call.input as DescribeAlarmsInput | DeleteAlarmsInput
  if (call.action === 'PutMetricAlarm')
    return [alarmCheck(call, AlarmName, { 'cloudwatch:AlarmActions': AlarmActions })]
  return /Alarms$/.test(call.action) ? AlarmNames.map(name => alarmCheck(call, name)) : undefined
}
