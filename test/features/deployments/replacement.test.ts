import { describe, expect, test } from 'vitest'
import { enableExec } from '../../../src/commands/exec/enable.ts'
import { restart } from '../../../src/commands/restart.ts'
import { scale } from '../../../src/commands/scale/scale.ts'
import {
  countThatMoves,
  deploymentRoom,
  isStuck,
  refuseDeployment,
  replacedLoss,
  riskOfReplacement,
} from '../../../src/features/deployments/replacement.ts'
import { aScaling, aService, SAME_IMAGES } from '../../builders.ts'

const percents = (leastHealthy: number, mostPercent: number) => ({ leastHealthy, mostPercent })

describe('ECS rounds the minimum up and the maximum down', () => {
  test.each([
    [4, 50, 150, { least: 2, most: 6 }],
    [3, 50, 150, { least: 2, most: 4 }],
    [1, 50, 150, { least: 1, most: 1 }],
    [1, 0, 100, { least: 0, most: 1 }],
    [3, 67, 133, { least: 3, most: 3 }],
  ])('%i tasks at %i/%i', (desired, least, most, room) => {
    expect(deploymentRoom({ desired, ...percents(least, most) })).toEqual(room)
  })
})

test.each([
  [1, 50, 150, true, 2],
  [1, 100, 200, false, undefined],
  [1, 0, 100, false, undefined],
  [2, 50, 150, false, undefined],
  [3, 67, 133, true, 4],
  [5, 100, 100, true, undefined],
])('%i tasks at %i/%i can not move: %s; %s tasks can', (desired, least, most, stuck, count) => {
  const service = aService({ desired, ...percents(least, most) })
  expect(isStuck(service)).toBe(stuck)
  if (stuck) expect(countThatMoves(service)).toBe(count)
})

test('a daemon service is never stuck: ECS stops its task on an instance before it starts the new one', () => {
  const service = aService({ scheduling: 'DAEMON', desired: 3, ...percents(0, 100) })
  expect(refuseDeployment(service, 'restarted')).toBeUndefined()
  expect(replacedLoss(service)).toBe('Each instance stops its task before the new one starts')
  expect(riskOfReplacement(service).level).toBe('medium')
})

test('at 0/100 the only task stops before the new one starts: high risk', () => {
  const service = aService({ desired: 1, ...percents(0, 100) })
  expect(replacedLoss(service)).toBe('The only task stops before the new one starts')
  expect(riskOfReplacement(service)).toMatchObject({ level: 'high' })
})

describe.each([
  ['CODE_DEPLOY', 'CodeDeploy deploys it'],
  ['EXTERNAL', 'an external controller deploys it'],
] as const)('%s', (controller, why) => {
  const service = aService({ controller, taskSets: 2 })

  test.each([
    ['restart', restart],
    ['exec enable', enableExec],
  ])('%s is refused before anybody is asked', (_, command) => {
    expect(command.plan({}, { service, tags: SAME_IMAGES })).toMatchObject({
      kind: 'refusal',
      text: expect.stringContaining(why),
    })
  })

  test('scale is allowed', () => {
    const plan = scale.plan({ count: { kind: 'exactly', tasks: 6 } }, aScaling({ service }))
    expect(plan).toMatchObject({ kind: 'plan' })
    if (controller === 'CODE_DEPLOY')
      expect(plan).toMatchObject({
        losses: expect.arrayContaining(['CodeDeploy is moving traffic to new tasks now']),
      })
  })
})

test('a restart that would never end is refused, with a count at which it moves', () => {
  const service = aService({ desired: 1, ...percents(50, 150) })
  expect(restart.plan({}, { service, tags: SAME_IMAGES })).toMatchObject({
    text: '*orders-api* cannot be restarted: with minimumHealthyPercent 50, maximumPercent 150, ECS can neither start nor stop its only task.',
    offers: [{ label: 'Scale to 2', invocation: 'scale prod.us-east-1/web/orders-api 2' }],
  })
})

test('a scale into a count at which no deployment can move says so', () => {
  const service = aService({ desired: 4, ...percents(50, 150) })
  const plan = scale.plan({ count: { kind: 'exactly', tasks: 1 } }, aScaling({ service }))
  expect(plan).toMatchObject({
    losses: expect.arrayContaining(['No deployment can move at 1 task (50/150 %)']),
  })
})
