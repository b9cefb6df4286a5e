// /ecs cost: what Compute Optimizer found, ranked by money, and what one service could cost elsewhere.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { prod, staging } from '../../sandbox/world/seed.ts'
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

test('the services of all places, the greatest saving first', async () => {
  world.aws.advice.setPeaks(serviceAt('web', 'orders-api'), { cpu: 12, memory: 20 })
  world.aws.advice.setPeaks(serviceAt('web', 'reports'), { cpu: 0.4, memory: 0.6 })
  expect(await world.type('cost')).toMatchInlineSnapshot(`
    "All services: 5 of 22 services could cost less: about $214 a month, $192 after discounts
    Service | Saves a month | What | Risk | Effort | Owner
    prod.us-east-1/web/orders-api | $108 | 1 vCPU, 2 GB → 0.25 vCPU, 0.5 GB | high | new revision | orders
    prod.eu-west-1/web/checkout | $54.06 | 1 vCPU, 2 GB → 0.5 vCPU, 1 GB | low | new revision | checkout
    prod.us-east-1/web/catalog-api | $23.76 | 0.5 vCPU, 1 GB → 0.25 vCPU, 0.5 GB | low | new revision | catalog
    prod.us-east-1/web/reports | $18.02 | Idle: CPU peak 0.4 % | check its use | scale to 0 | reports
    prod.eu-west-1/web/search | $9.73 | 2 vCPU, 8 GB → 2 vCPU, 7 GB | medium | new revision | search
    Source: AWS Compute Optimizer, refreshed daily. One row a service: savings of one service are never added up.
    10 services have no advice: /ecs cost with their name says why.
    staging (444455556666): not opted in to Compute Optimizer. An administrator opts in: aws compute-optimizer update-enrollment-status --status Active
    [orders-api] [checkout] [catalog-api] [reports] [Only Rightsizing] [Only Idle] [Show Chart]"
  `)
})

test('one service', async () => {
  expect(await world.type('cost prod.us-east-1/web/orders-api')).toMatchInlineSnapshot(`
    "orders-api is too large: 0.25 vCPU, 0.5 GB saves about $108 of about $144 a month
    prod 1111-2222-3333 · us-east-1 · web
    • Cost $144 a month for 4 Fargate, 1 vCPU, 2 GB each; vCPU and memory at list price
    • Finding too large: more CPU than it uses, more memory than it uses; orders-api:7, which runs
    • Peaks CPU 12 %, memory 20 % in 14 days; performance risk now very low
    • Recommended 1 vCPU, 2 GB → 0.25 vCPU, 0.5 GB a task
    • Containers app 512 → 128 CPU, 1,024 → 256 MiB; envoy 512 → 128 CPU, 1,024 → 256 MiB
    • Then CPU peak 48 % to 58 %, memory peak 80 % to 96 %; risk high
    • Saving $108 a month (75 %) before discounts, $97.31 after discounts; estimated from Cost Explorer
    • Spot about $49.13 a month: 2 Fargate, 2 Fargate Spot. AWS may take a Spot task with 2 minutes’ notice
    • Graviton about $28.82 a month, if every image has an arm64 variant (not checked)
    • Best together the recommended size, Spot and Graviton: about $19.01 a month, saves $125. Not the sum of the parts
    • Owner orders (by its tag)
    Compute Optimizer, made 2026-11-23.
    Estimates: 4 tasks all month, list prices of 2026-09-11, Spot of 2026-09-28; without discounts.
    Applying a size needs a new revision: register and deploy it.
    [Compare] [Move to Spot] [Status]"
  `)
  expect(await world.type('cost prod.us-east-1/web/reports')).toMatchInlineSnapshot(`
    "reports looks idle: scaling to 0 saves about $18.02 of about $18.02 a month
    prod 1111-2222-3333 · us-east-1 · web
    • Cost $18.02 a month for 1 Fargate, 0.5 vCPU, 1 GB each; vCPU and memory at list price
    • Idle CPU 0.4 %, memory 0.6 % in 14 days. Compute Optimizer does not see requests or queues: check its use
    • Saving $18.02 a month (100 %) before discounts, $16.22 after discounts
    • Finding too large: more CPU than it uses, more memory than it uses; reports:1, which runs
    • Peaks CPU 0.4 %, memory 0.6 % in 14 days; performance risk now very low
    • Recommended 0.5 vCPU, 1 GB → 0.25 vCPU, 0.5 GB a task
    • Containers app 512 → 256 CPU, 1,024 → 512 MiB
    • Then CPU peak 0.8 % to 1 %, memory peak 1.2 % to 1.4 %; risk low
    • Saving $9.01 a month (50 %) before discounts, $8.11 after discounts; estimated from Cost Explorer
    • Graviton about $3.60 a month, if every image has an arm64 variant (not checked)
    • Best together the recommended size and Graviton: about $7.21 a month, saves $10.81. Not the sum of the parts
    • Owner reports (by its tag)
    Compute Optimizer, made 2026-11-23.
    Estimates: 1 tasks all month, list prices of 2026-09-11, Spot of 2026-09-28; without discounts.
    Applying a size needs a new revision: register and deploy it.
    [Scale to 0] [Compare] [Status]"
  `)
  expect(await world.type('cost prod.us-east-1/web/checkout')).toMatchInlineSnapshot(`
    "checkout: Spot and Graviton could save about $122 a month of about $216 a month
    prod 1111-2222-3333 · us-east-1 · web
    • Cost $216 a month for 6 Fargate, 1 vCPU, 2 GB each; vCPU and memory at list price
    • Finding its size fits; checkout:4, which runs
    • Peaks CPU 66 %, memory 52 % in 14 days; performance risk now very low
    • Spot about $98.26 a month: 4 Fargate Spot, 2 Fargate. AWS may take a Spot task with 2 minutes’ notice
    • Graviton about $43.23 a month, if every image has an arm64 variant (not checked)
    • Best together Spot and Graviton: about $94.39 a month, saves $122. Not the sum of the parts
    • Owner checkout (by its tag)
    No advice on CPU: target tracking keeps CPU at a level, so only the other dimension is analysed.
    Compute Optimizer, made 2026-11-23.
    Estimates: 6 tasks all month, list prices of 2026-09-11, Spot of 2026-09-28; without discounts.
    [Compare] [Move to Spot] [Status]"
  `)
  expect(await world.type('cost prod.us-east-1/web/search')).toMatchInlineSnapshot(`
    "search: Spot and Graviton could save about $224 a month of about $425 a month
    prod 1111-2222-3333 · us-east-1 · web
    • Cost $425 a month for 5 Fargate, 2 vCPU, 8 GB each; vCPU and memory at list price
    • Spot about $174 a month: 3 Fargate Spot, 2 Fargate. AWS may take a Spot task with 2 minutes’ notice
    • Graviton about $84.97 a month, if every image has an arm64 variant (not checked)
    • Best together Spot and Graviton: about $201 a month, saves $224. Not the sum of the parts
    • Owner search (by its tag)
    No advice from Compute Optimizer: it has a step scaling policy.
    Estimates: 5 tasks all month, list prices of 2026-09-11, Spot of 2026-09-28; without discounts.
    [Compare] [Move to Spot] [Status]"
  `)
  expect(await world.type('cost catalog-api')).toMatchInlineSnapshot(`
    "2 services are named catalog-api.

    Which one?
    [prod.us-east-1/web/catalog-api] [staging.us-east-1/web/catalog-api]"
  `)
})

test('where it could run', async () => {
  expect(await world.type('cost compare prod.us-east-1/web/orders-api')).toMatchInlineSnapshot(`
    "orders-api: switch to Fargate Spot, 2 of 4 tasks
    prod 1111-2222-3333 · us-east-1 · web
    • saves about $49.13 of $144 a month
    • 2 of 4 tasks stay on demand
    • stopTimeout is not set: tasks have 30 s to stop
    • in production, first check that it survives the loss of tasks
    • with arm64 images, Graviton and Spot would cost about $76.03 a month
    Where | $ a month | Can run | Why not, or what changes
    Fargate | 144 | now | AWS patches the host; each task alone on its kernel
    Fargate Spot, 2 of 4 tasks | 95.03 | yes | AWS may take a task with 2 minutes’ notice; none may start in a Spot drought
    Fargate on Graviton | 115 | with arm64 images | Needs images for arm64 and a new revision
    Graviton and Spot | 76.03 | with arm64 images | Both of these
    Managed Instances | – | no | the task definition is not for Managed Instances
    EC2 instances | – | no | the cluster has no such capacity provider
    A month of 4 tasks, as many as run now (4 Fargate), 1 vCPU, 2 GB each. List prices of 2026-09-11, Spot of 2026-09-28; without discounts.
    Instances are cheaper only if those that hold 4 vCPU and 8 GB cost less than $0.20 an hour together, spare room included.
    [Switch] [Capacity] [Cost]"
  `)
})
