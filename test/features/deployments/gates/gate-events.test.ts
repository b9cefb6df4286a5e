// The events of hooks, in the shape that AWS's documentation has.
import { expect, test } from 'vitest'
import { endedDeploymentIn, hookEventIn } from '../../../../src/features/deployments/gates/gate-events.ts'

const DEPLOYMENT = 'arn:aws:ecs:us-west-2:123456789012:service-deployment/my-cluster/my-service/0EYSiB0qap8xf0N76FsbE'
const SERVICE = 'arn:aws:ecs:us-west-2:123456789012:service/my-cluster/my-service'

const event = (detail: object = {}, outer: object = {}) => ({
  version: '0',
  id: '3329f79b-3dca-07f8-b1c2-5fe99f0b5e87',
  'detail-type': 'ECS Hook State Change',
  source: 'aws.ecs',
  account: '123456789012',
  time: '2026-03-05T15:54:41Z',
  region: 'us-west-2',
  resources: [DEPLOYMENT],
  detail: {
    eventType: 'INFO',
    eventName: 'HOOK_AWAITING_ACTION',
    hookId: 'ecs-pause-e7tK9G_WRJqNF_EOMjztDXfKenlJuEUVjsNStf4WLKw',
    hookType: 'PAUSE',
    expiresAt: '2026-03-05T16:04:41Z',
    lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
    clusterArn: 'arn:aws:ecs:us-west-2:123456789012:cluster/my-cluster',
    serviceArn: SERVICE,
    serviceDeploymentArn: DEPLOYMENT,
    updatedAt: '2026-03-05T15:54:41.618059641Z',
    ...detail,
  },
  ...outer,
})

test('a deployment that stops at a gate', () => {
  expect(hookEventIn(event())).toEqual({
    kind: 'waits',
    gate: {
      hookId: 'ecs-pause-e7tK9G_WRJqNF_EOMjztDXfKenlJuEUVjsNStf4WLKw',
      deployment: DEPLOYMENT,
      stage: 'POST_TEST_TRAFFIC_SHIFT',
      expiresAt: '2026-03-05T16:04:41.000Z',
      service: {
        accountId: '123456789012',
        region: 'us-west-2',
        cluster: 'my-cluster',
        service: 'my-service',
        arn: SERVICE,
      },
    },
  })
})

test.each(['HOOK_SUCCEEDED', 'HOOK_FAILED', 'HOOK_TIMED_OUT'])('%s settles it, also without an expiry', eventName => {
  expect(hookEventIn(event({ eventName, expiresAt: undefined }))?.kind).toBe('settled')
})

test.each([
  ['a hook that runs a function', event({ hookType: 'AWS_LAMBDA' })],
  ['a hook that has begun', event({ eventName: 'HOOK_IN_PROGRESS' })],
  ['a name of every object', event({ eventName: 'constructor' })],
  ['a gate without an end', event({ expiresAt: 'soon' })],
  ['a service of another account', event({}, { account: '999999999999' })],
  ['a deployment of another service', event({ serviceArn: SERVICE.replace('my-service', 'other') })],
  ['an id that is a line of options', event({ hookId: 'x --break-glass' })],
  ['an event of another source', event({}, { source: 'aws.lambda' })],
  ['nothing', undefined],
])('%s is none', (_, one) => {
  expect(hookEventIn(one)).toBeUndefined()
})

test('a deployment that ended', () => {
  const ended = (outer: object) =>
    endedDeploymentIn(event({}, { 'detail-type': 'ECS Deployment State Change', resources: [SERVICE], ...outer }))
  expect(ended({})).toBe(SERVICE)
  expect(ended({ account: '999999999999' })).toBeUndefined()
})
