// One walk a verb over the wire: the session of each plan may do its calls, and AWS has what the plan said.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pass } from '../driving.ts'
import { ENDED } from '../ends.ts'
import { aWorld, type World } from '../world.ts'

const CHECKOUT = 'prod.us-east-1/web/checkout'
const ORDERS = 'prod.us-east-1/web/orders-api'
const PLACE = { account: '111122223333', region: 'us-east-1' }

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())

const targetOf = (name: string) => world.autoscaling.targetOf(world.service(`web/${name}`))
const policyOf = (service: string, name: string) => targetOf(service)?.policies.get(name)?.strategy.input

const carriedOut = async (line: string): Promise<string> => {
  const count = world.cards().length
  expect(await world.type(line)).toBe('')
  await world.click('approve')
  await world.until(() => world.cards().length > count && ENDED.test(world.card()))
  return world.card()
}

test('autoscale schedule and unschedule', async () => {
  const line = `autoscale schedule ${CHECKOUT} "weekdays 08:45" 8..20 --until 17:30 --zone Europe/Madrid`
  const name = 'quarterdeck-weekdays-0845-europe-madrid'
  expect(await carriedOut(line)).toContain('✅ Done')
  expect([...(targetOf('checkout')?.scheduled.keys() ?? [])]).toEqual([name, `${name}-end`])
  const sent = world.calls('PutScheduledAction')
  expect(sent.map(({ sourceIdentity }) => sourceIdentity)).toEqual(['requester@example.com', 'requester@example.com'])
  expect(await carriedOut(`autoscale unschedule ${CHECKOUT} ${name}`)).toContain('✅ Done')
  expect(targetOf('checkout')?.scheduled.size).toBe(0)
})

test('autoscale track and untrack, also by requests', async () => {
  expect(await carriedOut(`autoscale track ${CHECKOUT} cpu 55 --in-cooldown 10m`)).toContain('✅ Done')
  expect(policyOf('checkout', 'checkout-cpu')).toMatchObject({ TargetValue: 55, ScaleInCooldown: 600 })
  world.autoscaling.register(PLACE, 'service/web/orders-api', { min: 2, max: 8 })
  expect(await carriedOut(`autoscale track ${ORDERS} requests 800`)).toContain('✅ Done')
  expect(policyOf('orders-api', 'quarterdeck-requests')).toMatchObject({
    TargetValue: 800,
    PredefinedMetricSpecification: {
      ResourceLabel: 'app/web-alb/50dc6c495c0c9188/targetgroup/orders-api/6d0ecf831eec9f09',
    },
  })
  expect(await carriedOut(`autoscale track ${ORDERS} memory 70`)).toContain('✅ Done')
  expect(await carriedOut(`autoscale untrack ${ORDERS} requests`)).toContain('✅ Done')
  expect(targetOf('orders-api')?.policies.size).toBe(1)
})

test('autoscale forecast: create, show, promote and pause', async () => {
  expect(await carriedOut(`autoscale forecast create ${CHECKOUT} cpu 60`)).toContain('✅ Done')
  const shown = await world.type(`autoscale forecast ${CHECKOUT} --chart`)
  expect(shown).toContain('checkout needs up to')
  expect(shown).toContain('average over 168 h')
  expect(await carriedOut(`autoscale forecast promote ${CHECKOUT}`)).toContain('✅ Done')
  expect(policyOf('checkout', 'quarterdeck-forecast')).toMatchObject({ Mode: 'ForecastAndScale' })
  expect(await carriedOut(`autoscale forecast pause ${CHECKOUT}`)).toContain('✅ Done')
  expect(policyOf('checkout', 'quarterdeck-forecast')).toMatchObject({ Mode: 'ForecastOnly' })
  expect(await carriedOut(`autoscale untrack ${CHECKOUT} quarterdeck-forecast`)).toContain('✅ Done')
  expect(await world.type(`autoscale ${CHECKOUT}`)).toContain('AlarmHigh')
})

describe('a lost answer', () => {
  test.each([
    ['PutScheduledAction', `autoscale schedule ${CHECKOUT} "daily 20:00" 4..12`],
    ['DeleteScheduledAction', `autoscale unschedule ${CHECKOUT} quarterdeck-daily-2000`],
    ['PutScalingPolicy', `autoscale track ${CHECKOUT} memory 70`],
    ['DeleteScalingPolicy', `autoscale untrack ${CHECKOUT} memory`],
  ])('of %s does not become a failure', async (action, line) => {
    world.aws.faults.add({
      match: { service: 'application-autoscaling', action },
      when: 'after',
      effect: { kind: 'drop' },
    })
    expect(await carriedOut(line)).toContain('✅ Done')
    await pass(60_000, world)
  })
})
