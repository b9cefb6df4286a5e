// Why a task stopped: by its stop code and its containers first, and by the words of its reason last.
import { describe, expect, test } from 'vitest'
import { withoutNames } from '../../../src/features/status/stop-text.ts'
import { causeOf, whyStopped } from '../../../src/features/status/why-stopped.ts'
import type { StoppedContainer } from '../../../src/model/ecs.ts'
import { aStoppedTask } from '../../builders.ts'
import { REPORTS } from './stop-reasons.ts'

const DENIED = `CannotPullContainerError: pull image manifest has been retried 1 time(s): 403 Forbidden`
const app = (exitCode: number): StoppedContainer => ({ name: 'app', exitCode })
const envoy = (exitCode: number): StoppedContainer => ({ name: 'envoy', exitCode })
const agent: StoppedContainer = { name: 'aws-guardduty-agent-0a1b', reason: DENIED }

test('there are enough reports', () => expect(REPORTS.length).toBeGreaterThanOrEqual(60))

test.each(REPORTS.map(report => [report.task.reason.slice(0, 120), report] as const))('%s', (_, report) => {
  const { task, kind, says, next, container } = report
  const cause = causeOf(aStoppedTask({ containers: [], ...task }), 'web')
  expect({ kind: cause.kind, source: report.source }).toEqual({ kind, source: report.source })
  expect(cause.text).toContain(says)
  expect(cause.nextStep).toContain(next)
  if (container !== undefined) expect(cause.container).toBe(container)
  expect(cause.text.length).toBeLessThanOrEqual(400)
  expect(`${cause.text}${cause.nextStep}`).not.toMatch(/[{}]|undefined/)
  expect(cause.isFailure).toBe(
    !WORKED.includes(kind) && task.stopCode !== 'TerminationNotice' && !MAINTAINED.test(task.reason),
  )
})
const WORKED: readonly string[] = ['spot', 'scaled-in', 'deployed', 'stopped-by']
const MAINTAINED = /maintenance|draining/

describe('the structure decides before the words', () => {
  test('a scale-in of a task whose sidecar had failed to be pulled is a scale-in', () => {
    const task = aStoppedTask({
      stopCode: 'ServiceSchedulerInitiated',
      reason: 'Scaling activity initiated by (deployment ecs-svc/1)',
      containers: [agent, app(0)],
    })
    expect(causeOf(task)).toMatchObject({ kind: 'scaled-in', isFailure: false })
  })
  test.each<[string, readonly StoppedContainer[], string]>([
    ['the one that died by itself, not the one that was killed after it', [app(137), envoy(1)], 'envoy exited with 1'],
    ['not a sidecar that is not essential', [app(137), { ...envoy(1), essential: false }], 'app exited with 137'],
    ['only those that are essential', [app(0), { ...envoy(1), essential: false }], 'app exited with 0'],
    ['one that finished, not one that was told to stop', [app(143), envoy(0)], 'envoy exited with 0'],
    ['one with an error before one that finished', [app(0), { name: 'worker', exitCode: 42 }], 'worker exited with 42'],
    ['not the agent that AWS adds', [agent, app(137)], 'app exited with 137'],
  ])('of several containers: %s', (_, containers, words) => {
    expect(whyStopped(aStoppedTask({ containers }))).toContain(words)
  })
  test('a container that could not be pulled, beside one that ECS then killed', () => {
    const task = aStoppedTask({ containers: [app(137), { name: 'envoy', reason: DENIED }] })
    expect(causeOf(task)).toMatchObject({ kind: 'pull-rights', container: 'envoy' })
  })
  test('“Task failed to start” gives the reason of the container', () => {
    const task = aStoppedTask({
      stopCode: 'TaskFailedToStart',
      reason: 'Task failed to start',
      containers: [{ name: 'app' }, { name: 'init', exitCode: 3 }],
    })
    expect(causeOf(task)).toMatchObject({ kind: 'exit', container: 'init', exitCode: 3, isFailure: true })
  })
  test('a person’s words are not interpreted', () => {
    const task = aStoppedTask({ stopCode: 'UserInitiated', reason: 'CannotPullContainerError: not found' })
    expect(causeOf(task)).toMatchObject({ kind: 'stopped-by', isFailure: false })
  })
  test('a task without a stop code is read by the words with which ECS begins', () => {
    const reason = 'Scaling activity initiated by (deployment ecs-svc/1)'
    expect(causeOf(aStoppedTask({ stopCode: '', reason })).kind).toBe('scaled-in')
  })
})

describe('names are no words', () => {
  test.each([
    ['an account', 'failed to resolve ref 514019932201.dkr.ecr.us-east-1.amazonaws.com/api:1: not found', 'image'],
    ['an account by itself', 'registry 514019932201: not found', 'image'],
    ['a repository', 'manifest for platform-api:v1 not found', 'image'],
    ['a repository with the words of a rule', 'manifest for no-space-left/denied:403 not found', 'image'],
    ['a quoted name', "cannot read 'i/o timeout' of “x”: not found", 'image'],
  ])('%s', (_, reason, kind) => {
    const task = aStoppedTask({
      stopCode: 'TaskFailedToStart',
      reason: `CannotPullContainerError: ${reason}`,
      containers: [],
    })
    expect(causeOf(task).kind).toBe(kind)
  })
  test('are taken out, and the rest stays', () => {
    const reason = `pull of "a b" from 1.dkr.ecr.eu-west-1.amazonaws.com/x:v1: can't connect: i/o timeout (403), ecr:BatchGetImage of arn:aws:x:y, 'docker login'`
    expect(withoutNames(reason)).toBe("pull of … from … can't connect: i/o timeout (403), ecr:BatchGetImage of … … ")
  })
  test('a long reason costs little', () => {
    const from = performance.now()
    for (const part of ['"', "'", 'a-', 'secret ', 'log group '])
      causeOf(aStoppedTask({ stopCode: 'TaskFailedToStart', reason: part.repeat(100_000), containers: [] }))
    expect(performance.now() - from).toBeLessThan(500)
  })
})

test.each([
  ['what nobody knows yet', { stopCode: 'X', reason: 'A new way to stop.', containers: [] }, 'A new way to stop.'],
  ['nothing at all', { stopCode: '', reason: '', containers: [] }, 'ECS gave no reason.'],
  ['markup', { stopCode: 'X', reason: '*all* `of` it', containers: [] }, 'all of it.'],
])('%s', (_, task, words) => {
  expect(whyStopped(aStoppedTask(task))).toBe(words)
  expect(causeOf(aStoppedTask(task)).isFailure).toBe(false)
})
