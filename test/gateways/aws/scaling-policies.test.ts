// What DescribeScalingPolicies answers, in the product's words.
import type { ScalingPolicy } from '@aws-sdk/client-application-auto-scaling'
import { expect, test } from 'vitest'
import { readPolicy } from '../../../src/gateways/aws/scaling/scaling-policies.ts'

const read = (policy: Partial<ScalingPolicy>) => readPolicy({ PolicyName: 'x', ...policy } as ScalingPolicy)
const tracking = (PredefinedMetricType: string, more: object = {}) =>
  read({
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 60,
      PredefinedMetricSpecification: { PredefinedMetricType: PredefinedMetricType as never },
      ...more,
    },
  })

test.each([
  ['ECSServiceAverageCPUUtilization', 'cpu', 'keeps CPU at 60%'],
  ['ECSServiceAverageMemoryUtilization', 'memory', 'keeps memory at 60%'],
  ['ALBRequestCountPerTarget', 'requests', 'keeps requests per task and minute at 60'],
])('%s is %s: %s', (type, metric, says) => {
  expect(tracking(type)).toMatchObject({ name: 'x', kind: 'target tracking', metric, says, scalesIn: true })
  expect(tracking(type)).not.toHaveProperty('isHighResolution')
  expect(tracking(type, { DisableScaleIn: true })).toMatchObject({ says: `${says}, never scales in`, scalesIn: false })
})

test('metrics of high resolution are told apart, and others have no metric', () => {
  expect(tracking('ECSServiceAverageCPUUtilizationHighResolution')).toMatchObject({
    metric: 'cpu',
    isHighResolution: true,
    says: 'keeps CPU at 60%, by 20-second metrics',
  })
  expect(tracking('SomethingNew*')).not.toHaveProperty('metric')
  expect(tracking('SomethingNew*').says).toBe('keeps SomethingNew at 60')
})

test('a name stays as AWS has it, and the configuration too', () => {
  const policy = tracking('ECSServiceAverageCPUUtilization', { ScaleOutCooldown: 10 })
  expect(policy.configuration).toEqual({
    TargetValue: 60,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    ScaleOutCooldown: 10,
  })
  expect(readPolicy({ PolicyName: '*a*' } as ScalingPolicy).name).toBe('*a*')
})

test('a policy of a type that is not known counts as acting', () => {
  expect(read({ PolicyType: 'QuantumScaling' as never })).toMatchObject({
    kind: 'unknown',
    scalesIn: true,
    scalesOut: true,
    says: 'acts in a way that Quarterdeck does not know (QuantumScaling)',
  })
})

test('a predictive policy has the metric of its pair', () => {
  const pair = {
    TargetValue: 60,
    PredefinedMetricPairSpecification: { PredefinedMetricType: 'ECSServiceCPUUtilization' },
  }
  const predictive = (Mode: 'ForecastOnly' | 'ForecastAndScale') =>
    read({ PredictiveScalingPolicyConfiguration: { MetricSpecifications: [pair], Mode } })
  expect(predictive('ForecastOnly')).toMatchObject({ kind: 'predictive', metric: 'cpu', scalesOut: false })
  expect(predictive('ForecastAndScale')).toMatchObject({ scalesOut: true, scalesIn: false })
})
