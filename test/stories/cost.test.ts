// /ecs cost: what Compute Optimizer found, ranked by money, and what one service could cost elsewhere.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { generateServices, prod, staging } from '../../sandbox/world/seed.ts'
import { aStory, HUB, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeAll(async () => {
  world = await aStory()
  world.clock.advance(25 * 3_600_000)
  await world.recur('index')
})
afterAll(() => world.stop())
beforeEach(() => {
  world.clock.advance(60_000)
  world.aws.throttle.reset()
  world.aws.callLog.clear()
})
afterEach(() => {
  world.aws.faults.clear()
  world.aws.advice.enrol(staging.account, { status: 'Inactive' })
  world.aws.advice.setCurrency(prod.account, 'USD')
})

const serviceAt = (cluster: string, name: string, place = HUB) => {
  const service = world.fleet.site(place).clusters.get(cluster)?.services.get(name)
  if (service === undefined) throw new Error(`no service ${name}`)
  return service
}

beforeEach(() => {
  world.aws.advice.setPeaks(serviceAt('web', 'orders-api'), { cpu: 12, memory: 20 })
  world.aws.advice.setPeaks(serviceAt('web', 'reports'), { cpu: 0.4, memory: 0.6 })
})

const asked = () => {
  const counts: Record<string, number> = {}
  for (const { service, action } of world.aws.callLog.list())
    if (['ecs', 'compute-optimizer'].includes(service)) counts[action] = (counts[action] ?? 0) + 1
  return counts
}

test('the services of all places, the greatest saving first', async () => {
  expect(await world.type('cost')).toMatchInlineSnapshot(`
    "All services: 4 of 22 services could cost less: about $197 a month, $178 after discounts
    Service | Saves a month | What | Risk | Effort | Owner
    prod.us-east-1/web/orders-api | $102 | 1 vCPU, 2 GB → 0.25 vCPU, 1 GB | low | new revision | orders
    prod.eu-west-1/web/checkout | $54.06 | 1 vCPU, 2 GB → 0.5 vCPU, 1 GB | low | new revision | checkout
    prod.us-east-1/web/catalog-api | $23.76 | 0.5 vCPU, 1 GB → 0.25 vCPU, 0.5 GB | low | new revision | catalog
    prod.us-east-1/web/reports | $18.02 | Idle: CPU peak 0.4 % | check its use | scale to 0 | reports
    Source: AWS Compute Optimizer, refreshed daily. One row a service: savings of one service are never added up.
    10 services have no advice: /ecs cost with the name of one says why.
    staging (444455556666): not opted in to Compute Optimizer. An administrator opts in: aws compute-optimizer update-enrollment-status --status Active
    [orders-api] [checkout] [catalog-api] [reports] [Only Rightsizing] [Only Idle] [Show Chart]"
  `)
  expect(asked()).toMatchInlineSnapshot(`
    {
      "DescribeServices": 2,
      "GetECSServiceRecommendations": 2,
      "GetEnrollmentStatus": 3,
      "GetIdleRecommendations": 2,
    }
  `)
})

test('only one kind, only one tag', async () => {
  const idle = await world.type('cost prod --only idle')
  expect(idle).toContain('prod.us-east-1/web/reports | $18.02 | Idle')
  expect(idle).not.toContain('orders-api |')
  expect(await world.type('cost --tag team=orders')).toMatch(/^All services: 1 of \d services could cost less/)
  expect(await world.type('cost --tag team=nobody')).toBe('No service matches that you may view.')
  expect(await world.type('cost prod --only fun')).toContain('Write idle, rightsizing, spot or graviton.')
})

test('Spot and Graviton are estimated for small places only', async () => {
  expect(await world.type('cost prod.us-east-1/web --only spot')).toMatchInlineSnapshot(`
    "prod.us-east-1/web: 4 of 7 services could cost less: about $346 a month
    Service | Saves a month | What | Risk | Effort | Owner
    prod.us-east-1/web/search | $174 | Estimate: 3 Fargate Spot, 2 Fargate | AWS may stop 3 of 5 | replaces tasks | search
    prod.us-east-1/web/checkout | $98.26 | Estimate: 4 Fargate Spot, 2 Fargate | AWS may stop 4 of 6 | replaces tasks | checkout
    prod.us-east-1/web/orders-api | $49.13 | Estimate: 2 Fargate, 2 Fargate Spot | AWS may stop 2 of 4 | replaces tasks | orders
    prod.us-east-1/web/payments-api | $24.57 | Estimate: 2 Fargate Spot, 1 Fargate | AWS may stop 2 of 3 | replaces tasks | payments
    Estimated for the tasks that run now: list prices of 2026-09-11, Spot of 2026-09-28. A row is not added to another finding.
    [search] [checkout] [orders-api] [payments-api] [Show Chart]"
  `)
  expect(await world.type('cost prod.us-east-1/web --only graviton')).toMatch(
    /orders-api \| \$28.82 \| Estimate: arm64 images/,
  )
})

test('one service: the finding, what it saves, and what else could', async () => {
  expect(await world.type('cost prod.us-east-1/web/orders-api')).toMatchInlineSnapshot(`
    "orders-api is too large: 0.25 vCPU, 1 GB saves about $102 of about $144 a month
    prod 1111-2222-3333 · us-east-1 · web
    • Cost $144 a month for 4 Fargate, 1 vCPU, 2 GB each; vCPU and memory at list price
    • Finding too large: more CPU than it uses, more memory than it uses; orders-api:7, which runs
    • Peaks CPU 12 %, memory 20 % in 14 days; performance risk now very low
    • Recommended 1 vCPU, 2 GB → 0.25 vCPU, 1 GB a task
    • Containers app 512 → 128 CPU, 1,024 → 512 MiB; envoy 512 → 128 CPU, 1,024 → 512 MiB
    • Then CPU peak 48 % to 50 %, memory peak 40 % to 42 %; risk low
    • Saving $102 a month (70 %) before discounts, $91.47 after discounts; estimated from Cost Explorer
    • Spot about $49.13 a month: 2 Fargate, 2 Fargate Spot. AWS may take a Spot task with 2 minutes’ notice
    • Graviton about $28.82 a month; the platforms of the image of app, envoy are not known
    • Best together the recommended size, Spot and Graviton: about $22.43 a month, saves $122. Not the sum of the parts
    • Owner orders (by its tag)
    Compute Optimizer, made 2026-11-23.
    Estimates: 4 tasks all month, list prices of 2026-09-11, Spot of 2026-09-28; without discounts.
    Apply asks for a new revision, a deployment and a watch that goes back by itself.
    [Apply] [Snooze] [Compare] [Move to Spot] [Status]"
  `)
  expect(asked()).toMatchInlineSnapshot(`
    {
      "DescribeCapacityProviders": 1,
      "DescribeClusters": 1,
      "DescribeServices": 2,
      "DescribeTaskDefinition": 1,
      "DescribeTasks": 1,
      "GetECSServiceRecommendations": 1,
      "GetEnrollmentStatus": 1,
      "GetIdleRecommendations": 1,
      "ListTasks": 1,
    }
  `)
})

test('an idle service is scaled to 0 by a request', async () => {
  expect(await world.type('cost prod.us-east-1/web/reports')).toMatchInlineSnapshot(`
    "reports looks idle: scaling to 0 saves about $18.02 of about $18.02 a month
    prod 1111-2222-3333 · us-east-1 · web
    • Cost $18.02 a month for 1 Fargate, 0.5 vCPU, 1 GB each; vCPU and memory at list price
    • Idle CPU 0.4 %, memory 0.6 % in 14 days. Compute Optimizer does not see requests or queues
    • Use nothing to measure: it has no load balancer, Service Connect or scaling by a queue. Ask its owner
    • Saving $18.02 a month (100 %) before discounts, $16.22 after discounts
    • Owner reports (by its tag)
    Compute Optimizer, made 2026-11-23.
    Estimates: one task all month, list prices of 2026-09-11, Spot of 2026-09-28; without discounts.
    [Scale to 0] [Snooze] [Compare] [Status]"
  `)
  const service = serviceAt('web', 'reports')
  service.tags = { ...service.tags, standby: 'true' }
  const kept = await world.type('cost prod.us-east-1/web/reports')
  expect(kept).toContain('Standby its tags say that it stands by: keep it')
  expect(kept).not.toContain('[Scale to 0]')
  service.tags = { team: 'reports' }
})

test('why a service has no advice', async () => {
  expect(await world.type('cost prod.us-east-1/web/search')).toContain(
    'No advice from Compute Optimizer: it has a step scaling policy.',
  )
  expect(await world.type('cost prod.us-east-1/web/checkout')).toContain(
    'No advice on CPU: target tracking keeps CPU at a level, so only the other dimension is analysed.',
  )
  expect(await world.type('cost staging.us-east-1/web/checkout')).toContain(
    'staging (444455556666): not opted in to Compute Optimizer. An administrator opts in: aws compute-optimizer',
  )
})

test('an account whose enrolment is pending', async () => {
  world.aws.advice.enrol(staging.account, { status: 'Pending' })
  expect(await world.type('cost staging')).toMatch(
    /^staging: no savings found in what could be read[\s\S]*being set up\. The first findings come within 24 hours/,
  )
})

test('one region fails: the others are shown, and what is missing is said', async () => {
  world.aws.faults.add({
    match: { service: 'compute-optimizer', region: 'eu-west-1' },
    when: 'before',
    effect: { kind: 'error', code: 'ServiceUnavailableException', message: 'down', status: 503 },
    times: 50,
  })
  const answer = await world.type('cost prod')
  expect(answer).toContain('prod.us-east-1/web/orders-api')
  expect(answer).not.toContain('prod.eu-west-1')
  expect(answer).toMatch(
    /Incomplete: one read failed\.\nUnavailable: reading Compute Optimizer in prod, eu-west-1: AWS did not answer/,
  )
})

test('all regions fail', async () => {
  world.aws.faults.add({
    match: { service: 'compute-optimizer' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 50,
  })
  expect(await world.type('cost prod')).toMatch(/^Request failed: reading Compute Optimizer in prod, .*: AWS denied it/)
  expect(await world.type('cost prod.us-east-1/web/orders-api')).toMatch(
    /about \$\d+ a month[\s\S]*Unavailable: reading Compute Optimizer/,
  )
})

test('an account that leaves between two calls', async () => {
  world.aws.faults.add({
    match: { service: 'compute-optimizer', action: 'GetIdleRecommendations' },
    when: 'before',
    effect: { kind: 'error', code: 'OptInRequiredException', message: 'not registered' },
    times: 50,
  })
  expect(await world.type('cost prod')).toContain('prod (111122223333): not opted in to Compute Optimizer.')
})

test('a throttled call is asked again', async () => {
  world.aws.faults.add({
    match: { service: 'compute-optimizer' },
    when: 'before',
    effect: { kind: 'throttle' },
    times: 2,
  })
  expect(await world.type('cost prod')).toContain('prod.us-east-1/web/orders-api')
})

test('another currency is shown as it is', async () => {
  world.aws.advice.setCurrency(prod.account, 'CNY')
  expect(await world.type('cost prod')).toMatch(/^prod: .* about CNY \d+ a month, CNY \d+ after discounts/)
  expect(await world.type('cost prod.us-east-1/web/orders-api')).toMatch(/Saving CNY \d+ a month/)
})

test('a finding about another revision is out of date', async () => {
  const service = serviceAt('web', 'orders-api')
  const older = world.fleet.site(HUB).taskDefinitions.get('orders-api')?.[0]
  world.aws.advice.setAnalysed(service, older?.arn ?? '')
  expect(await world.type('cost prod')).toContain('(out of date)')
  expect(await world.type('cost prod.us-east-1/web/orders-api')).toContain('Out of date orders-api:7 runs now')
  world.aws.advice.setAnalysed(service, service.deployments[0]?.revision.spec.taskDefinition.arn ?? '')
})

test('a file has all findings, and a chart the ten greatest', async () => {
  expect(await world.type('cost prod --csv')).toContain('cost.csv')
  expect(await world.type('cost prod --chart')).toContain('The picture is in your direct messages')
  const files = world.slack.workspace
    .messages(world.slack.workspace.openDm('U0REQUEST').id)
    .flatMap(({ files = [] }) => files)
  expect(files.map(({ name }) => name)).toEqual(['cost.csv', 'cost.png'])
  expect(files[1]?.alt_txt).toMatch(/^prod, USD a month, now and after: prod.us-east-1\/web\/orders-api \$144 to \$\d/)
})

test('whether the images have a variant for Graviton', async () => {
  const graviton = async () => /Graviton about .*/.exec(await world.type('cost prod.us-east-1/web/search'))?.[0]
  expect(await graviton()).toMatch(/a month; the platforms of the image of (app|search) are not known$/)
  world.aws.images.set('search', { megabytes: 940, isIndex: true })
  expect(await graviton()).toMatch(/a month; no arm64 variant of the image of (app|search)$/)
  world.aws.images.set('search', { megabytes: 940, isIndex: true, architectures: ['amd64', 'arm64'] })
  expect(await graviton()).toMatch(/a month; every image has an arm64 variant$/)
})

test('where it could run', async () => {
  expect(await world.type('cost compare prod.us-east-1/web/orders-api')).toMatchInlineSnapshot(`
    "orders-api: switch to Fargate Spot, 2 of 4 tasks
    prod 1111-2222-3333 · us-east-1 · web
    • saves about $49.13 of $144 a month
    • 2 of 4 tasks stay on demand
    • stopTimeout is not set: tasks have 30 s to stop
    • in production, first check that it survives the loss of tasks
    • Graviton and Spot would cost about $76.03 a month: the platforms of the image of app, envoy are not known
    Where | $ a month | Can run | Why not, or what changes
    Fargate | 144 | now | AWS patches the host; each task alone on its kernel
    Fargate Spot, 2 of 4 tasks | 95.03 | yes | AWS may take a task with 2 minutes’ notice; none may start in a Spot drought
    Fargate on Graviton | 115 | check images | Graviton: the platforms of the image of app, envoy are not known
    Graviton and Spot | 76.03 | check images | Graviton: the platforms of the image of app, envoy are not known
    Managed Instances | – | no | the task definition is not for Managed Instances
    EC2 instances | – | no | the cluster has no such capacity provider
    A month of what runs now: 4 Fargate, 1 vCPU, 2 GB each. List prices of 2026-09-11, Spot of 2026-09-28; without discounts.
    Instances are cheaper only if those that hold 4 vCPU and 8 GB cost less than $0.20 an hour together, spare room included.
    [Switch] [Capacity] [Cost]"
  `)
})

test('of 2,000 services, in the pages of both lists', async () => {
  generateServices(world.fleet, 2_000)
  world.clock.advance(24 * 3_600_000 + 60_000)
  world.aws.throttle.reset()
  await world.recur('index')
  world.aws.throttle.reset()
  world.aws.callLog.clear()
  const answer = await world.type('cost')
  expect(answer).toMatch(/^All services: \d{3} of 2,\d+ services could cost less/)
  expect(answer).toMatch(/\[Next 15\]/)
  const { GetECSServiceRecommendations, GetIdleRecommendations, GetEnrollmentStatus, DescribeServices = 0 } = asked()
  expect({ GetECSServiceRecommendations, GetIdleRecommendations, GetEnrollmentStatus }).toEqual({
    GetECSServiceRecommendations: 4,
    GetIdleRecommendations: 2,
    GetEnrollmentStatus: 3,
  })
  expect(DescribeServices).toBeLessThanOrEqual(15)
  await world.press('Next 15')
  expect(world.told('U0REQUEST')).toMatch(/Page 2, the greatest saving first/)
  expect(await world.type('cost --only spot')).toMatch(/estimates at most 50\./)
  expect(await world.type('cost --page 99')).toMatch(/^There is no page 99/)
})
