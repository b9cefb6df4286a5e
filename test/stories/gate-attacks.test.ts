// Attempts to let one's own deployment through its gate: by others' pipelines, by tags, and by breaking glass.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deployByPipeline, gateFor, type PipelineRun } from '../../sandbox/control/pipeline.ts'
import type { DeploymentRecord } from '../../sandbox/world/state.ts'
import { pass } from '../world/driving.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory({ hasEvents: true })
  await world.recur('index')
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const MINUTE = 60_000
const REQUESTER = 'requester@example.com'
const SOMEBODY = 'arn:aws:sts::111122223333:assumed-role/console/approver@example.com'

const card = (): string => world.card('C0APPROVALS')
const needs = () => /Continue needs \d/.exec(card())?.[0]
const hooks = () => [...world.fleet.records.values()].at(-1)?.hooks ?? []

/** A pipeline deploys with a gate, and CloudTrail knows of it. */
const gated = async (more: PipelineRun = {}): Promise<DeploymentRecord> => {
  const service = world.service()
  const { fleet, aws } = world
  const hasGate = (service.deploymentConfiguration.lifecycleHooks ?? []).length > 0
  const gate = hasGate ? {} : { gate: gateFor(service) }
  const record = deployByPipeline({ fleet, callLog: aws.callLog }, service, { ...gate, session: REQUESTER, ...more })
  await world.until(() => card().startsWith('⏸'))
  await pass(10 * MINUTE, world)
  await world.recur('gates')
  return record
}

/** The revision that a deployment was to release is deployed again. */
const deployAgain = async ({ target }: DeploymentRecord, session: string): Promise<void> => {
  const service = world.service()
  world.aws.callLog.add({
    ...{ at: world.clock.now(), service: 'ecs', action: 'UpdateService', region: 'us-east-1' },
    ...{ account: '111122223333', status: 200, requestId: `again-${session}` },
    arn: `arn:aws:sts::111122223333:assumed-role/deploy/${session}`,
    input: { cluster: 'web', service: 'orders-api', taskDefinition: target.spec.taskDefinition.arn },
  })
  world.fleet.deploy(service, { ...target.spec })
  await world.until(() => card().startsWith('⏸'))
  await pass(10 * MINUTE, world)
  await world.recur('gates')
}

describe('a revision that nobody known registered', () => {
  test('makes the deployer unknown, so that its registrar cannot continue it alone', async () => {
    await gated({ registeredBy: SOMEBODY })
    expect(card()).toContain('deploy for requester@example.com, unknown registra…')
    expect(await world.details('U0APPROVE', 'C0APPROVALS')).toContain(
      'Started by deploy for requester@example.com, unknown registrar console',
    )
    expect(needs()).toBe('Continue needs 2')
    await world.click('approve', 'U0APPROVE')
    expect(card()).toContain('1 of 2 given')
    expect(world.calls('ContinueServiceDeployment')).toEqual([])
  })

  test('does so too where its first deployment failed', async () => {
    const record = await gated({ registeredBy: SOMEBODY })
    await world.press('Roll Back', 'U0SECOND')
    await world.until(() => record.status === 'ROLLBACK_SUCCESSFUL')
    await deployAgain(record, REQUESTER)
    expect(needs()).toBe('Continue needs 2')
  })

  test('does not once it ran here: then only who deploys it counts', async () => {
    const record = await gated({ registeredBy: SOMEBODY })
    await world.click('approve', 'U0APPROVE')
    await world.click('approve', 'U0SECOND')
    await world.until(() => record.status === 'SUCCESSFUL')
    await deployAgain(record, REQUESTER)
    expect(card()).toContain('· deploy for requester@example.com\n')
    expect(needs()).toBe('Continue needs 1')
  })
})

test('a revision that Quarterdeck registered has the person who requested it, by the call in CloudTrail', async () => {
  const service = world.service('web/search')
  service.deploymentConfiguration = { ...service.deploymentConfiguration, lifecycleHooks: [gateFor(service)] }
  world.aws.images.push('111122223333.dkr.ecr.us-east-1.amazonaws.com/search:v9', world.clock.now() - MINUTE)
  await world.type('deploy prod.us-east-1/web/search v9')
  await world.click('approve', 'U0APPROVE')
  await world.until(() => card().startsWith('⏸'))
  expect(needs()).toBe('Continue needs 2')
  await pass(10 * MINUTE, world)
  await world.recur('gates')
  expect(card()).toContain('· Quarterdeck for requester@example.com\n')
  expect(needs()).toBe('Continue needs 1')
})

test('a tag that names who registered a revision counts for its first deployment alone', async () => {
  await world.publish(EXAMPLE.replace('person: session', "person: 'tag:deployed-by'"))
  const record = await gated({ tags: { 'deployed-by': REQUESTER }, session: 'build-1' })
  expect(card()).toContain('deploy for requester@example.com')
  expect(needs()).toBe('Continue needs 1')
  await world.press('Roll Back', 'U0SECOND')
  await world.until(() => record.status === 'ROLLBACK_SUCCESSFUL')
  await deployAgain(record, 'build-2')
  expect(card()).toContain('deploy, person unknown')
  expect(needs()).toBe('Continue needs 2')
})

test('the gates of one’s deployments are no requests of one’s own', async () => {
  await world.publish(EXAMPLE.replace('waiting: 20', 'waiting: 1'))
  await gated()
  expect(card()).toContain('deploy for requester@example.com')
  expect(await world.type('scale orders-worker 6')).toBe('')
  expect(await world.type('scale orders-worker 7')).toContain('1 of your requests await approval, and 1 may.')
})

describe('breaking glass at a gate', () => {
  const breakGlass = (user: string) =>
    world.type(
      `gate continue prod.us-east-1/web/orders-api ${hooks()[0]?.id} --break-glass --reason "checkout is down"`,
      { user },
    )

  test('is refused while it is unknown who deployed', async () => {
    await gated({ session: 'build-1842' })
    expect(await breakGlass('U0REQUEST')).toContain('Nobody breaks glass here while it is unknown who deployed.')
    expect(world.calls('ContinueServiceDeployment')).toEqual([])
  })

  test('is refused to who deployed', async () => {
    await gated()
    expect(await breakGlass('U0REQUEST')).toContain('You deployed this, so someone else must continue it.')
    expect(world.calls('ContinueServiceDeployment')).toEqual([])
  })

  test('continues the deployment of another person', async () => {
    const record = await gated({ session: 'second.approver@example.com' })
    await breakGlass('U0REQUEST')
    await world.until(() => record.status === 'SUCCESSFUL')
    expect(world.calls('ContinueServiceDeployment')).toHaveLength(1)
  })
})
