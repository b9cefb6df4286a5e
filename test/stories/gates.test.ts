// Gates: a deployment that stops at a PAUSE hook asks for approval, and is answered by people, by others, or by nobody.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deployByPipeline, gateFor, type PipelineRun } from '../../sandbox/control/pipeline.ts'
import { seedRelease } from '../../sandbox/world/seed-release.ts'
import { pass } from '../world/driving.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld

beforeEach(async () => {
  world = await aStory({ hasEvents: true })
  seedRelease(world.fleet)
  await world.recur('index')
})
afterEach(() => world.stop())

const card = (): string => world.card('C0APPROVALS')

const MINUTE = 60_000

const run = (name: string, more: PipelineRun = {}) => {
  const service = world.service(name)
  const { fleet, aws } = world
  return deployByPipeline({ fleet, callLog: aws.callLog }, service, { gate: gateFor(service), ...more })
}

/** A pipeline deploys with a gate; the gate asks. */
const gated = async (name = 'web/orders-api', more: PipelineRun = {}) => {
  const record = run(name, more)
  await world.until(() => card().includes('Gate:'))
  return record
}

describe('a gate', () => {
  test('asks in the approval channel; two continue it, and ECS hears from the one who settled it', async () => {
    const record = await gated()
    expect(card()).toMatchInlineSnapshot(`
      "⏸ Medium risk · prod · Gate: replace orders-api v7 by v8?
      web · us-east-1 · unknown deployer (registered by deploy)
      • Continue: old tasks stop, v8 stays
      • v8: 4/4 running, health not reported
      • app b344…9d → aa44…85
      Now: healthy, 4 tasks, deploying orders-api:8, 1,444 req/min, 0 alarms
      No answer by 2026-11-22 04:00 UTC: ECS rolls back
      Continue needs 2: any operator, not who deployed. Roll Back: any 1 operator
      [Continue] [Roll Back] [⋯ Details]"
    `)
    expect(await world.details('U0APPROVE', 'C0APPROVALS')).toMatchInlineSnapshot(`
      "⏸ Medium risk · prod · Gate: replace orders-api v7 by v8?
      prod.us-east-1/web/orders-api
      prod 1111-2222-3333 · us-east-1
      Started by unknown deployer (registered by deploy)
      Changes
      • Gate: waits at post scale up → continues
      • Task definition: orders-api:7 → orders-api:8
      • Image of app: orders-api:v7 sha256:b3447fd4a50d → orders-api:v8 sha256:aa4471a963c0
      Risk: medium
      • Continue: old tasks stop, v8 stays
      • v8: 4/4 running, health not reported
      • app b344…9d → aa44…85
      • All 4 tasks are replaced
      • New code gets to run
      Effects
      • The deployment waits at the stage post scale up, by the strategy rolling.
      • Started by unknown deployer (registered by deploy).
      Images and settings in full
      • Image of app: 111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-api:v7 sha256:b3447fd4a50dc70467956971b029b00db01d6178b7bd4f4cbef39a254721db9d → 111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-api:v8 sha256:aa4471a963c0b9f6d3ce7faaca14c905475b558d3fbc855638836d2e4f134d85
      Now: healthy, 4 tasks, deploying orders-api:8, 1,444 req/min, 0 alarms
      No answer by 2026-11-22 04:00 UTC: ECS rolls back
      0 of 2 approvals given. From any operator, not who deployed
      [Continue] [Roll Back]
      approval rule 4 · as quarterdeck · configuration 13098addb04a · operation dde0b7f6fd21"
    `)
    await world.click('approve', 'U0APPROVE')
    expect(card()).toContain('1 of 2 given')
    await world.click('approve', 'U0SECOND')
    await world.until(() => card().startsWith('✅'))
    expect(card()).toMatchInlineSnapshot(`
      "✅ Done · prod · Replaced orders-api v7 by v8 in 0 s
      web · us-east-1 · started by unknown deployer (registered by deploy), approved by approver and second-approver
      The deployment continues. 2026-11-22 03:00 UTC
      [Audit] [Details]"
    `)
    const [call, ...others] = world.calls('ContinueServiceDeployment')
    expect(others).toEqual([])
    expect(call).toMatchObject({
      input: { serviceDeploymentArn: record.arn, action: 'CONTINUE' },
      sourceIdentity: 'second.approver@example.com',
    })
    expect(call?.arn).toContain(':assumed-role/quarterdeck-gate/U0SECOND-')
    await world.until(() => record.status === 'SUCCESSFUL')
    const records = await world.audit('111122223333')
    expect(records.map(({ kind, actor, outcome }) => [kind, actor.user, outcome])).toEqual([
      ['intent', 'U0SECOND', undefined],
      ['outcome', 'U0SECOND', 'done'],
    ])
    void pass
    void MINUTE
  })
})
