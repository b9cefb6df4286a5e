import { describe, expect, test } from 'vitest'
import { planImage } from '../../../src/commands/deploy/plan-image.ts'
import type { Readers } from '../../../src/commands/readers.ts'
import { lineText } from '../../../src/engine/cards/card-line.ts'
import { fingerprint, planDifferences } from '../../../src/engine/change/plan.ts'
import {
  type AlarmWatch,
  alarmName,
  LIMITS,
  loadWatch,
  watchIncluded,
  watchOptions,
} from '../../../src/features/deployments/watch/alarms.ts'
import { judgeWatch, type Ours } from '../../../src/features/deployments/watch/judge.ts'
import { beyondLimits } from '../../../src/features/deployments/watch/limits.ts'
import type { Usage } from '../../../src/features/status/usage.ts'
import type { Deployment, Service, StoppedTask } from '../../../src/model/ecs.ts'
import { isRefusal } from '../../../src/model/errors.ts'
import type { AlarmState, DefinitionBase, ServiceRevision } from '../../../src/model/service-detail.ts'
import {
  aBase,
  aDeployment,
  anImageDeploy,
  aReader,
  aRef,
  aService,
  aServiceDetail,
  aStoppedTask,
  aUsage,
  aWatch,
  imageDigest,
} from '../../builders.ts'

const AT = '2026-11-22T03:00:00.000Z'
const state = (name: string, is: AlarmState['state'] = 'OK'): AlarmState => ({ name, state: is, since: AT })
const RUNS: ServiceRevision = {
  arn: 'revision',
  createdAt: AT,
  taskDefinition: 'orders-api:7',
  capacity: 'FARGATE',
  images: [{ ...aBase().images[0], container: 'app', image: aBase().images[0]?.image ?? '', digest: imageDigest('7') }],
  settings: [],
}

type Given = {
  readonly alarms?: readonly string[]
  readonly states?: readonly AlarmState[]
  readonly base?: Partial<DefinitionBase>
  readonly read?: Partial<Readers>
}

const loaded = (asked: Parameters<typeof loadWatch>[0], { alarms = [], states = [], base, read }: Given = {}) =>
  loadWatch(
    asked,
    { detail: aServiceDetail({ alarms }), base: aBase(base), from: RUNS },
    aReader({ alarms: async () => states, digestOf: async () => imageDigest('7'), ...read }),
  )
const textOf = (watch: AlarmWatch | object | undefined) => (isRefusal(watch) ? watch.text : JSON.stringify(watch))

describe('what is watched', () => {
  test('the alarms of the service that are OK, and the one that the line names', async () => {
    const states = [state('a'), state('b', 'ALARM'), state('c', 'INSUFFICIENT_DATA'), state('mine'), state('s')]
    const scalingPolicies: Readers['scalingPolicies'] = async () => [
      { name: 'p', kind: 'step', says: '', scalesIn: true, scalesOut: true, alarms: ['s'] },
    ]
    const watch = await loaded(
      { watch: 90, alarm: 'mine' },
      {
        alarms: ['a', 'b', 'c', 's', 'gone', 'TargetTracking-service/web/x-AlarmHigh'],
        states,
        read: { scalingPolicies },
      },
    )
    if (watch === undefined || isRefusal(watch)) throw new Error(textOf(watch))
    expect(watch.plan).toMatchObject({
      minutes: 90,
      alarms: ['a', 'mine'],
      to: 'orders-api:7',
      images: [imageDigest('7')],
      back: {
        action: 'UpdateService',
        input: { taskDefinition: aBase().arn },
        passes: aBase().roles,
        repeatable: true,
      },
    })
    expect(watch.unwatched).toEqual([
      'b (in ALARM)',
      'c (without data)',
      's (part of autoscaling)',
      'gone (not there)',
      'TargetTracking-service/web/x-AlarmHigh (part of autoscaling)',
    ])
    expect(watchOptions(watch)).toBe(' --watch 90m --alarm mine')
  })

  test.each([
    ['a revision that was deregistered', { base: { isActive: false } }, 'was deregistered'],
    [
      'a tag that was pushed again',
      { read: { digestOf: async () => imageDigest('9') } },
      'would not run what ran before',
    ],
    [
      'alarms that all fire',
      { alarms: ['a'], states: [state('a', 'ALARM')] },
      'no alarm that can be watched now: a (in ALARM)',
    ],
  ] as const)('%s is refused', async (_, given, text) => {
    expect(textOf(await loaded({ watch: 20 }, given))).toContain(text)
  })

  test('a name is told without markup, and quoted in the line', async () => {
    const name = 'x*`y z'
    const watch = await loaded(
      { watch: 20, alarm: name },
      { alarms: ['*b`'], states: [state(name), state('*b`', 'ALARM')] },
    )
    if (watch === undefined || isRefusal(watch)) throw new Error(textOf(watch))
    expect(watchOptions(watch)).toBe(' --watch 20m --alarm "x*`y z"')
    expect(watchIncluded(watch).map(lineText).join()).toContain('not watched: b (in ALARM)')
    expect(alarmName('a\u202eb')).not.toContain('\u202e')
  })
})

describe('the approval', () => {
  const plan = (alarms: readonly string[], minutes = 20) =>
    planImage(anImageDeploy({ watch: aWatch({ alarms, minutes }) }))

  test('binds to the watch, and the risk is as without it', () => {
    expect(planDifferences(plan(['a', 'b']), plan(['a'])).join()).toContain('watched alarms')
    expect(planDifferences(plan(['a']), plan(['a'], 30)).join()).toContain('watched minutes')
    expect(new Set([plan(['a']), plan(['a*']), planImage(anImageDeploy())].map(fingerprint)).size).toBe(3)
    expect(plan(['a']).risk).toEqual(planImage(anImageDeploy()).risk)
  })
})

describe('limits', () => {
  const OURS = { id: 'ecs-svc/2', definition: 'orders-api:8', began: AT }
  const minute = (at: number): string => new Date(Date.parse(AT) + at * 60_000).toISOString()
  const stopped = (at: number, task: Partial<StoppedTask> = {}): StoppedTask =>
    aStoppedTask({ containers: [{ name: 'app', exitCode: 1 }], deployment: OURS.id, stoppedAt: minute(at), ...task })
  const oom = { containers: [{ name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed' }] }
  const cpu = (from: number, values: readonly number[]): Partial<Usage> => ({
    cpu: { average: values.map((value, at) => ({ at: Date.parse(minute(from + at)), value })), most: [] },
  })
  const beyond = (tasks: readonly StoppedTask[], usage: Partial<Usage> = {}) =>
    beyondLimits(
      aRef(),
      LIMITS,
      OURS,
      { stoppedTasks: async () => tasks, usage: async () => aUsage(usage) },
      minute(30),
    )
  const over = Array.from({ length: 10 }, () => 91)

  test('one task out of memory is enough, and since when', async () => {
    expect(await beyond([stopped(12, oom), stopped(11, oom)])).toMatchObject({
      cause: '2 tasks ran out of memory',
      at: minute(11),
    })
    expect(await beyond([stopped(1, { ...oom, stoppedAt: '' })])).not.toHaveProperty('at')
    expect(await beyond([stopped(-1, oom)])).toMatchObject({ cause: 'a task ran out of memory' })
  })

  test('three failures within an hour; not of other deployments, and not before the watch', async () => {
    const [a, b, c] = [stopped(1), stopped(20), stopped(40)]
    expect((await beyond([a, b, c]))?.cause).toMatch(/^3 tasks failed: app exited with 1/)
    expect(await beyond([a, b])).toBeUndefined()
    expect(await beyond([stopped(1), stopped(61), stopped(62)])).toBeUndefined()
    expect(await beyond([a, b, stopped(-1)])).toBeUndefined()
    expect(await beyond([a, b, { ...c, deployment: 'ecs-svc/1' }])).toBeUndefined()
    expect(await beyond([a, b, { ...c, stopCode: 'UserInitiated' }])).toBeUndefined()
  })

  test('CPU or memory over 90 % in each of ten minutes', async () => {
    expect(await beyond([], cpu(5, over))).toMatchObject({ cause: 'CPU over 90 % for 10 minutes', at: minute(5) })
    expect(await beyond([], { memory: cpu(5, over).cpu as Usage['memory'] })).toMatchObject({
      cause: 'memory over 90 % for 10 minutes',
    })
    expect(await beyond([], cpu(5, [...over.slice(1), 90]))).toBeUndefined()
    expect(await beyond([], cpu(5, over.slice(1)))).toBeUndefined()
    expect(await beyond([], cpu(-1, over))).toBeUndefined()
  })

  test('need no alarm; a watch with them ends by itself', async () => {
    const watch = await loaded({ watch: 60, hasLimits: true })
    if (watch === undefined || isRefusal(watch)) throw new Error(textOf(watch))
    expect(watch.plan).toMatchObject({ alarms: [], limits: LIMITS })
    expect(watchIncluded(watch)).toEqual(['rolls back to orders-api:7 on failures or overload within 1 h'])
    const service = aService({ deployments: [aDeployment({ id: OURS.id, taskDefinition: OURS.definition })] })
    const read = aReader({ service: async () => service })
    const ours = { ...OURS, createdAt: service.createdAt }
    expect(await judgeWatch(aRef(), watch.plan, ours, read, AT)).toEqual({ kind: 'quiet', missing: [] })
    const failing = { ...read, stoppedTasks: async () => [stopped(1, oom)] }
    expect(await judgeWatch(aRef(), watch.plan, ours, failing, AT)).toMatchObject({ kind: 'fired' })
  })
})

describe('a poll', () => {
  const OURS: Ours = { id: 'ecs-svc/2', definition: 'orders-api:8', createdAt: aService().createdAt, began: AT }
  const { plan: PLAN } = aWatch({ alarms: ['a', 'b'] })
  const poll = (
    deployment: Partial<Deployment> = {},
    states: readonly AlarmState[] = [state('a'), state('b')],
    more: { readonly service?: Partial<Service>; readonly stopped?: readonly StoppedTask[] } = {},
  ) => {
    const ours = aDeployment({ id: OURS.id, taskDefinition: OURS.definition, ...deployment })
    const service = aService({ deployments: [ours], hasBreaker: true, ...more.service })
    const read = {
      service: async () => service,
      alarms: async () => states,
      stoppedTasks: async () => more.stopped ?? [],
      usage: async () => aUsage(),
    }
    return judgeWatch(aRef(), PLAN, OURS, read, AT)
  }

  test('is quiet while nothing fires; data may be missing', async () => {
    expect(await poll({}, [state('a', 'INSUFFICIENT_DATA')])).toEqual({ kind: 'quiet', missing: ['b'] })
  })

  test('finds an alarm, and since when', async () => {
    const earlier = { ...state('b', 'ALARM'), since: '2026-11-22T02:00:00.000Z' }
    expect(await poll({}, [state('a', 'ALARM'), earlier])).toMatchObject({
      kind: 'fired',
      cause: 'alarm `b` and 1 more fired',
      at: earlier.since,
    })
  })

  test.each([
    ['another deployment of the same version', { id: 'ecs-svc/3' }, {}, 'somebody started another deployment'],
    ['another version', { taskDefinition: 'orders-api:9' }, {}, 'somebody started another deployment'],
    ['a service that is deleted', {}, { status: 'DRAINING' }, 'the service was deleted'],
    ['a service of the same name', {}, { createdAt: AT }, 'the service was deleted and created again'],
  ] as const)('of %s is lost, although an alarm fires', async (_, deployment, service, why) => {
    expect(await poll(deployment, [state('a', 'ALARM')], { service })).toEqual({ kind: 'lost', why })
  })
})
