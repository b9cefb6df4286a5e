// /ecs deploy from the line to its outcome, in memory.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Service } from '../../sandbox/world/state.ts'
import { ENDED } from '../world/ends.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const REGISTRY = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
const push = (tag: string, minutesAgo = 12) =>
  world.aws.images.push(`${REGISTRY}/search:${tag}`, world.clock.now() - minutesAgo * 60_000)
const search = (): Service => world.service('web/search')
const runs = () => search().deployments[0]?.revision.spec.taskDefinition
const over = () => world.until(() => ENDED.test(world.card()))

test('a tag becomes a revision with its digest, which the service then runs', async () => {
  const before = runs()
  const digest = push('v9')
  await world.type('deploy prod.us-east-1/web/search v9 --reason "PAY-311 rounding"')
  expect(world.card()).toMatchInlineSnapshot(`
    "🟠 Medium risk · prod · Deploy search v2 → v9
    web · us-east-1 · @requester “PAY-311 rounding”
    • app 511a…a5 → d5a6…3d, 12 min old
    • Replaces all 5 tasks, new ones first, ~1 min
    Now: healthy, 5 tasks, 2,500 req/min, 0 alarms
    Undo: deploy search:2 again, ~1 min
    Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
    [Approve] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
  `)
  await world.click('approve')
  await over()
  expect(world.card()).toMatchInlineSnapshot(`
    "✅ Done · prod · Deploy search v2 → v9 in 40 s
    web · us-east-1 · requested by requester, approved by approver
    “PAY-311 rounding”
    5/5 new tasks running. 2026-11-22 03:00 UTC
    [Undo] [Audit] [Details]"
  `)
  const after = runs()
  expect(after?.revision).toBe((before?.revision ?? 0) + 1)
  const [container] = after?.input.containerDefinitions ?? []
  expect(container?.image).toBe(`${REGISTRY}/search:v9@${digest}`)
})
