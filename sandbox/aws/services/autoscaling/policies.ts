// The operations on scaling policies, and the forecasts of predictive policies.

import type {
  DeleteScalingPolicyRequest,
  DescribeScalingPoliciesRequest,
  GetPredictiveScalingForecastRequest,
  PutScalingPolicyRequest,
} from '@aws-sdk/client-application-auto-scaling'
import type { Autoscaling } from '../../../world/autoscaling/autoscaling.ts'
import type { Alarm, Policy } from '../../../world/autoscaling/state.ts'
import type { Call, Operation } from '../../wire/service.ts'
import { invalid, limitExceeded, policyNotFound, targetNotFound } from './errors.ts'
import { expectTarget, targetsIn } from './find.ts'
import { pageOf } from './page.ts'
import { strategyFrom } from './policy-rules.ts'
import { viewAlarms, viewPolicy } from './views.ts'

const MOST = 50
const LARGEST_PAGE = 10
const DAY = 86_400_000

const alarmsFor = (autoscaling: Autoscaling, { arn }: Policy): readonly Alarm[] =>
  autoscaling.alarms().filter(({ input }) => input.AlarmActions?.includes(arn))

const put = (autoscaling: Autoscaling, input: PutScalingPolicyRequest, call: Call) => {
  const { PolicyName: name = '' } = input
  const target = expectTarget(autoscaling, input, call)
  const before = target.policies.get(name)
  const strategy = strategyFrom(input, before)
  // AWS limits the number of policies of a target; the text of its error is a guess.
  if (!before && target.policies.size >= MOST)
    throw limitExceeded(`Cannot exceed ${MOST} scaling policies per scalable target`)
  const policy = autoscaling.putPolicy(target, name, strategy)
  return { PolicyARN: policy.arn, Alarms: viewAlarms(policy.alarms) }
}

const describe = (autoscaling: Autoscaling, input: DescribeScalingPoliciesRequest, call: Call) => {
  const policies = targetsIn(autoscaling, input, call)
    .flatMap(target => [...target.policies.values()])
    .filter(({ name }) => input.PolicyNames?.includes(name) ?? true)
  const { page, ...next } = pageOf(policies, 'policies', input, LARGEST_PAGE)
  return { ScalingPolicies: page.map(policy => viewPolicy(policy, alarmsFor(autoscaling, policy))), ...next }
}

const expectPolicy = (
  autoscaling: Autoscaling,
  input: DeleteScalingPolicyRequest | GetPredictiveScalingForecastRequest,
  call: Call,
): Policy => {
  const target = expectTarget(autoscaling, input, call, targetNotFound)
  const policy = target.policies.get(input.PolicyName ?? '')
  if (!policy) throw policyNotFound(target.resourceId, input.PolicyName ?? '')
  return policy
}

// Checks the time span of a forecast. The limits are in the API reference; the texts are guesses.
const checkWindow = (from: number, to: number, now: number): void => {
  if (from >= to) throw invalid('StartTime must be before EndTime')
  if (from < now - 365 * DAY) throw invalid('StartTime cannot be more than one year in the past')
  if (to - from > 30 * DAY) throw invalid('The difference between StartTime and EndTime cannot be more than 30 days')
}

/** Finds the predictive policy of a request. If it is missing, throws ValidationException: the API has no other error. */
const expectPredictive = (autoscaling: Autoscaling, input: GetPredictiveScalingForecastRequest, call: Call) => {
  const policy = expectTarget(autoscaling, input, call, () =>
    invalid(`No scalable target found for resource ID: ${input.ResourceId}`),
  ).policies.get(input.PolicyName ?? '')
  if (policy?.strategy.type === 'PredictiveScaling') return { policy, strategy: policy.strategy }
  throw invalid(`No predictive scaling policy found, policy name: ${input.PolicyName}`)
}

const forecast = (autoscaling: Autoscaling, input: GetPredictiveScalingForecastRequest, call: Call) => {
  const { policy, strategy } = expectPredictive(autoscaling, input, call)
  const [from, to] = [input.StartTime?.getTime() ?? 0, input.EndTime?.getTime() ?? 0]
  checkWindow(from, to, autoscaling.now())
  const { timestamps, load, capacity, updatedAt } = autoscaling.forecastOf(policy, from, to)
  const [spec] = strategy.input.MetricSpecifications ?? []
  return {
    LoadForecast: [{ Timestamps: timestamps, Values: load, MetricSpecification: spec }],
    CapacityForecast: { Timestamps: timestamps, Values: capacity },
    UpdateTime: updatedAt,
  }
}

export const policyOperations = (autoscaling: Autoscaling) =>
  ({
    PutScalingPolicy: (input: PutScalingPolicyRequest, call) => put(autoscaling, input, call),
    DeleteScalingPolicy: (input: DeleteScalingPolicyRequest, call) => {
      autoscaling.removePolicy(expectPolicy(autoscaling, input, call))
      return {}
    },
    DescribeScalingPolicies: (input: DescribeScalingPoliciesRequest, call) => describe(autoscaling, input, call),
    GetPredictiveScalingForecast: (input: GetPredictiveScalingForecastRequest, call) =>
      forecast(autoscaling, input, call),
  }) satisfies Record<string, Operation>
