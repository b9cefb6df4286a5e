import { describe, expect, test } from 'vitest'
import { planImage } from '../../../src/commands/deploy/plan-image.ts'
import type { Readers } from '../../../src/commands/readers.ts'
import { lineText } from '../../../src/engine/cards/card-line.ts'
import { fingerprint, planDifferences } from '../../../src/engine/change/plan.ts'
import {
  type AlarmWatch,
  alarmName,
  loadWatch,
  watchIncluded,
  watchOptions,
} from '../../../src/features/deployments/watch/alarms.ts'
import { judgeWatch, type Ours } from '../../../src/features/deployments/watch/judge.ts'
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
