// What the sources of /ecs why tell, as changes with who made them, grouped by cause.
import { expect, test } from 'vitest'
import type { AuditRecord } from '../../../src/engine/audit/audit.ts'
import { actionsIn } from '../../../src/features/incidents/action-log.ts'
import { groupChanges } from '../../../src/features/incidents/causes.ts'
import type { Change, Who } from '../../../src/features/incidents/change.ts'
import { collectChanges, type Sources } from '../../../src/features/incidents/changes.ts'
import type { CallAtAws } from '../../../src/features/incidents/reads.ts'
import type { StoppedTask } from '../../../src/model/ecs.ts'
import type { DeploymentRecord, ServiceRevision } from '../../../src/model/service-detail.ts'
import { aRef } from '../../builders.ts'

const ref = aRef()
const period = { from: '2026-11-22T09:00:00.000Z', until: '2026-11-22T12:00:00.000Z' }
const at = (clock: string): string => `2026-11-22T${clock.length === 5 ? `${clock}:00` : clock}.000Z`

const nothing: Sources = {
  ref,
  period,
  events: [],
  deployments: [],
  revisions: [],
  activities: [],
  stopped: [],
  records: [],
  calls: [],
  actions: [],
  alarmNames: [],
  alarms: [],
  signals: [],
}

const revision = (number: number): ServiceRevision => ({
  arn: `revision/${number}`,
  createdAt: at('09:00'),
  taskDefinition: `orders-api:${number}`,
  capacity: 'FARGATE',
  images: [{ container: 'app', image: `r/app:v${number}`, digest: `sha256:${number}` }],
  settings: [],
})
const revisions = [revision(7), revision(8)]

const deployed = (more: Partial<DeploymentRecord> = {}): DeploymentRecord => ({
  id: 'd8',
  arn: 'arn:aws:ecs:us-east-1:111122223333:service-deployment/web/orders-api/d8',
  status: 'SUCCESSFUL',
  createdAt: at('10:02:05'),
  finishedAt: at('10:05'),
  strategy: 'ROLLING',
  from: ['revision/7'],
  to: 'revision/8',
  ...more,
})

const call = (more: Partial<CallAtAws> = {}): CallAtAws => ({
  id: 'e1',
  at: at('10:02:04'),
  action: 'UpdateService',
  by: 'ada',
  isOwn: false,
  request: { cluster: 'web', service: 'orders-api', taskDefinition: 'orders-api:8' },
  also: [],
  ...more,
})

const stop = (nth: number, clock: string, more: Partial<StoppedTask> = {}): StoppedTask => ({
  id: `${nth}`.padStart(32, '0'),
  createdAt: at('10:03'),
  stoppedAt: at(clock),
  stopCode: 'EssentialContainerExited',
  reason: 'Essential container in task exited',
  containers: [{ name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
  taskDefinition: 'orders-api:8',
  ...more,
})

const record = (more: Partial<AuditRecord> = {}): AuditRecord => ({
  id: 'op-intent',
  kind: 'intent',
  at: at('10:02:03'),
  actor: { team: 'T', user: 'U1', name: 'bea' },
  corporateId: 'bea@example.com',
  invocation: 'rollback prod.us-east-1/web/orders-api --to 8',
  target: ref.arn,
  operation: 'op1',
  configVersion: 'c',
  voters: ['U2'],
  sequence: 1,
  previous: '',
  hash: '',
  ...more,
})
const outcome = (clock: string, more: Partial<AuditRecord> = {}) =>
  record({ id: 'op-outcome', kind: 'outcome', at: at(clock), outcome: 'done', text: 'Done.', ...more })

const whoText = (who: Who): string =>
  who.kind === 'unknown' ? '?' : who.kind === 'person' ? [who.name, ...who.approvers].join(' + ') : who.name
const told = (changes: readonly Change[]) =>
  changes.map(change => `${change.at.slice(11, 16)} ${change.what} · ${whoText(change.who)}`)
const collected = (sources: Partial<Sources>) => collectChanges({ ...nothing, ...sources })
const briefs = (sources: Partial<Sources>) =>
  groupChanges(collected(sources)).map(({ changes, times }) =>
    [...changes.map(({ brief }) => brief), ...(times > 1 ? [`× ${times}`] : [])].join(' → '),
  )

test('a deployment, the tasks that failed in it, and its rollback are one cause', () => {
  const deployment = deployed({
    status: 'ROLLBACK_SUCCESSFUL',
    finishedAt: at('10:09'),
    rollback: { reason: 'The circuit breaker threshold was exceeded.', at: at('10:08'), to: 'revision/7' },
  })
  const stopped = Array.from({ length: 9 }, (_, nth) => stop(nth, `10:0${Math.min(8, 3 + nth)}`))
  expect(briefs({ deployments: [deployment], revisions, stopped })).toEqual([
    'deployed :8 → 9 tasks out of memory → rolled back to :7',
  ])
  expect(told(collected({ deployments: [deployment], revisions, stopped, calls: [call()] }))).toEqual([
    '10:09 rolled back to orders-api:7: The circuit breaker threshold was exceeded. · ECS',
    expect.stringMatching(/^10:03 9 tasks: .*memory.* · ECS$/),
    '10:02 deployed orders-api:7 → orders-api:8, app app:v7 → app:v8 · ada',
  ])
})

test('tasks of another task definition, or older than the deployment, are not its cause', () => {
  const others = [stop(1, '10:04', { taskDefinition: 'orders-api:7' }), stop(2, '10:05', { createdAt: at('09:30') })]
  expect(briefs({ deployments: [deployed()], revisions, stopped: others })).toEqual([
    '2 tasks out of memory',
    'deployed :8',
  ])
})

test('who deployed is not guessed: two calls, another task definition, a call of a minute before, none', () => {
  const who = (calls: readonly CallAtAws[]) =>
    collected({ deployments: [deployed()], revisions, calls })
      .filter(({ cause }) => cause === 'd8')
      .map(change => whoText(change.who))
  expect(who([call()])).toEqual(['ada'])
  expect(who([call(), call({ id: 'e2', by: 'eve' })])).toEqual(['?'])
  expect(who([call({ request: { taskDefinition: 'orders-api:9' } })])).toEqual(['?'])
  expect(who([call({ at: at('10:01:04') })])).toEqual(['?'])
  expect(who([call({ request: { desiredCount: 6 } })])).toEqual(['?'])
  expect(who([])).toEqual(['?'])
})

test('an operation has its requester and approvers, and is the cause of its deployment', () => {
  const records = [record(), outcome('10:06')]
  const own = call({ isOwn: true, by: 'bea@example.com' })
  expect(briefs({ deployments: [deployed()], revisions, records, calls: [own] })).toEqual([
    'rollback orders-api --to 8 → deployed :8',
  ])
  expect(told(collected({ deployments: [deployed()], revisions, records, calls: [own] }))).toEqual([
    '10:02 deployed orders-api:7 → orders-api:8, app app:v7 → app:v8, done in 3 min · bea + U2',
    '10:02 /ecs rollback orders-api --to 8 · done · bea + U2',
  ])
})

test('a deployment of somebody else during an operation is nobody’s', () => {
  const changes = collected({
    deployments: [deployed()],
    revisions,
    records: [record(), outcome('10:06')],
    calls: [call()],
  })
  expect(changes.filter(({ cause }) => cause === 'd8').map(({ who }) => whoText(who))).toEqual(['?'])
})

test('a rejected request changed nothing; a failed one says why; a revert is a second execution', () => {
  expect(told(collected({ records: [outcome('10:06', { kind: 'ended', outcome: 'rejected' })] }))).toEqual([])
  const scale = { invocation: 'scale prod.us-east-1/web/orders-api 6', amounts: { tasks: 4 } }
  const failed = [record(scale), outcome('10:06', { outcome: 'failed', text: 'AWS *refused* it' })]
  expect(told(collected({ records: failed }))).toEqual([
    '10:02 /ecs scale orders-api 6 (tasks was 4) · failed: AWS refused it · bea + U2',
  ])
  const lease = [
    record(scale),
    outcome('10:06'),
    record({ ...scale, at: at('11:00') }),
    outcome('11:01', { outcome: 'reverted' }),
  ]
  expect(told(collected({ records: lease }))).toEqual([
    '11:00 /ecs scale orders-api 6 (tasks was 4) · reverted · bea + U2',
    '10:02 /ecs scale orders-api 6 (tasks was 4) · done · bea + U2',
  ])
})

test('calls that no deployment tells are changes; Quarterdeck’s own are its operations', () => {
  const count = call({ request: { service: 'orders-api', desiredCount: 6 }, via: 'cloudformation' })
  expect(told(collected({ calls: [count] }))).toEqual(['10:02 UpdateService: desired count 6 · ada via cloudformation'])
  expect(told(collected({ calls: [call({ isOwn: true })] }))).toEqual([])
  const { records: _, activities: __, ...unread } = nothing
  expect(told(collectChanges({ ...unread, calls: [call({ isOwn: true })] }))).toHaveLength(1)
  const scaled = call({ via: 'ecs.application-autoscaling' })
  expect(told(collected({ calls: [scaled] }))).toEqual([])
  expect(told(collectChanges({ ...unread, calls: [scaled] }))).toHaveLength(1)
})

test('autoscaling that failed is a failure, and a run of steps is one line', () => {
  const step = (clock: string, count: number) => ({
    at: at(clock),
    description: `Setting desired count to ${count}.`,
    cause: 'monitor alarm x in state ALARM triggered policy cpu60',
    status: 'Successful',
    notScaled: [],
  })
  const failed = { ...step('10:30', 9), status: 'Failed', message: 'Failed to set desired count to 9.' }
  const activities = [step('10:50', 8), step('10:40', 7), failed, step('10:20', 6)]
  expect(briefs({ activities })).toEqual([
    'setting desired count to 8 → × 2',
    'autoscaling failed',
    'setting desired count to 6',
  ])
  expect(told(collected({ activities }))[2]).toBe(
    '10:30 failed: setting desired count to 9 (Failed to set desired count to 9.) · autoscaling, policy cpu60',
  )
})

test('Spot, a person and a scale-in', () => {
  const spot = { stopCode: 'SpotInterruption', containers: [], reason: 'Your Spot Task was interrupted.' }
  const person = { stopCode: 'UserInitiated', containers: [], reason: 'a drill' }
  const scaledIn = {
    stopCode: 'ServiceSchedulerInitiated',
    containers: [],
    reason: 'Scaling activity initiated by deployment ecs-svc/1',
  }
  const stopped = [stop(1, '10:10', spot), stop(2, '10:11', spot), stop(3, '10:12', person), stop(4, '10:13', scaledIn)]
  expect(told(collected({ stopped }))).toEqual([
    '10:12 1 task: Stopped by someone: a drill · ?',
    '10:10 2 tasks: Spot interruption: AWS reclaimed its capacity · Fargate Spot',
  ])
  const by = call({ action: 'StopTask', request: { task: stop(3, '10:12').id } })
  expect(told(collected({ stopped, calls: [by] }))[0]).toContain('· ada')
})

test('events are told unless another change tells the same', () => {
  const events = [
    '(service orders-api) has reached a steady state.',
    '(service orders-api) (deployment ecs-svc/1) deployment failed: tasks failed to start.',
    '(service orders-api) was unable to place a task because no container instance met all of its requirements.',
    '(service orders-api) has started 3 tasks: (task 1) (task 2) (task 3).',
  ].map(message => ({ at: at('10:15'), message }))
  expect(told(collected({ events }))).toEqual([
    '10:15 orders-api was unable to place a task because no container instance met all of its requirements. · ECS',
  ])
  const { deployments: _, ...unread } = nothing
  expect(collectChanges({ ...unread, events })).toHaveLength(2)
})

test('action logs: both shapes, late and out of order, and only of this service', () => {
  const entry = { actionSourceId: 'service/web/orders-api', logLevel: 'ERROR', eventTimestamp: at('10:20') }
  const lines = [
    JSON.stringify({
      ...entry,
      detail: { eventName: 'SERVICE_DEPLOYMENT_ROLLBACK_FAILED', statusReason: 'no room', deploymentArn: 'a/d8' },
    }),
    JSON.stringify({ actionSourceId: ref.arn, timestamp: at('10:10'), eventName: 'HOOK_FAILED' }),
    JSON.stringify({ ...entry, actionSourceId: 'service/web/orders-api-2', detail: { eventName: 'HOOK_FAILED' } }),
    JSON.stringify({ ...entry, eventTimestamp: at('08:59'), detail: { eventName: 'HOOK_FAILED' } }),
    ...['', '{', '[]', 'null', JSON.stringify({ ...entry, eventTimestamp: 'never', detail: { eventName: 'X' } })],
  ]
  const actions = actionsIn(lines, ref, period)
  expect(actions.map(({ name }) => name)).toEqual(['HOOK_FAILED', 'SERVICE_DEPLOYMENT_ROLLBACK_FAILED'])
  expect(briefs({ actions, deployments: [deployed()], revisions })).toEqual([
    'deployed :8 → deployment rollback failed: no room',
    'hook failed',
  ])
})

test('hostile names stay plain text and short', () => {
  const bad = '*<!channel> `x` <2026-11-22T10:00Z> \n <https://evil.example|click>'.repeat(20)
  const changes = collected({
    calls: [call({ by: bad, request: { desiredCount: bad, [bad]: bad } })],
    alarms: [{ name: bad, state: 'ALARM', since: at('10:00') }],
    activities: [{ at: at('10:01'), description: bad, cause: bad, status: bad, notScaled: [] }],
    stopped: [stop(1, '10:10', { stopCode: bad, reason: bad, containers: [{ name: bad, reason: bad }] })],
    records: [record({ invocation: bad, actor: { team: 'T', user: 'U', name: bad } })],
    events: [{ at: at('10:15'), message: `unable ${bad}` }],
  })
  expect(changes).toHaveLength(6)
  for (const { what, brief } of changes) {
    expect(what).not.toMatch(/[*`\n]|<20/)
    expect(what.length).toBeLessThan(500)
    expect(brief.length).toBeLessThan(300)
  }
})

test('only changes within the period', () => {
  const calls = [call({ at: at('08:59') }), call({ at: at('12:01') })]
  expect(collected({ calls })).toEqual([])
})
