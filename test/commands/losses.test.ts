// What each plan says of its cost, its undo and what runs later: the lines that a card shows.

import { describe, expect, test } from 'vitest'
import { bounds } from '../../src/commands/autoscale/bounds.ts'
import { resumeScaling } from '../../src/commands/autoscale/resume.ts'
import { suspend } from '../../src/commands/autoscale/suspend.ts'
import type { AnyMutation } from '../../src/commands/command.ts'
import { deploy } from '../../src/commands/deploy/deploy.ts'
import { enableExec } from '../../src/commands/exec/enable.ts'
import { exec } from '../../src/commands/exec/run.ts'
import { terminateExec } from '../../src/commands/exec/terminate.ts'
import { extendLease } from '../../src/commands/lease/extend.ts'
import { keepLease } from '../../src/commands/lease/keep.ts'
import { restart } from '../../src/commands/restart.ts'
import { rollback } from '../../src/commands/rollback/rollback.ts'
import { scale } from '../../src/commands/scale/scale.ts'
import { lineText } from '../../src/engine/cards/card-line.ts'
import type { NewPlan } from '../../src/engine/change/plan.ts'
import type { LeaseBook } from '../../src/engine/leases/book.ts'
import { markLeft } from '../../src/engine/leases/compose.ts'
import type { Rollback } from '../../src/features/deployments/rollback-target.ts'
import type { ExecState } from '../../src/features/exec/load-exec.ts'
import type { Chosen } from '../../src/features/exec/pick-container.ts'
import type { Scaling } from '../../src/features/scaling/load-scaling.ts'
import { textWidth } from '../../src/kit/messages/phone.ts'
import type { Autoscaling, Service } from '../../src/model/ecs.ts'
import { isRefusal } from '../../src/model/errors.ts'
import {
  aBase,
  aBook,
  aDeployment,
  aLease,
  anAutoscaling,
  anImageDeploy,
  aRef,
  aRevisionDeploy,
  aScaling,
  aService,
  aTaskRole,
  SAME_IMAGES,
} from '../builders.ts'

type Said = Partial<Pick<NewPlan, 'losses' | 'undo' | 'included'>>

const planOf = (command: AnyMutation, values: object, state: object): NewPlan => {
  const plan = command.plan(values, state)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const said = ({ losses, undo, included = [] }: NewPlan): Said => ({
  losses: losses.map(lineText),
  undo,
  included: included.map(lineText),
})

const REVERTS = 'reverts by itself, or Revert Now'
const night = { name: 'night', expression: 'cron(0 22 * * ? *)', timezone: 'UTC', max: 6 }
const SUSPENDED = { in: true, out: true, scheduled: false }
const scaling = (desired: number, state: Partial<Scaling> = {}): Scaling =>
  aScaling({ service: aService({ desired }), ...state })
const auto = (autoscaling: Partial<Autoscaling> = {}) => ({ autoscaling: anAutoscaling(autoscaling) })
const scaled = (tasks: number, flags: object, state: Scaling): NewPlan =>
  planOf(scale, { count: { kind: 'exactly', tasks }, ...flags }, state)

describe('scale', () => {
  test.each<[string, NewPlan, Said]>([
    [
      'to 0',
      scaled(0, {}, scaling(6)),
      {
        losses: ['All 6 tasks stop; nothing answers', 'Stays at 0 until a person scales it'],
        undo: 'scale to 6, ~2 min',
        included: [],
      },
    ],
    [
      'the only task to 0, for a while',
      scaled(0, { for: 120 }, scaling(1)),
      {
        losses: ['The only task stops; nothing answers', 'Stays at 0 for 2 h'],
        undo: REVERTS,
        included: ['reverts to 1 after 2 h: 1 task starts'],
      },
    ],
    [
      'down',
      scaled(3, {}, scaling(4)),
      { losses: ['1 of 4 tasks stops: 25 % less capacity'], undo: 'scale to 4, ~2 min', included: [] },
    ],
    [
      'up, over the maximum, before a scheduled action',
      scaled(12, {}, scaling(4, auto({ schedules: [night] }))),
      {
        losses: ['8 tasks start: 3 times the capacity', 'Autoscaling reduces it to its maximum of 10 again'],
        undo: 'scale to 4, ~2 min',
        included: ['`night` sets max 6 at <2026-11-22T22:00Z>'],
      },
    ],
    [
      'with moved bounds',
      scaled(12, { 'move-bounds': true }, scaling(4, auto())),
      {
        losses: [
          '8 tasks start: 3 times the capacity',
          'May scale out to 12 tasks, 10 before',
          'Autoscaling may change it at its next alarm',
        ],
        undo: 'set 4..10 again, then scale to 4, ~2 min',
        included: [],
      },
    ],
    [
      'with a permanent suspension that first stops tasks',
      scaled(20, { suspend: true }, scaling(15, auto())),
      {
        losses: [
          '5 of 15 tasks stop at once: 33 % less capacity',
          'Then the count goes from 10 to 20',
          'No scale-out when load grows, no scale-in when load falls',
          'Autoscaling stays suspended until a person resumes it',
        ],
        undo: 'scale to 15, then resume autoscaling',
        included: [],
      },
    ],
    [
      'with a temporary suspension, whose end leaves the count',
      scaled(8, { suspend: true, for: 120 }, scaling(4, auto())),
      {
        losses: [
          '4 tasks start: 2 times the capacity',
          'No scale-out when load grows, no scale-in when load falls, for 2 h',
        ],
        undo: 'resume autoscaling, then scale to 4, ~2 min',
        included: ['suspension ends after 2 h; count stays at 8'],
      },
    ],
    [
      'to 0 with a temporary suspension, whose end moves the count into the bounds',
      scaled(0, { suspend: true, for: 120 }, scaling(4, auto())),
      {
        losses: [
          'All 4 tasks stop; nothing answers',
          'Stays at 0 for 2 h',
          'No scale-out when load grows, no scale-in when load falls, for 2 h',
        ],
        undo: 'scale to 4, then resume autoscaling',
        included: ['suspension ends after 2 h; count goes to 4'],
      },
    ],
    [
      'beyond the Fargate quota',
      scaled(12, {}, scaling(4, { fargate: { quota: 10, used: 7, each: 1 } })),
      {
        losses: ['8 tasks start: 3 times the capacity', 'Only 3 of 8 tasks can start: Fargate quota of 10 vCPUs'],
        undo: 'scale to 4, ~2 min',
        included: [],
      },
    ],
    [
      'to 0 under a higher temporary count',
      scaled(
        0,
        { for: 120 },
        scaling(5, { book: aBook({ tasks: 4 }, aLease({ holding: { kind: 'count', tasks: 5 } })) }),
      ),
      {
        losses: ['0 when higher temporary changes end; nothing answers then', 'No task starts or stops now'],
        undo: REVERTS,
        included: ['reverts to 4 after the last temporary change: 1 of 5 tasks stops'],
      },
    ],
  ])('%s', (_, plan, expected) => {
    expect(said(plan)).toEqual(expected)
  })

  test.each<[string, number, string]>([
    ['the first ones', 0, '3 tasks start; the count is 0 now'],
    ['half as many more', 2, '1 task starts: 50 % more capacity'],
    ['one of thousands fewer', 4, '1 of 4 tasks stops: 25 % less capacity'],
  ])('says %s', (_, desired, loss) => {
    expect(scaled(3, {}, scaling(desired)).losses).toEqual([loss])
  })

  test('the title has the numbers, and the time of a temporary change', () => {
    expect(scaled(6, {}, scaling(4)).title).toBe('Scale *orders-api* 4 → 6')
    expect(scaled(6, { for: 120 }, scaling(4)).title).toBe('Scale *orders-api* 4 → 6 for 2h')
    expect(scaled(6, { suspend: true, for: 120 }, scaling(4, auto())).title).toBe(
      'Scale *orders-api* 4 → 6, scaling suspended for 2h',
    )
    expect(scaled(6, { suspend: true }, scaling(4, auto())).title).toBe(
      'Scale *orders-api* 4 → 6 and suspend autoscaling',
    )
  })
})

describe('a temporary minimum', () => {
  test('within the bounds', () => {
    expect(said(scaled(8, { for: 1_440 }, scaling(4, auto({ schedules: [night] }))))).toEqual({
      losses: ['4 tasks start at once: 2 times the capacity', 'At least 8 tasks run, 4 before'],
      undo: REVERTS,
      included: ['reverts to 4..10 after 1 day', '`night` sets max 6 at <2026-11-22T22:00Z>'],
    })
  })

  test('over the maximum: autoscaling cannot add more, and a higher maximum is offered', () => {
    const plan = scaled(12, { for: 180 }, scaling(4, auto()))
    expect(said(plan)).toEqual({
      losses: ['8 tasks start at once: 3 times the capacity', 'Exactly 12, 4..10 before: autoscaling cannot add more'],
      undo: REVERTS,
      included: ['reverts to 4..10 after 3 h: at least 2 of 12 tasks stop'],
    })
    expect(plan.offers).toContainEqual({
      label: 'Also Raise the Maximum',
      invocation: 'autoscale bounds prod.us-east-1/web/orders-api 12..18',
    })
  })
})

describe('autoscale', () => {
  const idle = auto({ suspended: { in: true, out: false, scheduled: true }, schedules: [night] })
  test.each<[string, NewPlan, Said]>([
    [
      'bounds, wider',
      planOf(bounds, { bounds: { min: 4, max: 20 } }, scaling(4, auto())),
      { losses: ['May scale out to 20 tasks, 10 before'], undo: 'set 4..10 again', included: [] },
    ],
    [
      'bounds, under the count',
      planOf(bounds, { bounds: { min: 0, max: 6 } }, scaling(8, auto())),
      {
        losses: [
          '2 of 8 tasks stop at once: 25 % less capacity',
          'Cannot scale out above 6 tasks, 10 before',
          'May scale in to 0 tasks, 4 before; then nothing answers',
        ],
        undo: 'set 4..10 again, then scale to 8, ~2 min',
        included: [],
      },
    ],
    [
      'suspend, for a while',
      planOf(suspend, { for: 120 }, scaling(4, auto({ schedules: [night] }))),
      {
        losses: ['No scale-out when load grows', 'No scale-in when load falls'],
        undo: REVERTS,
        included: ['suspension ends after 2 h; count moves into 4..10'],
      },
    ],
    [
      'suspend, permanently',
      planOf(suspend, { permanent: true, direction: 'scheduled' }, scaling(15, auto())),
      {
        losses: [
          '5 of 15 tasks stop at once: 33 % less capacity',
          'Scheduled actions do not run',
          'Stays suspended until a person resumes it',
        ],
        undo: 'resume autoscaling',
        included: [],
      },
    ],
    [
      'resume',
      planOf(resumeScaling, {}, scaling(2, idle)),
      {
        losses: ['2 tasks start at once: 2 times the capacity', 'Autoscaling may change the count within 4..10'],
        undo: 'suspend scale-in, scheduled scaling again, then scale to 2, ~2 min',
        included: ['`night` sets max 6 at <2026-11-22T22:00Z>'],
      },
    ],
  ])('%s', (_, plan, expected) => {
    expect(said(plan)).toEqual(expected)
  })

  test('the title of bounds has both', () => {
    const plan = planOf(bounds, { bounds: { min: 4, max: 20 } }, scaling(4, auto()))
    expect(plan.title).toBe('Set bounds of *orders-api* 4..10 → 4..20')
  })
})

describe('lease', () => {
  const FLOOR = aBook({ min: 4, max: 10 }, aLease())
  const none = { in: false, out: false, scheduled: false }
  const suspension = aBook(none, aLease({ holding: { kind: 'suspension', ...SUSPENDED } }))
  const nothing = aBook({ tasks: 4 }, aLease({ holding: { kind: 'count', tasks: 0 } }))
  const left = markLeft(FLOOR, aLease().operation, '20..30', '2026-11-22T05:00:00.000Z')
  const SUSPENSION_TEXT = 'scale-in, scale-out, scheduled suspended'
  const kept = (book: LeaseBook, desired = 8) => planOf(keepLease, {}, scaling(desired, { book, ...auto({ min: 8 }) }))

  test.each<[string, NewPlan, Said]>([
    [
      'extend',
      planOf(extendLease, { by: 60 }, scaling(8, { book: FLOOR, ...auto({ min: 8 }) })),
      {
        losses: ['Stays 1 h longer: a minimum of 8', 'Ends at <2026-11-22T06:00Z>, not at <2026-11-22T05:00Z>'],
        undo: REVERTS,
        included: ['reverts to 4..10 at <2026-11-22T06:00Z>'],
      },
    ],
    [
      'extend a minimum over the maximum',
      planOf(
        extendLease,
        { by: 60 },
        scaling(12, {
          book: aBook({ min: 4, max: 10 }, aLease({ holding: { kind: 'floor', min: 12 } })),
          ...auto({ min: 12, max: 12 }),
        }),
      ),
      {
        losses: ['Stays 1 h longer: a minimum of 12', 'Ends at <2026-11-22T06:00Z>, not at <2026-11-22T05:00Z>'],
        undo: REVERTS,
        included: ['reverts to 4..10 at <2026-11-22T06:00Z>: at least 2 of 12 tasks stop'],
      },
    ],
    [
      'extend a count',
      planOf(
        extendLease,
        { by: 60 },
        scaling(6, { book: aBook({ tasks: 4 }, aLease({ holding: { kind: 'count', tasks: 6 } })) }),
      ),
      {
        losses: ['Stays 1 h longer: 6 tasks', 'Ends at <2026-11-22T06:00Z>, not at <2026-11-22T05:00Z>'],
        undo: REVERTS,
        included: ['reverts to 4 at <2026-11-22T06:00Z>: 2 of 6 tasks stop'],
      },
    ],
    [
      'extend a suspension with a count over the maximum',
      planOf(
        extendLease,
        { by: 60 },
        scaling(13, {
          book: aBook(none, aLease({ holding: { kind: 'suspension', in: true, out: false, scheduled: false } })),
          ...auto(),
        }),
      ),
      {
        losses: [
          'Stays 1 h longer: scale-in suspended',
          'Ends at <2026-11-22T06:00Z>, not at <2026-11-22T05:00Z>',
          'No scale-in when load falls',
        ],
        undo: REVERTS,
        included: ['reverts to nothing suspended at <2026-11-22T06:00Z>: 3 of 13 tasks stop'],
      },
    ],
    [
      'keep a minimum',
      kept(FLOOR),
      { losses: ['No longer reverts to 4..10: stays at 8..10'], undo: 'set 4..10 again', included: [] },
    ],
    [
      'keep a minimum under another temporary one',
      planOf(
        keepLease,
        { lease: aLease().operation },
        scaling(12, {
          book: aBook(
            { min: 4, max: 10 },
            aLease(),
            aLease({ operation: 'c0ffee00beef', holding: { kind: 'floor', min: 12 } }),
          ),
          ...auto({ min: 12, max: 12 }),
        }),
      ),
      {
        losses: ['No longer reverts to 4..10: stays at 8..10 after other temporary changes'],
        undo: 'set 4..10 again',
        included: [],
      },
    ],
    [
      'keep no tasks',
      kept(nothing, 0),
      {
        losses: ['No longer reverts to 4: stays at 0 tasks', 'No task runs; nothing answers'],
        undo: 'scale to 4, ~2 min',
        included: [],
      },
    ],
    [
      'keep a suspension',
      kept(suspension),
      {
        losses: [
          'No longer reverts: scale-in, scale-out suspended',
          'No scale-out when load grows',
          'No scale-in when load falls',
        ],
        undo: 'resume autoscaling',
        included: [],
      },
    ],
    [
      'keep what someone else set',
      kept(left),
      { losses: ['Stays as someone else set it: 20..30'], undo: 'set 4..10 again', included: [] },
    ],
    [
      'keep what someone else set, in full',
      kept(markLeft(FLOOR, aLease().operation, SUSPENSION_TEXT, '2026-11-22T05:00:00.000Z')),
      { losses: [`Stays as someone else set it: ${SUSPENSION_TEXT}`], undo: 'set 4..10 again', included: [] },
    ],
  ])('%s', (_, plan, expected) => {
    expect(said(plan)).toEqual(expected)
  })
})

const digest = (start: string) => `sha256:${start.padEnd(62, '0')}`
const movedTag = (container: string) => ({
  container,
  image: 'registry/orders-api:v7',
  from: `${digest('77ab')}03`,
  to: `${digest('9f2c')}e1`,
})

test.each([
  [6, undefined, 'Replaces all 6 tasks, new ones first'],
  [6, 100, 'Replaces all 6 tasks, new ones first'],
  [6, 50, 'Replaces all 6 tasks; at least 3 stay up'],
  [3, 33, 'Replaces all 3 tasks; at least 1 stays up'],
  [1, 50, 'Replaces the only task, a new one first'],
  [1, 0, 'Replaces the only task; at times none may run'],
])('%i tasks, of which %s %% stay healthy: %s', (desired, leastHealthy, loss) => {
  const service = aService({ desired, ...(leastHealthy !== undefined && { leastHealthy }) })
  expect(planOf(restart, {}, { service, tags: SAME_IMAGES }).losses).toEqual([loss])
})

describe('restart and exec enable', () => {
  const restarted = (service: Service, moved: readonly object[] = []) =>
    planOf(restart, {}, { service, tags: { moved, uncompared: [] } })
  test.each<[string, NewPlan, Said]>([
    [
      'restart',
      restarted(aService({ desired: 6 })),
      {
        losses: ['Replaces all 6 tasks, new ones first'],
        undo: 'nothing to take back: the same version runs',
        included: [],
      },
    ],
    [
      'restart of the only task, with tags that were pushed again',
      restarted(aService({ desired: 1 }), ['app', 'proxy', 'log'].map(movedTag)),
      {
        losses: [
          'app 77ab…03 → 9f2c…e1, same tag',
          'proxy 77ab…03 → 9f2c…e1, same tag',
          'and 1 more image',
          'Replaces the only task, a new one first',
        ],
        undo: 'cannot be undone: the tag means the new image now',
        included: [],
      },
    ],
    [
      'exec enable of a stopped service',
      planOf(enableExec, {}, { service: aService({ desired: 0 }), tags: SAME_IMAGES }),
      {
        losses: ['No task runs, so none is replaced', 'Everyone with exec access can run commands in it'],
        undo: 'turn ECS Exec off in AWS; that replaces every task again',
        included: [],
      },
    ],
  ])('%s', (_, plan, expected) => {
    expect(said(plan)).toEqual(expected)
  })
})

const image = (container: string, start: string) => ({
  container,
  image: `registry/${container}:v1`,
  digest: `${digest(start)}00`,
})
const revision = (taskDefinition: string, images: readonly object[]) =>
  ({ arn: taskDefinition, createdAt: '', taskDefinition, capacity: 'FARGATE', images, settings: [] }) as never
const definition = (memory: string) =>
  ({
    arn: 'arn',
    isActive: true,
    roles: [],
    images: [],
    settings: [
      { what: 'memory', value: memory },
      { container: 'app', what: 'variable LOG_LEVEL', value: memory, isHidden: true },
    ],
  }) as never
/** Back from orders-api:7 to orders-api:6. */
const aRollback = (more: Partial<Rollback> = {}): Rollback => ({
  service: aService({ desired: 6, deployments: [aDeployment({ running: 2 })] }),
  from: revision('orders-api:7', [image('app', '77ab')]),
  to: { name: 'orders-api:6', revision: revision('orders-api:6', []) },
  images: [image('app', '9f2c')],
  before: definition('1024'),
  definition: definition('2048'),
  ...more,
})
const stops = { id: 'dep', arn: 'arn:dep' } as never
const aStuckRestart = (start = '77ab'): Rollback =>
  aRollback({
    stops,
    to: { name: 'orders-api:7', revision: revision('orders-api:7', []) },
    images: [image('app', start)],
    definition: definition('1024'),
  })

describe('rollback', () => {
  const OLD_CODE = 'Older code runs again: it must read data of newer code'
  const CHANGES = ['app 77ab…00 → 9f2c…00', 'Also: memory 1024 → 2048, variable LOG_LEVEL of app']

  test.each<[string, Rollback, Said]>([
    [
      'to an earlier task definition',
      aRollback(),
      {
        losses: [...CHANGES, 'Replaces all 6 tasks, new ones first', OLD_CODE],
        undo: 'deploy orders-api:7 again',
        included: [],
      },
    ],
    [
      'of many images and settings that cannot be compared',
      aRollback({ images: ['a', 'b', 'c', 'd'].map(name => image(name, '9f2c')), definition: undefined as never }),
      {
        losses: [
          'a 9f2c…00 from registry/a',
          'b 9f2c…00 from registry/b',
          'and 3 more images',
          'Also: other settings could not be compared',
          'Replaces all 6 tasks, new ones first',
          OLD_CODE,
        ],
        undo: 'deploy orders-api:7 again',
        included: [],
      },
    ],
    [
      'to another repository',
      aRollback({
        images: [{ ...image('app', '9f2c'), image: 'evil.example.com/app:v1' }],
        definition: definition('1024'),
      }),
      {
        losses: ['app 9f2c…00 from evil.example.com/app', 'Replaces all 6 tasks, new ones first', OLD_CODE],
        undo: 'deploy orders-api:7 again',
        included: [],
      },
    ],
    [
      'that stops a deployment',
      aRollback({ stops }),
      {
        losses: [...CHANGES, 'Replaces the 2 tasks it started, of 6', OLD_CODE],
        undo: 'deploy orders-api:7 again',
        included: [],
      },
    ],
    [
      'that stops a restart',
      aStuckRestart(),
      {
        losses: ['Stops the restart; the same version stays', 'Replaces the 2 tasks it started, of 6'],
        undo: 'restart again',
        included: [],
      },
    ],
    [
      'that stops a restart whose images have no digest',
      { ...aStuckRestart(), images: [{ container: 'app', image: 'orders-api:v7' }] },
      {
        losses: ['Stops the restart; its images could not be compared', 'Replaces the 2 tasks it started, of 6'],
        undo: 'restart again',
        included: [],
      },
    ],
    [
      'that stops a restart with another image under the same tag',
      aStuckRestart('9f2c'),
      {
        losses: ['app 77ab…00 → 9f2c…00', 'Replaces the 2 tasks it started, of 6', OLD_CODE],
        undo: 'restart again',
        included: [],
      },
    ],
  ])('%s', (_, state, expected) => {
    expect(said(planOf(rollback, {}, state))).toEqual(expected)
  })

  test('that stops a restart has its own title and change, and no word of older code', () => {
    const plan = planOf(rollback, {}, aStuckRestart())
    expect(plan.title).toBe('Stop the restart of *orders-api*')
    expect(plan.changes).toEqual([{ what: 'Restart of `orders-api:7`', from: 'in progress', to: 'stopped' }])
    expect(plan.risk).toEqual({
      level: 'medium',
      reasons: ['The deployment in progress stops, and every task that it started is replaced'],
    })
  })
})

const aPlace = (taskRole = 'orders-task', role = {}): Chosen =>
  ({
    task: { id: 'aa', arn: 'arn:task', definition: 'orders-api:7', taskRole, pidMode: '' },
    container: { name: 'app', image: 'orders:7', runtimeId: 'r', awsKeys: [] },
    role: aTaskRole({ name: taskRole, ...role }),
  }) as never
const anExec = (more: Partial<ExecState> = {}): ExecState => ({
  ref: aRef(),
  site: { clusterArn: 'arn:cluster', log: 'log group /ecs/exec', tasks: [] },
  places: [aPlace()],
  ways: [],
  command: { argv: ['sh', '-c', 'uptime'] },
  minutes: 30,
  asker: { who: { corporateId: 'requester@example.com' } } as never,
  invocation: 'exec',
  ...more,
})
const aGrant = (more: Partial<ExecState> = {}): ExecState => {
  const { command: _, ...state } = anExec(more)
  return state
}
const session = { ref: aRef(), session: { id: 's', task: 'aa', container: 'app' }, owner: 'requester@example.com' }

describe('exec', () => {
  const ROLE = 'A shell has the permissions of the task role `orders-task`'
  const ONCE = 'What it does cannot be undone'
  const ONLY = 'In the only task, aa'
  test.each<[string, NewPlan, Said]>([
    [
      'a line for the shell',
      planOf(exec, {}, anExec()),
      { losses: [ROLE, ONLY, ONCE], undo: 'cannot be undone', included: [] },
    ],
    [
      'in every task, with a powerful role, without a log',
      planOf(
        exec,
        {},
        anExec({
          site: { clusterArn: 'arn:cluster', tasks: [] },
          places: Array.from({ length: 6 }, () => aPlace('orders-task', { mayChangeRights: true })),
        }),
      ),
      {
        losses: [
          ROLE,
          'In all 6 tasks, five at a time',
          'The role is effectively an administrator: it can grant itself any permission',
          ONCE,
          'ECS does not log the session',
        ],
        undo: 'cannot be undone',
        included: [],
      },
    ],
    [
      'a command of the configuration',
      planOf(exec, {}, anExec({ command: { argv: ['uptime'], named: 'uptime' } })),
      { losses: ['Runs a command of the configuration', ONLY, ONCE], undo: 'cannot be undone', included: [] },
    ],
    [
      'shell access',
      planOf(exec, {}, aGrant()),
      {
        losses: [ROLE, ONLY, ONCE, 'As root in container `app`', 'Quarterdeck does not see what is typed'],
        undo: 'Revoke; what was done inside stays',
        included: ['access ends after 30 min, with every session in the task'],
      },
    ],
    [
      'a command in one of several tasks',
      planOf(
        exec,
        {},
        anExec({
          site: { clusterArn: 'arn:cluster', log: 'log', tasks: Array.from({ length: 6 }, () => aPlace().task) },
        }),
      ),
      { losses: [ROLE, 'In 1 of 6 tasks, aa', ONCE], undo: 'cannot be undone', included: [] },
    ],
    [
      'terminate',
      planOf(terminateExec, {}, session),
      {
        losses: [
          'Ends the session of requester@example.com and its shell',
          'Unsaved work in it is lost',
          'Programs that ignore the hang-up go on',
        ],
        undo: 'cannot be undone',
        included: [],
      },
    ],
  ])('%s', (_, plan, expected) => {
    expect(said(plan)).toEqual(expected)
  })

  test('the title of shell access starts with a verb', () => {
    expect(planOf(exec, {}, aGrant()).title).toBe('Give *requester@example.com* a shell in *orders-api*')
  })
})

describe('every line fits a phone, however long a name is', () => {
  /** The longest name of AWS, with markup and a character of two units at each place where it may be cut. */
  const LONG = `*\`${'𝒳'.repeat(126)}x`
  const service = aService({ ref: aRef({ service: LONG }), desired: 4_999, taskDefinition: `${LONG}:12345` })
  const many = { min: 4_998, max: 4_999 }
  const schedules = Array.from({ length: 200 }, () => ({ ...night, name: LONG, min: 4_998, max: 4_999 }))
  const sized = (state: Partial<Scaling> = {}) =>
    aScaling({ service, fargate: { quota: 1_000.25, used: 1, each: 0.25 }, ...auto({ ...many, schedules }), ...state })
  const counted = (tasks: number, flags: object = {}) => scaled(tasks, flags, sized())
  const holder = { ...aLease().holder, name: LONG }
  const leased = sized({ book: aBook(many, aLease({ holder, holding: { kind: 'floor', min: 5_000 } })) })
  const left = markLeft(leased.book ?? aBook(many), aLease().operation, LONG, '2026-11-22T05:00:00.000Z')
  const long = Array.from({ length: 4 }, (_, at) => image(`${LONG}${at}`, '9f2c'))
  const settings = (value: string) =>
    ({
      arn: '',
      isActive: true,
      roles: [],
      images: [],
      settings: [
        { what: LONG, value },
        { what: 'memory', value: LONG + value },
      ],
    }) as never
  const back = aRollback({
    service,
    from: revision(`${LONG}:12345`, []),
    images: long,
    before: settings('1'),
    definition: settings('2'),
  })
  const moved = ['1', '2', '3'].map(at => movedTag(LONG + at))
  const places = [1, 2, 3].map(at => {
    const place = aPlace(`${LONG}${at}`, { mayChangeRights: true, mayNearlyAll: true })
    return { ...place, container: { ...place.container, name: LONG } }
  })

  const longDeploy = {
    service,
    base: aBase({ family: LONG }),
    lastMinutes: 4_320,
    pushedAt: '2020-01-01T00:00:00.000Z',
  }
  const elsewhere = { repository: `${LONG}/x`, digest: `sha256:${'9'.repeat(64)}` }
  const scan = { kind: 'scanned', critical: 12_345, high: 12_345, faults: [] } as const

  const plans: readonly NewPlan[] = [
    ...[0, 1, 4_998, 5_000].flatMap(tasks => [
      counted(tasks),
      counted(tasks, { 'move-bounds': true }),
      counted(tasks, { suspend: true }),
    ]),
    counted(0, { suspend: true, for: 43_200 }),
    counted(5_000, { for: 43_199 }),
    scaled(2, { for: 43_199 }, aScaling({ service })),
    planOf(bounds, { bounds: { min: 0, max: 4_000 } }, sized()),
    planOf(bounds, { bounds: { min: 5_000, max: 5_000 } }, sized()),
    planOf(suspend, { for: 43_199 }, sized()),
    planOf(
      suspend,
      { permanent: true, direction: 'out' },
      sized(auto({ ...many, suspended: { in: true, out: false, scheduled: true } })),
    ),
    planOf(resumeScaling, {}, sized(auto({ ...many, schedules, suspended: { in: true, out: true, scheduled: true } }))),
    planOf(extendLease, { by: 43_199 }, leased),
    planOf(keepLease, {}, leased),
    planOf(keepLease, {}, { ...leased, book: left }),
    planOf(deploy, {}, anImageDeploy({ ...longDeploy, container: LONG, tags: { moved, uncompared: [LONG] }, scan })),
    planOf(deploy, {}, anImageDeploy({ ...longDeploy, container: LONG, image: { ...elsewhere, tag: 'v8' } })),
    planOf(deploy, {}, anImageDeploy({ ...longDeploy, image: elsewhere, before: { container: 'app', image: LONG } })),
    planOf(
      deploy,
      {},
      aRevisionDeploy({ ...longDeploy, images: long, base: settings('1'), definition: settings('2') }),
    ),
    planOf(restart, {}, { service, tags: { moved, uncompared: [] } }),
    planOf(enableExec, {}, { service, tags: { moved, uncompared: [] } }),
    planOf(rollback, {}, back),
    planOf(rollback, {}, { ...back, stops }),
    planOf(
      rollback,
      {},
      aRollback({ images: long.map(one => ({ ...one, image: `${LONG}/x:v1` })), from: revision('orders-api:7', long) }),
    ),
    planOf(exec, {}, anExec({ places })),
    planOf(exec, {}, aGrant({ places })),
    planOf(terminateExec, {}, { ...session, ref: service.ref, owner: LONG }),
  ]

  test.each(plans.map(plan => [plan.command, plan] as const))('%s', (_, { losses, undo, included = [] }) => {
    expect(losses.length).toBeGreaterThan(0)
    for (const line of [...losses, ...included, undo].map(lineText)) {
      expect(textWidth(line)).toBeLessThanOrEqual(76)
      expect(line).toMatch(/\S/)
      expect(line).not.toMatch(/\.$/)
      expect(line).not.toMatch(/\p{Cs}/u)
      expect((line.match(/`/g) ?? []).length % 2).toBe(0)
      expect(line).not.toContain('*')
    }
    expect(included.length).toBeLessThanOrEqual(2)
  })
})
