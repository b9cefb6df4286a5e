// Two revisions are equal only if everything that ECS runs them with is equal.
import type { ServiceRevision } from '@aws-sdk/client-ecs'
import { describe, expect, test } from 'vitest'
import { differencesOf } from '../../../../src/features/deployments/definition-differences.ts'
import { readRevision } from '../../../../src/gateways/aws/ecs/read-revision.ts'

const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/orders/6d0ecf831eec9f09'
const awsvpc = (more: object = {}) => ({
  networkConfiguration: {
    awsvpcConfiguration: { subnets: ['subnet-b', 'subnet-a'], securityGroups: ['sg-1'], ...more },
  },
})
const BEFORE: ServiceRevision = {
  serviceRevisionArn: 'arn:1',
  createdAt: new Date(0),
  taskDefinition: 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:7',
  capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
  platformVersion: '1.4.0',
  ...awsvpc({ assignPublicIp: 'DISABLED' }),
  loadBalancers: [{ targetGroupArn: GROUP, containerName: 'app', containerPort: 8080 }],
  serviceRegistries: [],
  guardDutyEnabled: false,
}
const changed = (more: ServiceRevision) =>
  differencesOf(readRevision(BEFORE), readRevision({ ...BEFORE, ...more }))?.map(({ what, from, to }) =>
    from === undefined ? what : `${what}: ${from} → ${to}`,
  )

test('a forced deployment has equal settings', () => {
  expect(
    changed({
      serviceRevisionArn: 'arn:2',
      createdAt: new Date(1),
      ...awsvpc({ subnets: ['subnet-a', 'subnet-b'] }),
      serviceConnectConfiguration: { enabled: false },
      volumeConfigurations: [],
      resolvedConfiguration: { loadBalancers: [{ targetGroupArn: `${GROUP}2` }] },
    }),
  ).toEqual([])
})

describe('every other setting differs', () => {
  test.each<readonly [ServiceRevision, string]>([
    [awsvpc({ securityGroups: ['sg-2'] }), 'security groups: sg-1 → sg-2'],
    [awsvpc({ subnets: ['subnet-c'] }), 'subnets: subnet-a subnet-b → subnet-c'],
    [awsvpc({ assignPublicIp: 'ENABLED' }), 'public IP: none → yes'],
    [
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 2 }] },
      'capacity: FARGATE × 1 → FARGATE × 1, base 2',
    ],
    [{ platformVersion: '1.3.0' }, 'platform version: 1.4.0 → 1.3.0'],
    [{ loadBalancers: [] }, 'load balancers: targetgroup/orders/6d0ecf831eec9f09 → app:8080 → none'],
    [{ serviceConnectConfiguration: { enabled: true, namespace: 'internal' } }, 'Service Connect (added)'],
    [{ volumeConfigurations: [{ name: 'data' }] }, 'volumes (added)'],
    [{ vpcLatticeConfigurations: [{ roleArn: 'a', targetGroupArn: GROUP, portName: 'http' }] }, 'VPC Lattice (added)'],
    [{ serviceRegistries: [{ registryArn: 'a' }] }, 'service registries (added)'],
    [{ fargateEphemeralStorage: { kmsKeyId: 'k' } }, 'fargate ephemeral storage (added)'],
    [{ guardDutyEnabled: true }, 'GuardDuty (added)'],
    [{ newInALaterVersion: { of: 'ECS' } } as ServiceRevision, 'new in a later version (added)'],
  ])('%j', (more, line) => {
    expect(changed(more)).toEqual([line])
  })
})

test('what may be secret leaves as a digest', () => {
  const revision = readRevision({
    serviceConnectConfiguration: {
      enabled: true,
      logConfiguration: { logDriver: 'splunk', options: { token: 'x1y2' } },
    },
  })
  expect(JSON.stringify(revision)).not.toContain('x1y2')
})
