// /ecs status against the sandbox, through the built handlers.
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { HUB } from '../../../sandbox/sandbox.ts'
import { aWorld, ORDERS, type World } from '../world.ts'

let world: World

beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())
afterEach(() => world.aws.faults.clear())

const rowOf = (answer: string, subject: string): string =>
  answer.split('\n').find(line => line.startsWith(`• ${subject}`)) ?? ''

test('a healthy service at a glance', async () => {
  expect(await world.type('status orders-api')).toMatchInlineSnapshot(`
    "orders-api is healthy and steady: 4 of 4 running
    prod 1111-2222-3333 · us-east-1 · web
    • Autoscaling none
    • Deployment none in progress; running orders-api:7; the last was successful
    • Rollout rolling, 100% to 200%; circuit breaker on with rollback
    • Capacity FARGATE 4; configured: FARGATE
    • Zones us-east-1a 2, us-east-1b 1, us-east-1c 1; zone rebalancing
    • Images app orders-api:v7 sha256:b3447fd4a50d; envoy aws-appmesh-envoy:v1.29.12.1-prod sha256:0e74e34f7466
    • Target group orders-api: healthy 4
    • CPU 36% now, 59% peak; memory 29% now, 47% peak, last 3 h (Container Insights, enhanced)
    • Alarms no deployment alarms
    • Network sg-0a1b2c3d4e5f60718 in 3 subnets
    • Exec on, ready in 4 of 4 tasks
    Recent events

    2026-11-22 03:00 UTC  orders-api has reached a steady state.

    [Logs] [Tasks] [Scale] [Restart] [Rollback] [Show Chart]"
  `)
})

test('what it costs does not grow with the service, and is said when asked for', async () => {
  const before = world.aws.callLog.list().length
  const answer = await world.type(`status ${ORDERS} --explain`)
  const asked = world.aws.callLog
    .list()
    .slice(before)
    .filter(({ service }) => !['lambda', 'ssm', 'dynamodb'].includes(service))
  expect(answer.split('\n').find(line => line.includes('calls to AWS'))).toBe(
    `${asked.length} calls to AWS: AssumeRole, DescribeScalableTargets, DescribeServiceDeployments, DescribeServiceRevisions, DescribeServices × 2, DescribeTargetHealth, DescribeTasks, GetMetricData, ListTasks`,
  )
})

test('its autoscaling, its place in Service Connect, and what guards its deployments', async () => {
  const client = new CloudWatchClient({ endpoint: world.aws.url, region: HUB.region, credentials: localUser })
  await client.send(
    new PutMetricAlarmCommand({
      AlarmName: 'checkout-busy',
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Dimensions: [
        { Name: 'ClusterName', Value: 'web' },
        { Name: 'ServiceName', Value: 'checkout' },
      ],
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  )
  client.destroy()
  const { deploymentConfiguration } = world.service('web/checkout')
  deploymentConfiguration.alarms = { alarmNames: ['checkout-busy', 'checkout-gone'], enable: true, rollback: true }
  world.clock.advance(120_000)
  const answer = await world.type('status prod.us-east-1/web/checkout')
  expect(answer).toMatch(/^checkout is not healthy: 6 of 6 running\n• Alarm checkout-busy is in ALARM\n/)
  expect(rowOf(answer, 'Autoscaling')).toMatchInlineSnapshot(`"• Autoscaling 4..10 tasks: keeps CPU at 60%"`)
  expect(rowOf(answer, 'Alarms')).toMatchInlineSnapshot(
    `"• Alarms checkout-busy in alarm, checkout-gone not found; deployments roll back on them"`,
  )
  expect(rowOf(answer, 'Service Connect')).toMatchInlineSnapshot(
    `"• Service Connect namespace internal, called as checkout (3,420 requests/min, no errors, 45 ms)"`,
  )
  expect(world.calls('DescribeAlarms')).toHaveLength(1)
})

test('a deployment in progress, and what fails in it', async () => {
  const service = world.service('web/payments-api')
  world.fleet.knobs.failService(service.arn, 'exit1')
  world.fleet.deploy(service, { ...(service.deployments[0]?.revision.spec ?? never()) })
  await world.until(() => (service.deployments[0]?.failedTasks ?? 0) >= 2)
  const answer = await world.type('status payments-api')
  expect(answer).toMatch(/^payments-api is not healthy: \d of 3 running/)
  expect(answer).toContain('tasks failed in the deployment')
  expect(rowOf(answer, 'Deployment')).toMatch(
    /^• Deployment new payments-api:3 [▓░]{10} \d\/3, \d+ failed; old payments-api:3 3\/3$/,
  )
  expect(rowOf(answer, 'Rollout')).toMatch(/circuit breaker on with rollback, \d+ of 3 failures$/)
  await world.until(() => service.deployments[0]?.isRollback === true)
  expect(await world.type('status payments-api')).toMatch(
    /• (The deployment of payments-api:3 failed|The deployment is rolling back)/,
  )
  world.fleet.knobs.healService(service.arn)
})

test('repeats are said once', async () => {
  const answer = await world.type('status recommendations')
  expect(answer).toMatch(/\(×\d+ since /)
  expect(answer.split('Recent events')[1]?.split('UTC  ').length).toBeLessThanOrEqual(6)
})

test('what cannot be read is said, and hides nothing else', async () => {
  const denied = { kind: 'error', code: 'AccessDenied', message: 'not you', status: 403 } as const
  world.aws.faults.add({ match: { service: 'elasticloadbalancing' }, when: 'before', effect: denied, times: 9 })
  const answer = await world.type('status orders-api')
  expect(answer).toMatch(/^orders-api is healthy and steady/)
  expect(answer).toContain('Unavailable: reading the targets of orders-api: AWS refused it (AccessDenied: not you)')
})

test('its targets in VPC Lattice, with why some are not healthy; what may not be read hides nothing else', async () => {
  const service = world.service('web/search')
  const [task] = service.tasks
  Object.assign(task ?? {}, { isDoomed: true })
  const answer = await world.type('status prod.us-east-1/web/search')
  expect(rowOf(answer, 'VPC Lattice')).toBe(
    '• VPC Lattice tg-0a1b2c3d4e5f60718: healthy 4, unhealthy 1 (HealthChecksFailed)',
  )
  expect(answer).toContain('1 target is unhealthy to VPC Lattice')
  Object.assign(task ?? {}, { isDoomed: false })
  world.aws.faults.add({
    match: { action: 'ListTargets' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'not you', status: 403 },
  })
  const denied = await world.type('status prod.us-east-1/web/search')
  expect(denied).toContain('Unavailable: reading the VPC Lattice targets of search: AWS denied it')
  expect(rowOf(denied, 'Target group')).toContain('healthy 5')
})

test('of hundreds of tasks, as many are looked at as its calls allow, and that is said', async () => {
  const { cluster, deployments } = world.service('web/reports')
  const spec = deployments[0]?.revision.spec ?? never()
  world.fleet.createService(cluster, { name: 'crowd', createdBy: '', desired: 620, spec, isSettled: true })
  const answer = await world.type('status crowd --explain')
  expect(rowOf(answer, 'Capacity')).toContain('FARGATE 500')
  expect(answer).toContain('500 of 620 tasks were checked.')
  expect(answer).toMatch(/DescribeTasks × 5, .*ListTasks × 5/)
  expect(await world.type('tasks crowd')).toMatch(/^crowd runs more than 500 tasks/)
  world.service('web/crowd').cluster.services.delete('crowd')
})

test('a service that is stopped, a daemon, and one that is gone', async () => {
  expect(await world.type('status log-shipper')).toMatch(/^log-shipper is healthy and steady: 3 of 3 running/)
  expect(await world.type('status log-shipper')).not.toContain('[Scale]')
  expect(await world.type('status prod.us-east-1/web/never-was')).toMatch(/No service is named never-was/)
})

test('a button of it is the command typed in full', async () => {
  await world.type('status orders-api')
  await world.press('Logs')
  expect(world.told('U0REQUEST')).toMatch(/^orders-api: /)
})

const never = (): never => {
  throw new Error('no deployment')
}
