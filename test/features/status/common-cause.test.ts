// The cause for which most tasks failed, as one sentence.
import { expect, test } from 'vitest'
import { commonCause } from '../../../src/features/status/common-cause.ts'
import { groupStops } from '../../../src/features/status/load-tasks.ts'
import type { StoppedTask } from '../../../src/model/ecs.ts'
import { aStoppedTask } from '../../builders.ts'

const stop = (time: string, exitCode: number, task: Partial<StoppedTask> = {}): StoppedTask =>
  aStoppedTask({ id: time, stoppedAt: `2026-11-22T${time}:00.000Z`, containers: [{ name: 'app', exitCode }], ...task })
const drained = (time: string): StoppedTask =>
  stop(time, 143, { stopCode: 'ServiceSchedulerInitiated', reason: 'Scaling activity initiated by (deployment a/1)' })
const ECS_KNOWS_NO_MORE = { containers: [{ name: 'app' }] }

test.each<[string, readonly StoppedTask[], string | undefined]>([
  ['nothing', [], undefined],
  ['only drained tasks', [drained('14:00')], undefined],
  ['one', [stop('14:02', 1)], 'app exited with 1: application error · 1 task at 14:02 UTC'],
  [
    'one cause',
    [stop('14:09', 1), stop('14:05', 1), stop('14:02', 1)],
    'app exited with 1: application error · 3 tasks since 14:02 UTC',
  ],
  [
    'the most frequent of several',
    [stop('14:09', 139), stop('14:05', 1), drained('14:04'), stop('14:02', 1)],
    'app exited with 1: application error · 2 of 3 tasks since 14:02 UTC',
  ],
  [
    'the newer of two that are as frequent',
    [stop('14:02', 1), stop('14:09', 42)],
    'app exited with 42 · 1 of 2 tasks at 14:09 UTC',
  ],
  [
    'a known cause before one that ECS does not know yet',
    [stop('14:09', 0, ECS_KNOWS_NO_MORE), stop('14:08', 0, ECS_KNOWS_NO_MORE), stop('14:02', 1)],
    'app exited with 1: application error · 1 task at 14:02 UTC, 2 more failed',
  ],
  [
    'what ECS does not know yet, if it is all there is',
    [stop('14:09', 0, ECS_KNOWS_NO_MORE), stop('14:08', 0, ECS_KNOWS_NO_MORE)],
    'Essential container in task exited · 2 tasks since 14:08 UTC',
  ],
  [
    'two days',
    [stop('00:01', 1), stop('00:00', 1, { stoppedAt: '2026-11-21T23:59:00.000Z' })],
    'app exited with 1: application error · 2 tasks since 2026-11-21 23:59 UTC',
  ],
  [
    'a task that is still stopping, by its start',
    [stop('14:02', 1, { stoppedAt: '', createdAt: '2026-11-22T14:01:00.000Z' })],
    'app exited with 1: application error · 1 task at 14:01 UTC',
  ],
])('%s', (_, tasks, text) => expect(commonCause(tasks)?.text).toBe(text))

test('earlier stops do not count', () => {
  const tasks = [stop('14:09', 1), stop('13:00', 139), stop('12:00', 139)]
  const common = commonCause(tasks, '2026-11-22T14:00:00.000Z', 'web')
  expect(common).toMatchObject({ count: 1, of: 1, first: '2026-11-22T14:09:00.000Z', last: '2026-11-22T14:09:00.000Z' })
  expect(common?.cause.nextStep).toBe('Read its last lines: `/ecs logs web --previous`.')
})

test('stopped tasks are listed with failures first, each the newest first', () => {
  const groups = groupStops([drained('14:10'), stop('14:09', 1), drained('14:08'), stop('14:02', 139)])
  expect(groups.map(({ cause: { kind, exitCode }, tasks }) => [kind, exitCode, tasks.length])).toEqual([
    ['exit', 1, 1],
    ['exit', 139, 1],
    ['scaled-in', undefined, 2],
  ])
})
