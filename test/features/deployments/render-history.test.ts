// The buttons of /ecs deployments: one of Stop and Roll Back, and what it does.
import { expect, test } from 'vitest'
import { renderHistory } from '../../../src/features/deployments/render-history.ts'
import type { DeploymentRecord } from '../../../src/model/service-detail.ts'
import { aRef } from '../../builders.ts'

const AT = '2026-11-22T03:00:00.000Z'
const shown = (more: Partial<DeploymentRecord>): string => {
  const record: DeploymentRecord = {
    ...{ id: 'd', arn: 'd', status: 'IN_PROGRESS', createdAt: AT, strategy: 'ROLLING', from: ['q'], to: 'r' },
    ...more,
  }
  const before: DeploymentRecord = {
    ...record,
    ...{ id: 'c', status: 'SUCCESSFUL', finishedAt: AT, to: 'q', from: [] },
  }
  const revisions = ['q', 'r'].map((arn, at) => ({
    ...{ arn, createdAt: AT, taskDefinition: `orders-api:${at + 6}`, capacity: 'FARGATE', images: [], settings: [] },
  }))
  const { blocks } = renderHistory({ ref: aRef(), deployments: [record, before], revisions, now: AT })
  return JSON.stringify(blocks)
}

test.each<[Partial<DeploymentRecord>, string, string]>([
  [{}, 'Stop', 'Stop rolls back: it replaces the new tasks.'],
  [{ strategy: 'CANARY', stage: 'BAKE_TIME' }, 'Stop', 'Stop moves traffic back at once.'],
  [{ status: 'SUCCESSFUL', finishedAt: AT }, 'Roll Back', 'Roll Back is a new deployment.'],
  [
    { status: 'SUCCESSFUL', finishedAt: AT, strategy: 'BLUE_GREEN' },
    'Roll Back',
    'Roll Back is a new deployment, through all stages.',
  ],
])('%o', (record, label, note) => {
  const text = shown(record)
  expect(text).toContain(`"text":"${label}"`)
  expect(text).toContain(note)
  expect(text).toContain('"value":"rollback prod.us-east-1/web/orders-api"')
})

test('none while ECS rolls back', () => {
  expect(shown({ status: 'ROLLBACK_IN_PROGRESS' })).not.toContain('"value":"rollback')
})

test('the stage, traffic and bake of the one in progress', () => {
  const bake = { strategy: 'BLUE_GREEN', stage: 'BAKE_TIME', bakeMinutes: 5, updatedAt: AT, traffic: 100 }
  expect(shown(bake)).toContain('bake, ~5 min left')
})
