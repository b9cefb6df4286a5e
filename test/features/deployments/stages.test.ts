// Where a deployment in progress is: from records as ECS returns them.
import { expect, test } from 'vitest'
import { keepsOldTasks, stageParts } from '../../../src/features/deployments/stages.ts'
import { readRecord } from '../../../src/gateways/aws/ecs/deployment-history.ts'
import type { DeploymentRecord } from '../../../src/model/service-detail.ts'

const NOW = '2026-11-22T03:10:00.000Z'
const record = (more: Partial<DeploymentRecord>): DeploymentRecord => ({
  ...{ id: 'd', arn: 'd', status: 'IN_PROGRESS', createdAt: '2026-11-22T03:00:00.000Z', from: [], to: 'r' },
  strategy: 'CANARY',
  ...more,
})
const parts = (more: Partial<DeploymentRecord>) => stageParts(record(more), 'orders-api:42', NOW).join(' · ')

test.each<[string, Partial<DeploymentRecord>, string]>([
  ['a rolling one has no stage', { strategy: 'ROLLING' }, ''],
  ['new tasks start', { stage: 'SCALE_UP', traffic: 0 }, 'starting new tasks · orders-api:42 0 % of traffic'],
  [
    'a canary has some traffic',
    { stage: 'PRODUCTION_TRAFFIC_SHIFT', traffic: 10 },
    'moving traffic · orders-api:42 10 % of traffic',
  ],
  [
    'a linear one moves on by steps',
    { strategy: 'LINEAR', stage: 'PRODUCTION_TRAFFIC_SHIFT', traffic: 33.333_3 },
    'moving traffic · orders-api:42 33.3 % of traffic',
  ],
  [
    'test traffic',
    { strategy: 'BLUE_GREEN', stage: 'TEST_TRAFFIC_SHIFT', traffic: 0, testTraffic: 100 },
    'moving test traffic · orders-api:42 0 % of traffic · 100 % of test traffic',
  ],
  [
    'the bake has some time left',
    { stage: 'BAKE_TIME', bakeMinutes: 15, updatedAt: '2026-11-22T03:01:30.000Z', traffic: 100 },
    'bake, ~7 min left · orders-api:42 100 % of traffic',
  ],
  ['or none', { stage: 'BAKE_TIME', bakeMinutes: 5, updatedAt: '2026-11-22T03:01:00.000Z' }, 'bake, about to end'],
  ['a stage of the future', { stage: 'SING_A_SONG' }, 'stage sing a song'],
  [
    'the breaker counts',
    { strategy: 'ROLLING', breaker: { status: 'MONITORING', failed: 2, most: 3 } },
    '2 of 3 failures',
  ],
  [
    'alarms, without markup',
    { strategy: 'ROLLING', alarms: { status: 'TRIGGERED', triggered: ['*a*', 'b', 'c', 'd', 'e'] } },
    'alarm triggered: a, b, c and 2 more',
  ],
  ['an ended one has no stage', { stage: 'CLEAN_UP', finishedAt: NOW, traffic: 100 }, ''],
])('%s', (_, more, text) => {
  expect(parts(more)).toBe(text)
})

test('the record is read from ECS’s answer', () => {
  const read = readRecord({
    serviceDeploymentArn: 'arn:aws:ecs:us-east-1:111122223333:service-deployment/web/orders-api/d',
    status: 'IN_PROGRESS',
    lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
    createdAt: new Date('2026-11-22T03:00:00Z'),
    updatedAt: new Date('2026-11-22T03:08:00Z'),
    deploymentConfiguration: { strategy: 'CANARY', bakeTimeInMinutes: 10 },
    targetServiceRevision: {
      arn: 'r',
      requestedTaskCount: 4,
      requestedTestTrafficWeight: 100,
      requestedProductionTrafficWeight: 5,
    },
    sourceServiceRevisions: [
      { arn: 'few', runningTaskCount: 1 },
      { arn: 'none' },
      { arn: 'most', runningTaskCount: 3 },
    ],
  })
  expect(read.from).toEqual(['most', 'few', 'none'])
  expect(read).toMatchObject({ traffic: 5, testTraffic: 100, bakeMinutes: 10, updatedAt: '2026-11-22T03:08:00.000Z' })
})

test.each([
  ['ROLLING', undefined, false],
  ['BLUE_GREEN', 'BAKE_TIME', true],
  ['CANARY', 'PRODUCTION_TRAFFIC_SHIFT', true],
  ['LINEAR', 'CLEAN_UP', false],
] as const)('%s in %s: old tasks all run: %s', (strategy, stage, keeps) => {
  expect(keepsOldTasks({ strategy, ...(stage && { stage }) })).toBe(keeps)
})
