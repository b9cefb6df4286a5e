// What a plan says besides the change: who else manages the service, whether there is room, and what else waits.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HUB } from '../../../sandbox/sandbox.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())

/** The dialog of a request, which is then cancelled. */
const dialogOf = async (line: string): Promise<string> => {
  expect(await world.type(line)).toBe('')
  const text = await world.details()
  await world.click('cancel', 'U0REQUEST')
  return text
}
const dryRun = (line: string) => world.type(`${line} --dry-run`)

describe('who else manages a service', () => {
  test.each([
    [
      'prod.us-east-1/web/catalog-api',
      'AWS CDK also manages it (CatalogStack/Api/Service/Service): CatalogStack, template line 27: DesiredCount: 4. Its next update of this service reverts this change',
    ],
    ['payments-api', 'Terraform also manages it (modules/payments-api): desired_count of aws_ecs_service'],
    ['prod.us-east-1/web/reports', 'AWS Copilot also manages it'],
  ])('%s', async (service, words) => {
    expect(await dialogOf(`scale ${service} 9`)).toContain(words)
  })

  test('nobody, as far as is known', async () => {
    expect(await dialogOf('scale orders-api 9')).not.toContain('also manages it')
  })
})

test('tasks beyond Fargate’s quota would wait, and the plan says how many fit', async () => {
  const { quotas } = world.fleet
  const before = quotas.vcpus(HUB, 'on-demand')
  quotas.setVcpus(HUB, 'on-demand', 40)
  expect(await dryRun('scale prod.us-east-1/web/search 20')).toContain(
    '• Only 5 of 15 tasks can start: Fargate quota of 40 vCPUs',
  )
  quotas.setVcpus(HUB, 'on-demand', before)
})

test('what waits for consent stands on the next plan for the same service, until it is settled', async () => {
  await world.type('scale orders-api 6')
  expect(await dryRun('scale orders-api 9')).toContain('1 other open request on this service')
  await world.click('cancel', 'U0REQUEST')
  expect(await dryRun('scale orders-api 9')).not.toContain('open request on this service')
})

describe('an Express service', () => {
  test('has no count to set, and offers its bounds', async () => {
    expect(await world.type('scale storefront 4')).toContain(
      'storefront is an Express service: ECS sets its desired count, within bounds.',
    )
  })

  test('has its bounds moved by the call that is Express Mode’s own', async () => {
    await world.type('autoscale bounds storefront 3..8')
    await world.click('approve')
    await world.until(() => world.card().includes('✅ Done'))
    expect(world.card()).toContain('Autoscaling bounds are 3..8.')
    expect(world.desired('web/storefront')).toBe(3)
    expect(world.calls('UpdateExpressGatewayService')).toHaveLength(1)
    expect(world.calls('RegisterScalableTarget')).toHaveLength(0)
  })
})
