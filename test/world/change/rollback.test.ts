// /ecs rollback against the sandbox, through the built handlers: what is stopped or deployed, as whom, and how it ends.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Service, Spec } from '../../../sandbox/world/state.ts'
import { ENDED } from '../ends.ts'
import { aWorld, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())

const specOf = (service: Service): Spec => {
  const spec = service.deployments[0]?.revision.spec
  if (spec === undefined) throw new Error(`${service.name} has no deployment`)
  return spec
}
const runs = (service: Service) => specOf(service).taskDefinition.revision
const isDone = (service: Service) =>
  service.deployments.length === 1 && service.deployments[0]?.rolloutState === 'COMPLETED'

/** Begins to deploy that revision of the service's family. */
const deploy = (service: Service, revision: number) => {
  const found = world.fleet.site(service.cluster).taskDefinitions.get(service.name)?.[revision - 1]
  if (found === undefined) throw new Error(`no revision ${revision}`)
  world.fleet.deploy(service, { ...specOf(service), taskDefinition: found })
}
const deployed = async (service: Service, revision: number) => {
  deploy(service, revision)
  await world.until(() => isDone(service))
}
const over = () => world.until(() => ENDED.test(world.card()))

describe('after a deployment that was successful', () => {
  test('the task definition before it is deployed, and the card says from what to what', async () => {
    const service = world.service('web/search')
    await deployed(service, 1)
    await world.type('rollback prod.us-east-1/web/search --reason "slow since then"')
    expect(world.card()).toMatchInlineSnapshot(`
      "🟠 Medium risk · prod · Roll search back, search:1 → earlier search:2
      web · us-east-1 · @requester “slow since then”
      • app 521a…f5 → 511a…a5
      • Older code must read newer data; it ran until 2026-11-22 03:00 UTC
      • Replaces all 5 tasks, new ones first
      Now: healthy, 5 tasks, 2,500 req/min, 0 alarms
      Undo: deploy search:1 again
      Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
      [Approve] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
    `)
    await world.click('approve')
    await world.until(() => isDone(service))
    await over()
    expect(runs(service)).toBe(2)
    expect(world.card()).toMatch(/✅ Done .*5\/5 new tasks running/s)
  })

  test('in a session that can deploy that one task definition, and hand on its roles alone', async () => {
    const [update] = world.calls('UpdateService').slice(-1)
    expect(update?.arn).toContain('assumed-role/quarterdeck-deployer/U0REQUEST-')
    const assumed = world.calls('AssumeRole').map(({ input }) => input as { RoleArn: string; Policy?: string })
    const { Policy = '{}' } = assumed.findLast(({ RoleArn }) => RoleArn.endsWith('deployer')) ?? {}
    expect(JSON.parse(Policy)).toMatchObject({
      Statement: [
        {
          Action: 'ecs:UpdateService',
          Condition: { ArnEquals: { 'ecs:task-definition': expect.stringMatching(/task-definition\/search:2$/) } },
        },
        {
          Action: 'iam:PassRole',
          Resource: ['arn:aws:iam::111122223333:role/search-task', 'arn:aws:iam::111122223333:role/ecs-execution'],
          Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        },
      ],
    })
  })

  test('a person may name an older one; what Terraform manages is said', async () => {
    const service = world.service('web/payments-api')
    const before = runs(service)
    for (const revision of [1, before]) await deployed(service, revision)
    await world.type('rollback payments-api --to 1')
    expect(world.card()).toContain('Roll payments-api back, payments-api:3 → payments-api:1')
    const dialog = await world.details()
    expect(dialog).toContain('Last successful deployment on')
    expect(dialog).toContain('task_definition of aws_ecs_service')
    await world.click('approve')
    await world.until(() => isDone(service))
    await over()
    expect(runs(service)).toBe(1)
  })
})

describe('while a deployment is in progress', () => {
  const begin = async (service: Service, revision: number) => {
    deploy(service, revision)
    await world.until(() =>
      [...service.tasks].some(task => task.definition.revision === revision && task.lastStatus === 'RUNNING'),
    )
  }

  test('it is stopped, and what ran before runs again', async () => {
    const service = world.service()
    await begin(service, 1)
    // The new version does not stay up: the deployment goes on until somebody stops it.
    service.deploymentConfiguration = {
      ...service.deploymentConfiguration,
      deploymentCircuitBreaker: { enable: false, rollback: false },
    }
    world.fleet.knobs.failService(service.arn, 'exit1')
    await world.type('rollback prod.us-east-1/web/orders-api --break-glass --reason "it is on fire"')
    world.fleet.knobs.healService(service.arn)
    await world.until(() => ENDED.test(world.card('C0APPROVALS')))
    expect(await world.details('U0APPROVE', 'C0APPROVALS')).toContain('Task definition: orders-api:1 → orders-api:7')
    expect(world.card('C0APPROVALS')).toMatch(/✅ Done .*4\/4 tasks of orders-api:7 running/s)
    expect(runs(service)).toBe(7)
    const [stop] = world.calls('StopServiceDeployment')
    expect(stop?.input).toMatchObject({ stopType: 'ROLLBACK' })
    expect(stop?.arn).toContain('assumed-role/quarterdeck-deployer/')
  })

  test('that ends before consent is given, it is stale, and nothing is done', async () => {
    const service = world.service('jobs/orders-worker')
    const stops = world.calls('StopServiceDeployment').length
    await begin(service, 5)
    await world.type('rollback orders-worker')
    await world.until(() => isDone(service))
    await world.click('approve')
    await over()
    expect(world.card()).toContain('⚪ Out of date')
    expect(world.calls('StopServiceDeployment')).toHaveLength(stops)
    expect(runs(service)).toBe(5)
  })
})

test('a task definition that does not run any more is rolled back by ECS itself, and the card says so', async () => {
  const service = world.service('jobs/orders-worker')
  const before = runs(service)
  for (const revision of [2, before]) await deployed(service, revision)
  await world.type('rollback orders-worker --to 2')
  world.fleet.knobs.failService(service.arn, 'exit1')
  await world.click('approve')
  await world.until(() => service.deployments[0]?.isRollback === true)
  world.fleet.knobs.healService(service.arn)
  await over()
  expect(world.card()).toMatch(/❌ Failed .*ECS rolled it back/s)
  expect(world.card()).toContain('the circuit breaker threshold was exceeded')
  expect(runs(service)).toBe(before)
})

describe('a change that is under way', () => {
  test('gives way to a rollback, and both cards say so', async () => {
    const service = world.service('web/checkout')
    world.fleet.knobs.failService(service.arn, 'exit1')
    service.deploymentConfiguration = {
      ...service.deploymentConfiguration,
      deploymentCircuitBreaker: { enable: false, rollback: false },
    }
    await world.type('restart prod.us-east-1/web/checkout')
    await world.click('approve')
    await world.until(() => service.deployments.length === 2)
    const restart = () => textOf(world.cards().find(card => textOf(card).includes(' · Restart checkout')))
    await world.type('rollback prod.us-east-1/web/checkout')
    expect(world.card()).toContain('Stop the restart of checkout')
    expect(await world.details()).toContain('Restart of checkout:4: in progress → stopped')
    await world.click('approve')
    world.fleet.knobs.healService(service.arn)
    await world.until(() => world.card().includes('✅ Done') && restart().includes('⚪ Replaced'))
    expect(restart()).toMatch(/⚪ Replaced .*Replaced by a change of requester: Stop the restart of checkout/s)
    const replaced = 'This replaces “Restart checkout” of requester, which was running'
    expect(`${world.card()}\n${await world.details()}`).toContain(replaced)
    expect(world.calls('StopServiceDeployment').at(-1)?.status).toBe(200)
  })

  test('which has the lock back afterwards', async () => {
    await world.type('restart prod.us-east-1/web/checkout')
    await world.click('approve')
    await over()
    expect(world.card()).toContain('✅ Done')
  })
})

describe('a revision that never ran on the service is not reached by a rollback', () => {
  const register = (service: Service, image: string) =>
    world.fleet.registerTaskDefinition(
      service.cluster,
      {
        ...specOf(service).taskDefinition.input,
        taskRoleArn: 'arn:aws:iam::111122223333:role/administrator',
        containerDefinitions: specOf(service).taskDefinition.input.containerDefinitions?.map(one => ({
          ...one,
          image,
        })),
      },
      'somebody',
    )

  test('also when its number is lower than that of the running one', async () => {
    const service = world.service('web/search')
    const waiting = register(service, 'evil.example.com/search:v1')
    await deployed(service, register(service, 'public.ecr.aws/search:v9').revision)
    const updates = world.calls('UpdateService').length
    const cards = world.cards().length
    const answer = await world.type(`rollback prod.us-east-1/web/search --to search:${waiting.revision}`)
    expect(answer).toContain(`no successful deployment of search:${waiting.revision} to search`)
    expect(world.cards()).toHaveLength(cards)
    expect(world.calls('UpdateService')).toHaveLength(updates)
  })

  test('nor is one whose deployment failed', async () => {
    const service = world.service('web/search')
    const { revision } = register(service, 'public.ecr.aws/search:v10')
    const before = runs(service)
    world.fleet.knobs.failService(service.arn, 'exit1')
    deploy(service, revision)
    await world.until(() => service.deployments[0]?.isRollback === true)
    world.fleet.knobs.healService(service.arn)
    await world.until(() => isDone(service))
    expect(runs(service)).toBe(before)
    expect(await world.type(`rollback prod.us-east-1/web/search --to ${revision}`)).toMatch(
      new RegExp(`search:${revision} failed when it was deployed to search on .* UTC. ECS: .*circuit breaker`),
    )
  })
})

describe('what cannot be rolled back says why', () => {
  test.each([
    ['rollback prod.us-east-1/web/gone', 'No service is named gone'],
    ['rollback prod.us-east-1/web/catalog-api', 'catalog-api has nothing to roll back to'],
    [
      'rollback prod.us-east-1/web/catalog-api --to 9',
      'ECS’s history has no successful deployment of catalog-api:9 to catalog-api',
    ],
    ['rollback prod.us-east-1/web/catalog-api --to catalog-api:5', 'catalog-api already runs catalog-api:5.'],
    ['rollback prod.us-east-1/web/catalog-api --to yesterday', 'yesterday is not a revision'],
    ['rollback storefront', 'storefront is an Express service'],
  ])('%s', async (line, words) => {
    expect(await world.type(line)).toContain(words)
  })

  test.each([
    ['CODE_DEPLOY', 'CodeDeploy deploys it'],
    ['EXTERNAL', 'an external controller deploys it'],
  ] as const)('a service of the controller %s', async (controller, words) => {
    const service = world.service('web/reports')
    const before = service.deploymentController
    Object.assign(service, { deploymentController: controller })
    expect(await world.type('rollback prod.us-east-1/web/reports')).toContain(words)
    Object.assign(service, { deploymentController: before })
  })

  test('a task definition that was deregistered', async () => {
    const service = world.service('jobs/notifications')
    const before = runs(service)
    for (const revision of [1, before]) await deployed(service, revision)
    const [oldest] = world.fleet.site(service.cluster).taskDefinitions.get('notifications') ?? []
    Object.assign(oldest ?? {}, { status: 'INACTIVE' })
    expect(await world.type('rollback notifications --to 1')).toContain('notifications:1 was deregistered')
  })
})
