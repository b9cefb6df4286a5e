// Plans of /ecs gate continue and /ecs gate rollback.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../src/commands/compile-config.ts'
import { continueGate } from '../../src/commands/gate/continue.ts'
import { rollbackGate } from '../../src/commands/gate/rollback.ts'
import type { Readers } from '../../src/commands/readers.ts'
import type { Plan } from '../../src/engine/change/plan.ts'
import { fingerprint } from '../../src/engine/change/plan.ts'
import { sessionPolicy } from '../../src/engine/change/session-policy.ts'
import { isRefusal, type Refusal, RemoteError } from '../../src/model/errors.ts'
import type { DeploymentRecord, ServiceRevision, TaskDefinition } from '../../src/model/service-detail.ts'
import { aReader, aRef, aService, aServiceDetail } from '../builders.ts'

const NOW = '2026-11-22T03:00:00.000Z'
const HOOK = 'ecs-pause-e7tK9G_WRJqNF'
const RECORD: DeploymentRecord = {
  id: 'd8',
  arn: 'arn:aws:ecs:us-east-1:111122223333:service-deployment/web/orders-api/d8',
  status: 'IN_PROGRESS',
  createdAt: '2026-11-22T02:50:00.000Z',
  stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  strategy: 'BLUE_GREEN',
  from: ['old'],
  to: 'new',
  traffic: 0,
  hooks: [
    {
      id: HOOK,
      type: 'PAUSE',
      status: 'AWAITING_ACTION',
      expiresAt: '2026-11-22T04:00:00.000Z',
      onTimeout: 'ROLLBACK',
    },
  ],
}
const hook = (more: object) => ({ hooks: (RECORD.hooks ?? []).map(one => ({ ...one, ...more })) })

const revision = (arn: string, version: number): ServiceRevision => ({
  arn,
  createdAt: NOW,
  taskDefinition: `orders-api:${version}`,
  capacity: 'FARGATE',
  images: [{ container: 'app', image: `registry/orders-api:v${version}`, digest: `sha256:${`${version}`.repeat(64)}` }],
  settings: [],
})
const definition = (name: string): TaskDefinition => ({
  arn: `arn:aws:ecs:us-east-1:111122223333:task-definition/${name}`,
  isActive: true,
  roles: [],
  images: [],
  settings: [],
})

const compiled = compileConfig(readFileSync('quarterdeck.yaml', 'utf8'))
if (!('config' in compiled)) throw new Error('the example is not valid')
const { config } = compiled
const asker = { config, facts: { now: NOW }, store: { get: async () => undefined } } as never

type World = { readonly record?: Partial<DeploymentRecord>; readonly read?: Partial<Readers> }

const reading = ({ record = {}, read }: World): Readers =>
  aReader({
    serviceDetail: async () => aServiceDetail({ service: aService(), deployment: RECORD.arn }),
    deployment: async () => ({ ...RECORD, ...record }),
    revisions: async (_, arns) => [revision('old', 7), revision('new', 8)].filter(({ arn }) => arns.includes(arn)),
    definition: async (_, name) => definition(name),
    ...read,
  })

const load = (world: World, id = HOOK) =>
  continueGate.load({ service: aRef(), hook: id }, reading(world), asker) as Promise<unknown>
const planned = async (world: World = {}, command = continueGate): Promise<Plan> => {
  const state = await load(world)
  const plan = isRefusal(state) ? state : command.plan({}, state)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const refused = async (world: World, id?: string): Promise<string> => ((await load(world, id)) as Refusal).text

describe('continue', () => {
  test('is one call, once, with its action, on the gate role', async () => {
    const plan = await planned()
    expect(plan).toMatchObject({
      title: 'Send traffic to *orders-api* *v8*',
      invocation: `gate continue prod.us-east-1/web/orders-api ${HOOK}`,
      role: 'gate',
      isUnlocked: true,
      calls: [
        {
          action: 'ContinueServiceDeployment',
          input: { serviceDeploymentArn: RECORD.arn, hookId: HOOK, action: 'CONTINUE' },
          resources: [aRef().arn, RECORD.arn],
          repeatable: false,
        },
      ],
      losses: [
        'Continue: v8 goes 0 → 100 % of the traffic',
        'v8: 0/4 running, health not reported',
        'app 7777…77 → 8888…88',
      ],
    })
    expect(sessionPolicy(plan.calls)).toContain('ecs:ContinueServiceDeployment')
  })

  test('binds to the hook, the stage, the deployment and what it releases', async () => {
    const before = fingerprint(await planned())
    expect(fingerprint(await planned())).toBe(before)
    for (const record of [{ stage: 'POST_SCALE_UP' }, { arn: `${RECORD.arn}x` }, { to: 'other' }])
      expect(fingerprint(await planned({ record }))).not.toBe(before)
    expect(fingerprint(await planned({ record: hook({ onTimeout: 'CONTINUE' }) }))).toBe(before)
  })

  test.each([
    ['RECONCILE_SERVICE', 'BLUE_GREEN', 'Start the deployment of', 'gets no production traffic yet'],
    ['PRE_SCALE_UP', 'ROLLING', 'Start tasks of', '4 tasks are replaced by v8'],
    ['POST_SCALE_UP', 'ROLLING', 'Finish the deployment of', 'Only v8 runs now; Continue: it stays'],
    ['POST_SCALE_UP', 'BLUE_GREEN', 'Send test traffic to', 'gets no production traffic yet'],
    ['POST_TEST_TRAFFIC_SHIFT', 'CANARY', 'Continue the deployment of', 'gets no production traffic yet'],
    ['PRE_PRODUCTION_TRAFFIC_SHIFT', 'CANARY', 'Send traffic to', 'v8 has 0 % of the traffic now; Continue: more'],
    ['POST_PRODUCTION_TRAFFIC_SHIFT', 'LINEAR', 'Keep traffic on', 'keeps 0 % of the traffic'],
  ])('at %s of %s', async (stage, strategy, title, loss) => {
    const plan = await planned({ record: { stage, strategy } })
    expect(plan.title).toBe(`${title} *orders-api* *v8*`)
    expect(plan.losses?.[0]).toContain(loss)
  })

  test('with health and revisions that cannot be read says so, and is a high risk', async () => {
    const none = async () => Promise.reject(new RemoteError('no', { code: 'AccessDenied', passing: false }))
    const plan = await planned({ read: { runningTasks: none, revisions: async () => [] } })
    expect(plan.losses).toEqual([
      'Continue: new version goes 0 → 100 % of the traffic',
      'new version: health unknown',
      'Its images and settings could not be compared',
    ])
    expect(plan.risk.level).toBe('high')
  })

  test.each([
    ['the one with the most tasks', ['new-7', 'new-6'], 'app 7777…77 → 8888…88', 'v7; also replaces v6'],
    ['one of another version', ['new-8', 'new-6'], 'app 6666…66 → 8888…88', 'v6; also replaces v8'],
    ['one that ECS returns', ['new-7', 'gone'], 'app 7777…77 → 8888…88', 'v7; also replaces an unknown version'],
  ])('that replaces several versions is compared with %s, and says so', async (_, from, image, words) => {
    const known = [revision('new', 8), ...[6, 7, 8].map(version => revision(`new-${version}`, version))].toReversed()
    const revisions = async (_ref: object, arns: readonly string[]) => known.filter(({ arn }) => arns.includes(arn))
    const { losses = [] } = await planned({ record: { from }, read: { revisions } })
    expect(losses.slice(2)).toEqual([image, `Compared with ${words}`])
  })

  test('whose largest source ECS does not return could not be compared', async () => {
    const { losses, risk } = await planned({ record: { from: ['gone', 'old'] } })
    expect(losses?.[2]).toBe('app unknown → 8888…88')
    expect(risk.level).toBe('high')
  })

  test.each([
    ['another hook', {}, 'ecs-pause-other', 'No deployment of *orders-api* has this gate.'],
    ['a hook that runs a function', hook({ type: 'AWS_LAMBDA' }), HOOK, 'This hook does not wait for a person.'],
    ['one that was continued', hook({ status: 'SUCCEEDED' }), HOOK, 'Continued outside Quarterdeck.'],
    ['one that was rolled back', hook({ status: 'FAILED' }), HOOK, 'Rolled back outside Quarterdeck.'],
    [
      'one that timed out',
      hook({ status: 'TIMED_OUT' }),
      HOOK,
      'Nobody answered in time: ECS rolls the deployment back.',
    ],
    ['one after its time', hook({ expiresAt: NOW }), HOOK, 'Nobody answered in time: ECS rolls the deployment back.'],
    ['a deployment that was stopped', { status: 'ROLLBACK_IN_PROGRESS' }, HOOK, 'The deployment is being rolled back.'],
  ])('%s is refused', async (_, record, id, text) => {
    expect(await refused({ record }, id)).toBe(text)
  })

  test('without a gate role is refused', async () => {
    const accounts = config.accounts.map(one => ({ ...one, roles: { ...one.roles, gate: undefined } }))
    const state = await continueGate.load({ service: aRef(), hook: HOOK }, reading({}), {
      ...(asker as object),
      config: { ...config, accounts },
    } as never)
    expect((state as Refusal).text).toBe('Gates need a gate role in prod, and the configuration has none.')
  })
})

test('a rollback is the same call with the other action', async () => {
  expect(await planned({}, rollbackGate)).toMatchObject({
    title: 'Roll back *orders-api* *v8* at its gate',
    risk: { level: 'medium' },
    calls: [{ input: { hookId: HOOK, action: 'ROLLBACK' }, repeatable: false }],
  })
})

describe('after a lost answer', () => {
  test.each([
    ['SUCCEEDED', true, 'unknown'],
    ['FAILED', 'unknown', true],
    ['AWAITING_ACTION', false, false],
    ['TIMED_OUT', 'unknown', 'unknown'],
  ])('a hook that is %s', async (status, continued, rolledBack) => {
    const read = reading({ record: hook({ status }) })
    for (const [command, expected] of [
      [continueGate, continued],
      [rollbackGate, rolledBack],
    ] as const) {
      const plan = await planned({}, command)
      const [call] = plan.calls
      expect(call && (await command.applied?.(call, plan, read))).toBe(expected)
    }
  })
})

test('an answer is done when the hook is, and says which gates still wait', async () => {
  const plan = await planned()
  const settled = (record: Partial<DeploymentRecord>) => continueGate.settled?.(plan, NOW, NOW, reading({ record }))
  expect(await settled({})).toMatchObject({ status: 'moving' })
  expect(await settled(hook({ status: 'SUCCEEDED' }))).toEqual({ status: 'done', text: 'The deployment continues.' })
  expect(await settled(hook({ status: 'FAILED' }))).toMatchObject({ status: 'superseded' })
  const [first] = RECORD.hooks ?? []
  if (first === undefined) throw new Error('no hook')
  expect(
    await settled({
      hooks: [
        { ...first, status: 'SUCCEEDED' },
        { ...first, id: 'ecs-pause-2' },
      ],
    }),
  ).toEqual({
    status: 'done',
    text: 'It waits at 1 more gate.',
  })
})
