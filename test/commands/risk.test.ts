// Plans each example of the table in docs/risk.md, and compares its risk.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bounds } from '../../src/commands/autoscale/bounds.ts'
import { createForecast } from '../../src/commands/autoscale/forecast/create.ts'
import { pauseForecast } from '../../src/commands/autoscale/forecast/pause.ts'
import { promoteForecast } from '../../src/commands/autoscale/forecast/promote.ts'
import { resumeScaling } from '../../src/commands/autoscale/resume.ts'
import { schedule } from '../../src/commands/autoscale/schedule.ts'
import { suspend } from '../../src/commands/autoscale/suspend.ts'
import { track } from '../../src/commands/autoscale/track.ts'
import { unschedule } from '../../src/commands/autoscale/unschedule.ts'
import { untrack } from '../../src/commands/autoscale/untrack.ts'
import { attachProvider } from '../../src/commands/capacity/attach.ts'
import { escapeSpot } from '../../src/commands/capacity/escape.ts'
import { returnCapacity } from '../../src/commands/capacity/return.ts'
import { setCapacity } from '../../src/commands/capacity/set.ts'
import type { AnyMutation } from '../../src/commands/command.ts'
import { planApply } from '../../src/commands/cost/plan-apply.ts'
import { planImage } from '../../src/commands/deploy/plan-image.ts'
import { planRevision } from '../../src/commands/deploy/plan-revision.ts'
import { enableExec } from '../../src/commands/exec/enable.ts'
import { planContinue, planRollback } from '../../src/commands/gate/plan.ts'
import { extendLease } from '../../src/commands/lease/extend.ts'
import { keepLease } from '../../src/commands/lease/keep.ts'
import { restart } from '../../src/commands/restart.ts'
import { planDeployment, planStop } from '../../src/commands/rollback/plan.ts'
import { run } from '../../src/commands/run.ts'
import { scale } from '../../src/commands/scale/scale.ts'
import { stop } from '../../src/commands/stop/stop.ts'
import type { Plan } from '../../src/engine/change/plan.ts'
import { riskInWindow } from '../../src/engine/rules/change-window.ts'
import type { Capacity } from '../../src/features/capacity/load-capacity.ts'
import type { GateState } from '../../src/features/deployments/gates/load-gate.ts'
import type { Rollback } from '../../src/features/deployments/rollback-target.ts'
import type { ExecState } from '../../src/features/exec/load-exec.ts'
import { planTermination } from '../../src/features/exec/open-sessions.ts'
import { planExec } from '../../src/features/exec/plan-exec.ts'
import { strategy } from '../../src/kit/language/kinds/strategy.ts'
import type { Autoscaling } from '../../src/model/ecs.ts'
import { isRefusal, type Refusal } from '../../src/model/errors.ts'
import type { DefinitionSetting, TaskDefinition } from '../../src/model/service-detail.ts'
import {
  aBase,
  aBook,
  aCapacity,
  aCapacityState,
  aLease,
  anAdvice,
  anApply,
  anAutoscaling,
  anImageDeploy,
  aRef,
  aRevisionDeploy,
  aScaling,
  aService,
  aWatch,
  SAME_IMAGES,
} from '../builders.ts'

type Row = { readonly change: string; readonly example: string; readonly level: string }

const ROWS: readonly Row[] = readFileSync('docs/risk.md', 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| ') && !line.startsWith('| Change |'))
  .map(line => {
    const [, change = '', example = '', level = ''] = /^\| (.+) \| `(.+)` \| (\w+) \|$/.exec(line) ?? []
    return { change, example, level }
  })

/** A recommendation whose memory peak would be this. */
const peaking = (percent: number | undefined) =>
  anAdvice({
    options: anAdvice().options.map(({ memoryPeak: _, ...option }) => ({
      ...option,
      ...(percent !== undefined && { memoryPeak: { low: percent, high: percent } }),
    })),
  })
const larger = aBase({ cpu: '1024', memory: '2048', sizes: [{ name: 'app', memory: 2_048 }] })

const planned = (plan: Plan | Refusal): Plan => {
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}

const NOW = Date.parse('2026-11-22T03:00:00Z')
const minutesAgo = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString()

/** `counts`: the count now is the last but one; the others are of earlier changes, ten minutes apart. */
const ofCounts = (counts: readonly number[], callers: readonly string[] | undefined): Plan => {
  const [desired = 0, count = 0] = counts.slice(-2)
  const plan = planned(
    scale.plan(
      { count: { kind: 'exactly', tasks: count } },
      { service: aService({ desired }), protectedTasks: [], now: minutesAgo(0), ...(callers && { callers }) },
    ),
  )
  const before = counts.slice(0, -2)
  const amountsBefore = before.map((tasks, at) => ({ at: minutesAgo((before.length - at) * 10), amounts: { tasks } }))
  return { ...plan, risk: riskInWindow(plan, { now: minutesAgo(0), amountsBefore }) }
}

const image = (digit: string) => `sha256:${digit.repeat(64)}`
const MOVED = {
  ...SAME_IMAGES,
  moved: [{ container: 'app', image: 'orders-api:v7', from: image('a'), to: image('b') }],
}
const replaced = (command: AnyMutation, more: object = {}): Plan =>
  planned(command.plan({}, { service: aService(), tags: SAME_IMAGES, ...more }))

const aDefinition = (role: string): TaskDefinition => ({
  arn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:6',
  isActive: true,
  roles: [],
  images: [],
  settings: [{ what: 'task role', value: role }],
})
const REVISION = {
  arn: 'r',
  createdAt: minutesAgo(0),
  taskDefinition: 'orders-api:6',
  capacity: 'FARGATE',
  images: [],
  settings: [],
}
const ROLLBACK: Rollback = {
  service: aService(),
  from: undefined,
  to: { name: 'orders-api:6', revision: REVISION },
  images: [],
  definition: aDefinition('orders-task'),
}
const rolledBack = (more: Partial<Rollback>): Plan => planDeployment({ ...ROLLBACK, ...more })
const stopped = (more: Partial<Rollback>): Plan => {
  const stops = { id: 'd', arn: 'd', status: 'IN_PROGRESS', createdAt: minutesAgo(1), strategy: '', from: [], to: 's' }
  return planStop({ ...ROLLBACK, before: aDefinition('orders-task'), stops, ...more }, stops)
}

const gateState = (more: Partial<GateState> = {}): GateState => ({
  service: aService(),
  record: {
    id: 'd',
    arn: 'd',
    status: 'IN_PROGRESS',
    createdAt: minutesAgo(1),
    strategy: 'ROLLING',
    from: ['f'],
    to: 'r',
  },
  hook: {
    id: 'ecs-pause-1',
    type: 'PAUSE',
    status: 'AWAITING_ACTION',
    expiresAt: minutesAgo(-60),
    onTimeout: 'ROLLBACK',
  },
  others: 0,
  stage: 'POST_SCALE_UP',
  from: { ...REVISION, arn: 'f', taskDefinition: 'orders-api:5' },
  otherSources: [],
  to: REVISION,
  before: aDefinition('orders-task'),
  definition: aDefinition('orders-task'),
  tasks: { older: 0, running: 4, healthy: 4, unhealthy: 0 },
  deployers: { by: 'unknown', people: [], isKnown: false },
  now: minutesAgo(0),
  ...more,
})
const gate = (more: Partial<GateState> = {}): Plan => planContinue(gateState(more))

const revisionWith = (setting: Partial<DefinitionSetting>): Plan => {
  const settings = setting.what === undefined ? [] : [setting as DefinitionSetting]
  return planned(planRevision(aRevisionDeploy({ definition: aBase({ revision: 8, settings }) })))
}

const task = { id: 'b99d40b351764f719a529dbd6f1cebef', arn: 'arn', definition: 'orders-api:7', pidMode: '' }
const container = { name: 'app', image: 'orders:7', awsKeys: [] }
const executed = (more: Partial<ExecState>): Plan => {
  const asker = { who: { corporateId: 'requester@example.com' } }
  const site = { clusterArn: 'arn', tasks: [task] }
  const state = { ref: aRef(), site, places: [{ task, container }], ways: [], minutes: 5, asker, invocation: 'exec' }
  return planned(planExec({ ...state, ...more } as unknown as ExecState))
}

const STOPPED_TASK = { id: task.id, arn: 'arn', status: 'RUNNING', desired: 'RUNNING', group: 'service:orders-api' }
const stoppedTask = (running: number, more: object = {}): Plan =>
  planned(
    stop.plan(
      {},
      { service: aService({ desired: running }), task: STOPPED_TASK, isStandalone: false, reason: '', ...more },
    ),
  )
const ranOnce = (command: object, more: object = {}): Plan => {
  const definition = { arn: 'arn', name: 'orders-api:7', isActive: true, isWindows: false, roles: [], containers: [] }
  const site = { service: aService(), clusterArn: 'arn', definition, where: {} }
  const state = { site, container: { ...container, isEssential: true }, command, tags: SAME_IMAGES, invocation: 'run' }
  return planned(run.plan({}, { ...state, ...more }))
}

const autoscaled = (command: AnyMutation, values: object, more: object = {}): Plan =>
  planned(command.plan(values, aScaling({ autoscaling: anAutoscaling(), ...more })))
const SUSPENDED = { autoscaling: anAutoscaling({ suspended: { in: true, out: true, scheduled: false } }) }
const boundsOf = (text = ''): { readonly min: number; readonly max: number } => {
  const [min = 0, max = 0] = text.split('..').map(Number)
  return { min, max }
}
const LEASED = {
  book: aBook(
    { in: false, out: false, scheduled: false },
    aLease({ holding: { kind: 'suspension', in: true, out: false, scheduled: false } }),
  ),
}

const moved = (text: string, more: Partial<Capacity> = {}): Plan =>
  planned(setCapacity.plan({ strategy: strategy.parse(text) }, aCapacityState(more)))
const ON_SPOT = {
  book: aBook(
    { strategy: [], launchType: 'FARGATE' },
    aLease({ holding: { kind: 'capacity', strategy: [{ provider: 'FARGATE_SPOT', weight: 1, base: 0 }] } }),
  ),
}
const BASE_OF_6 = {
  service: aService({
    strategy: [
      { provider: 'FARGATE', weight: 0, base: 6 },
      { provider: 'FARGATE_SPOT', weight: 1, base: 0 },
    ],
  }),
}
const WEEKLY = { kind: 'weekly', words: 'daily', days: ['mon'], at: '08:00' }
const ONCE = { kind: 'once', at: '2026-11-23T08:00' }
const scheduled = (bounds: object, more: object = {}): Plan => autoscaled(schedule, { when: WEEKLY, bounds }, more)
const once = (bounds: object, more: object = {}): Plan => autoscaled(schedule, { when: ONCE, bounds }, more)
const withSchedule = (more: object) => ({
  callers: [],
  autoscaling: anAutoscaling({ schedules: [{ ...NIGHT, ...more }] }),
})

const CPU_60: Autoscaling['policies'][number] = {
  name: 'cpu',
  kind: 'target tracking',
  metric: 'cpu',
  says: 'keeps CPU at 60%',
  scalesIn: true,
  scalesOut: true,
  configuration: { TargetValue: 60 },
}
const tracked = (target: number, policies: Autoscaling['policies'], more: object = {}): Plan =>
  planned(
    track.plan({ metric: 'cpu', target, ...more }, { scaling: aScaling({ autoscaling: anAutoscaling({ policies }) }) }),
  )
const NIGHT = { name: 'night', expression: 'cron(0 20 * * ? *)', timezone: 'UTC', max: 6 }

const FORECAST: Autoscaling['policies'][number] = {
  name: 'forecast',
  kind: 'predictive',
  metric: 'cpu',
  says: 'forecasts only',
  scalesIn: false,
  scalesOut: false,
}
const forecasting = (scalesOut: boolean, others: Autoscaling['policies'] = []) =>
  aScaling({ autoscaling: anAutoscaling({ policies: [{ ...FORECAST, scalesOut }, ...others] }) })
const HOURLY = Array.from({ length: 48 }, (_, hour) => ({ at: NOW - hour * 3_600_000, value: 4 }))
const promoted = (): Plan =>
  planned(
    promoteForecast.plan(
      {},
      {
        scaling: forecasting(false),
        compared: { span: { from: NOW, until: NOW }, forecast: { load: [], capacity: HOURLY }, needed: HOURLY },
      },
    ),
  )

const EXAMPLES: Readonly<Record<string, () => Plan>> = {
  restart: () => replaced(restart),
  'restart of the only task': () => replaced(restart, { service: aService({ desired: 1 }) }),
  'restart at 0/100 %': () =>
    replaced(restart, { service: aService({ desired: 1, leastHealthy: 0, mostPercent: 100 }) }),
  'restart with a moved tag': () => replaced(restart, { tags: MOVED }),
  'restart with a tag that is not compared': () => replaced(restart, { tags: { ...SAME_IMAGES, uncompared: ['app'] } }),
  'exec enable': () => replaced(enableExec),
  'exec enable with a moved tag': () => replaced(enableExec, { tags: MOVED }),
  'capacity set fargate=1 spot=1': () => moved('fargate=1 spot=1'),
  'capacity set fargate=1 spot=3': () => moved('fargate=1 spot=3'),
  'capacity set fargate=0:3 spot=1000': () => moved('fargate=0:3 spot=1000'),
  'capacity set fargate=0:3 spot=1000 with at most 6 tasks': () => moved('fargate=0:3 spot=1000', { mostTasks: 6 }),
  'capacity set fargate=0:3 spot=1000 with at most 10 tasks': () => moved('fargate=0:3 spot=1000', { mostTasks: 10 }),
  'capacity set spot=0:100': () => moved('spot=0:100'),
  'on Spot: 4..10 → 4..20': () => autoscaled(bounds, { bounds: { min: 4, max: 20 } }, BASE_OF_6),
  'on Spot: schedule once 4..10 → 4..20': () => once({ min: 4, max: 20 }, BASE_OF_6),
  'capacity set fargate=1 with a moved tag': () => moved('fargate=1', { tags: MOVED }),
  'capacity return with a moved tag': () =>
    planned(returnCapacity.plan({}, aCapacityState({ ...ON_SPOT, tags: MOVED }))),
  'capacity escape --for 4h': () =>
    planned(
      escapeSpot.plan(
        { for: 240 },
        aCapacityState({
          service: aCapacity({ service: aService({ strategy: [{ provider: 'FARGATE_SPOT', weight: 1, base: 0 }] }) }),
        }),
      ),
    ),
  'capacity attach spot': () =>
    planned(
      attachProvider.plan(
        {},
        {
          service: aCapacity({ attached: ['FARGATE'] }),
          provider: { name: 'FARGATE_SPOT', type: 'FARGATE_SPOT', status: 'ACTIVE', isAttached: false },
        },
      ),
    ),
  'deploy v8': () => planImage(anImageDeploy()),
  'deploy v8 --watch 20m': () => planImage(anImageDeploy({ watch: aWatch() })),
  'deploy of another repository': () =>
    planImage(anImageDeploy({ image: { repository: 'registry.example.com/base', tag: 'v8', digest: image('8') } })),
  'deploy v8 beside a moved tag': () => planImage(anImageDeploy({ tags: MOVED })),
  'deploy orders-api:8': () => revisionWith({}),
  'deploy orders-api:8 with another role': () => revisionWith({ what: 'task role', value: 'administrator' }),
  'deploy orders-api:8 that is privileged': () => revisionWith({ container: 'app', what: 'privileged', value: 'true' }),
  'cost apply': () => planApply(anApply()),
  'cost apply with a peak of 95 %': () => planApply(anApply({ advice: peaking(95) })),
  'cost apply with a peak of 95 % in staging': () => planApply(anApply({ advice: peaking(95), isProduction: false })),
  'cost apply with less memory than the peak': () =>
    planApply(
      anApply({
        asked: { cpu: 512, memory: 1_024 },
        base: larger,
        advice: anAdvice({ memoryPeak: 60 }),
        isProduction: false,
      }),
    ),
  'cost apply with an unknown peak': () => planApply(anApply({ advice: peaking(undefined) })),
  rollback: () => rolledBack({ before: aDefinition('orders-task') }),
  'rollback to another role': () => rolledBack({ before: aDefinition('administrator') }),
  'rollback to a privileged version': () =>
    rolledBack({
      before: {
        ...aDefinition('orders-task'),
        settings: [...aDefinition('orders-task').settings, { what: 'privileged', container: 'app', value: 'true' }],
      },
    }),
  'rollback without the definition': () => rolledBack({}),
  'stop of a deployment that ECS does not return': () => stopped({}),
  'stop of a deployment at 0/100 %': () =>
    stopped({ from: REVISION, service: aService({ leastHealthy: 0, mostPercent: 100 }) }),
  'gate continue': () => gate(),
  'gate continue with unhealthy tasks': () => gate({ tasks: { older: 4, running: 4, healthy: 3, unhealthy: 1 } }),
  'gate continue to another role': () => gate({ definition: aDefinition('administrator') }),
  'gate continue without its revision': () => gate({ to: undefined }),
  'gate continue to other security groups': () =>
    gate({ to: { ...REVISION, settings: [{ what: 'security groups', value: 'sg-0open' }] } }),
  'gate continue to Spot': () => gate({ to: { ...REVISION, capacity: 'FARGATE × 1, base 1, FARGATE_SPOT × 3' } }),
  'gate rollback': () => planRollback(gateState()),
  'stop of 1 of 4 tasks': () => stoppedTask(4),
  'stop of 1 of 2 tasks': () => stoppedTask(2),
  'stop of a protected task': () => stoppedTask(4, { protectedUntil: minutesAgo(-60) }),
  'stop of the only task': () => stoppedTask(1),
  'stop of a standalone task': () => stoppedTask(4, { isStandalone: true }),
  'run -- ./migrate up': () => ranOnce({ argv: ['sh', '-c', './migrate up'] }),
  'run -- threads': () => ranOnce({ argv: ['jcmd'], named: 'threads' }),
  'run -- threads with a moved tag': () => ranOnce({ argv: ['jcmd'], named: 'threads' }, { tags: MOVED }),
  'exec --interactive': () => executed({}),
  'exec --run "uptime"': () => executed({ command: { argv: ['sh', '-c', 'uptime'] } }),
  'exec --run threads': () => executed({ command: { argv: ['jcmd'], named: 'threads' } }),
  'exec terminate': () =>
    planTermination({
      ref: aRef(),
      session: { id: 's', ref: aRef(), task: task.id, container: 'app', startedAt: minutesAgo(5) },
      owner: 'requester@example.com',
    }),
  'suspend in': () => autoscaled(suspend, { direction: 'in', for: 60 }),
  'suspend out': () => autoscaled(suspend, { direction: 'out', for: 60 }),
  'suspend out --permanent': () => autoscaled(suspend, { direction: 'out', permanent: true }),
  'scale 6 --suspend --for 2h': () =>
    autoscaled(scale, { count: { kind: 'exactly', tasks: 6 }, suspend: true, for: 120 }),
  'scale 6 --suspend': () => autoscaled(scale, { count: { kind: 'exactly', tasks: 6 }, suspend: true }),
  'autoscale resume': () => autoscaled(resumeScaling, {}, SUSPENDED),
  'autoscale resume at 30 of 4..10 tasks': () =>
    autoscaled(resumeScaling, {}, { ...SUSPENDED, service: aService({ desired: 30 }) }),
  'schedule once 4..10 → 4..20': () => once({ min: 4, max: 20 }),
  'schedule once 4..10 → 4..21': () => once({ min: 4, max: 21 }),
  'schedule daily 4..10': () => scheduled({ min: 4, max: 10 }),
  'schedule once in a temporary minimum': () =>
    once(
      { min: 9, max: 20 },
      {
        book: aBook({ min: 4, max: 10 }, aLease({ until: '2026-11-24T00:00:00.000Z' })),
        autoscaling: anAutoscaling({ min: 8 }),
      },
    ),
  'schedule once, replaced': () =>
    once(
      { min: 4, max: 20 },
      withSchedule({ name: 'quarterdeck-at-2026-11-23t0800', expression: 'at(2026-11-23T08:00:00)', max: 12 }),
    ),
  'schedule 4..40 to the end at 4..10': () =>
    autoscaled(schedule, { when: ONCE, bounds: { min: 4, max: 40 }, until: '09:00' }, { callers: [] }),
  'schedule 4..10 after 20..40': () => once({ min: 4, max: 10 }, withSchedule({ min: 20, max: 40 })),
  'schedule 1..3 at 30 tasks': () => scheduled({ min: 1, max: 3 }, { service: aService({ desired: 30 }) }),
  'autoscale unschedule': () =>
    autoscaled(unschedule, { name: 'night' }, { autoscaling: anAutoscaling({ schedules: [NIGHT] }) }),
  'track cpu 60 → 50': () => tracked(50, [CPU_60]),
  'track cpu 60 → 29': () => tracked(29, [CPU_60]),
  'track cpu 60 → 59 --out-cooldown 24h': () => tracked(59, [CPU_60], { 'out-cooldown': 86_400 }),
  'track memory 60': () => tracked(60, [CPU_60], { metric: 'memory' }),
  'track cpu 60 --no-scale-in': () => tracked(60, [CPU_60], { 'no-scale-in': true }),
  'track cpu 60 → 70': () => tracked(70, [CPU_60]),
  'track cpu 60, the first policy': () => tracked(60, []),
  'autoscale untrack': () =>
    autoscaled(
      untrack,
      { policy: 'cpu' },
      { autoscaling: anAutoscaling({ policies: [CPU_60, { ...CPU_60, name: 'b', metric: 'memory' }] }) },
    ),
  'autoscale untrack of the only policy': () => autoscaled(untrack, { policy: 'cpu' }),
  'autoscale forecast create': () =>
    planned(
      createForecast.plan({ metric: 'cpu', target: 60 }, { scaling: aScaling({ autoscaling: anAutoscaling() }) }),
    ),
  'autoscale forecast promote': promoted,
  'autoscale forecast pause': () => planned(pauseForecast.plan({}, forecasting(true, [CPU_60]))),
  'autoscale forecast pause of the only policy': () => planned(pauseForecast.plan({}, forecasting(true))),
  'lease extend': () => autoscaled(extendLease, { by: 60 }, LEASED),
  'lease keep': () => autoscaled(keepLease, {}, LEASED),
  'lease extend of spot=1': () => autoscaled(extendLease, { by: 60 }, ON_SPOT),
  'lease keep of spot=1': () => autoscaled(keepLease, {}, ON_SPOT),
}

const CALLERS: Readonly<Record<string, readonly string[]>> = { 'no callers': [], callers: ['web/checkout'] }

const planOf = (example: string): Plan => {
  const make = EXAMPLES[example]
  if (make !== undefined) return make()
  if (example.startsWith('bounds ')) return autoscaled(bounds, { bounds: boundsOf(example.split(' → ')[1]) })
  const [counts = '', callers = 'no callers'] = example.split(' with ')
  return ofCounts(counts.split(' → ').map(Number), CALLERS[callers])
}

test('each row has one example, and each example a row', () => {
  const examples = ROWS.map(({ example }) => example)
  expect(ROWS.length).toBeGreaterThan(30)
  expect(new Set(examples).size).toBe(ROWS.length)
  expect(Object.keys(EXAMPLES).filter(example => !examples.includes(example))).toEqual([])
})

test.each(ROWS)('$change: $example is $level', ({ example, level }) => {
  const { risk } = planOf(example)
  expect(risk.level).toBe(level)
  expect(risk.reasons).not.toEqual([])
})

test.each([
  ['4 → 12', ['More than twice as many tasks (8 more)']],
  [
    '8 → 6 with callers',
    [
      '2 tasks fewer for the same load',
      'A quarter or more of the tasks stop, and another service calls it: web/checkout',
    ],
  ],
  [
    '8 → 6 with unread callers',
    ['2 tasks fewer for the same load', 'Whether other services call it could not be read'],
  ],
  ['8 → 6 → 4 → 3', ['Within 1 h: from 8 to 3 tasks', '1 task fewer for the same load']],
  ['restart of the only task', ['The only task is replaced']],
])('the reasons of %s', (example, reasons) => {
  expect(planOf(example).risk.reasons).toEqual(reasons)
})

test('names of callers are cut, and have no markup', () => {
  const callers = ['*a*\n', 'b', 'c', 'd', 'e']
  expect(ofCounts([8, 6], callers).risk.reasons[1]).toBe(
    'A quarter or more of the tasks stop, and other services call it: a, b, c and 2 more',
  )
})
