// A change of many services over the wire: as whom, how often, and what a death of the set's execution changes.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ENDED } from '../ends.ts'
import { aWorld, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
  const unwell = world.service('jobs/recommendations')
  world.fleet.knobs.healService(unwell.arn)
  await world.until(() => unwell.deployments.length === 1 && [...unwell.tasks].length >= unwell.desired)
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())

const FUNCTION = 'quarterdeck-operation'
const setCard = (): string => textOf(world.cards().findLast(card => /\d services /.test(textOf(card))))
const over = () => world.until(() => ENDED.test(setCard()))
const updates = () => world.calls('UpdateService')

test('each service has its own execution, session and audit; the set has one card', async () => {
  const count = world.cards().length
  await world.type('restart cluster:prod.us-east-1/jobs')
  await world.click('approve')
  await over()
  expect(setCard()).toContain('5 of 5 services done')
  expect(world.cards()).toHaveLength(count + 1)
  expect(updates()).toHaveLength(5)
  expect(new Set(updates().map(({ arn }) => arn)).size).toBe(5)
  for (const { arn } of updates()) expect(arn).toContain('assumed-role/quarterdeck-operator/U0REQUEST-')
})

test.each([
  ['before', 'kill'],
  ['after', 'kill'],
  ['after', 'drop'],
] as const)('%s the start of the second wave: %s. Each service is restarted once', async (when, kind) => {
  const before = updates().length
  const fault = world.aws.faults.add({
    match: { function: FUNCTION, action: 'Invoke', nth: 3 },
    when,
    effect: { kind },
  })
  await world.type('restart cluster:prod.us-east-1/jobs')
  await world.click('approve')
  await over()
  world.aws.faults.remove(fault.id)
  expect(setCard()).toContain('5 of 5 services done')
  const restarted = updates()
    .slice(before)
    .map(({ input }) => String((input as { readonly service?: string }).service))
  expect(restarted.toSorted()).toEqual([...new Set(restarted)].toSorted())
  expect(restarted).toHaveLength(5)
})
