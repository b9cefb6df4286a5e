// The sandbox's Elastic Load Balancing at the wire, asked as the product asks.
import { sign } from 'aws4'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAws } from '../../../sandbox/aws/aws.ts'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { deployByPipeline } from '../../../sandbox/control/pipeline.ts'
import { Clock } from '../../../sandbox/world/clock.ts'
import { createFleet } from '../../../sandbox/world/fleet.ts'
import { seedWorld } from '../../../sandbox/world/seed.ts'
import { seedRelease } from '../../../sandbox/world/seed-release.ts'
import { readLabels, readTargets } from '../../../src/gateways/aws/target-health.ts'

const clock = new Clock({ start: Date.parse('2026-11-22T03:00:00Z'), speed: 0 })
const fleet = createFleet({ clock })
seedWorld(fleet)
const aws = createAws({ clock, fleet })
beforeAll(() => aws.listen())
afterAll(() => aws.close())

const ask = async (form: Readonly<Record<string, string>>) => {
  const { host } = new URL(aws.url)
  const body = new URLSearchParams({ Version: '2015-12-01', ...form }).toString()
  const { headers } = sign(
    {
      host,
      service: 'elasticloadbalancing',
      region: 'us-east-1',
      method: 'POST',
      path: '/',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    localUser,
  )
  const reply = await fetch(aws.url, { method: 'POST', body, headers: headers as Record<string, string> })
  return { status: reply.status, text: await reply.text() }
}

const group = (name: string) =>
  `arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/${name}/6d0ecf831eec9f09`
const health = async () =>
  readTargets((await ask({ Action: 'DescribeTargetHealth', TargetGroupArn: group('orders-api') })).text)

test('targets are what the tasks do', async () => {
  expect((await health()).map(({ state }) => state)).toEqual(['healthy', 'healthy', 'healthy', 'healthy'])
  const service = fleet
    .site({ account: '111122223333', region: 'us-east-1' })
    .clusters.get('web')
    ?.services.get('orders-api')
  const [task] = service?.tasks ?? []
  if (service === undefined || task === undefined) throw new Error('no orders-api')
  fleet.stopTask(task, 'test')
  let seen = new Set<string>()
  for (let n = 0; n < 120; n += 1) {
    clock.advance(500)
    seen = new Set([...seen, ...(await health()).map(({ state }) => state)])
  }
  expect([...seen].toSorted()).toEqual(['draining', 'healthy', 'initial'])
})

test('target groups name their load balancer', async () => {
  const { text } = await ask({ Action: 'DescribeTargetGroups', 'TargetGroupArns.member.1': group('orders-api') })
  expect(readLabels(text)).toEqual(['app/web-alb/50dc6c495c0c9188/targetgroup/orders-api/6d0ecf831eec9f09'])
})

test('a label names each Application Load Balancer, and no other', () => {
  const balancers = ['app/a/1', 'net/b/2', 'app/c/3'].map(
    name => `<member>arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/${name}</member>`,
  )
  const member = `<member><TargetGroupArn>${group('x')}</TargetGroupArn><LoadBalancerArns>${balancers.join('')}</LoadBalancerArns></member>`
  const end = 'targetgroup/x/6d0ecf831eec9f09'
  expect(readLabels(`<TargetGroups>${member}</TargetGroups>`)).toEqual([`app/a/1/${end}`, `app/c/3/${end}`])
  expect(readLabels('<TargetGroups/>')).toEqual([])
})

test.each([
  [{ Action: 'DescribeTargetGroups', 'TargetGroupArns.member.1': group('nothing') }, 'TargetGroupNotFound'],
  [{ Action: 'DescribeTargetGroups' }, 'ValidationError'],
  [{ Action: 'DescribeTargetHealth', TargetGroupArn: group('nothing') }, 'TargetGroupNotFound'],
  [{ Action: 'DescribeTargetHealth', TargetGroupArn: 'orders-api' }, 'ValidationError'],
  [{ Action: 'DescribeTargetHealth' }, 'ValidationError'],
  [{ Action: 'CreateTargetGroup' }, 'InvalidAction'],
])('%j: %s', async (form, code) => {
  const { status, text } = await ask(form)
  expect([status, text]).toEqual([400, expect.stringContaining(`<Code>${code}</Code>`)])
})

test('while ECS moves traffic, the tasks of the new revision are in the other group', async () => {
  seedRelease(fleet, aws.autoscaling)
  const service = fleet
    .site({ account: '111122223333', region: 'us-east-1' })
    .clusters.get('release')
    ?.services.get('web-blue-green')
  if (!service) throw new Error('no web-blue-green')
  const second = service.deployments[0]?.revision.spec.loadBalancers[0]?.advancedConfiguration?.alternateTargetGroupArn
  const sizes = async () => {
    const groups = [group('web-blue-green'), second ?? '']
    const texts = await Promise.all(
      groups.map(TargetGroupArn => ask({ Action: 'DescribeTargetHealth', TargetGroupArn })),
    )
    return texts.map(({ text }) => readTargets(text).length)
  }
  expect(await sizes()).toEqual([2, 0])
  deployByPipeline({ fleet, callLog: aws.callLog }, service)
  clock.advance(180_000)
  expect(await sizes()).toEqual([2, 2])
  clock.advance(900_000)
  expect((await ask({ Action: 'DescribeTargetHealth', TargetGroupArn: second ?? '' })).status).not.toBe(400)
  expect(await sizes()).toEqual([2, 0])
})
