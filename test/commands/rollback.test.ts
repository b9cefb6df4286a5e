import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../src/commands/compile-config.ts'
import type { Readers } from '../../src/commands/readers.ts'
import { rollback } from '../../src/commands/rollback/rollback.ts'
import type { Plan } from '../../src/engine/change/plan.ts'
import { decodeConfig } from '../../src/engine/rules/published/decode-config.ts'
import { goalsOf } from '../../src/features/deployments/rollback-goals.ts'
import { elements } from '../../src/kit/messages/markup.ts'
import { LINE_CHARACTERS, linesOfElements } from '../../src/kit/messages/phone.ts'
import type { Service } from '../../src/model/ecs.ts'
import { isRefusal } from '../../src/model/errors.ts'
import type {
  DeploymentRecord,
  ServiceDetail,
  ServiceRevision,
  TaskDefinition,
} from '../../src/model/service-detail.ts'
import { aDeployment, aReader, aRef, aService, aServiceDetail } from '../builders.ts'

const arnOf = (n: number) => `arn:aws:ecs:us-east-1:111122223333:service-revision/web/orders-api/${n}000000000`
const aRevision = (n: number, more: Partial<ServiceRevision> = {}): ServiceRevision => ({
  arn: arnOf(n),
  createdAt: '2026-11-01T00:00:00.000Z',
  taskDefinition: `orders-api:${n}`,
  capacity: 'FARGATE',
  images: [{ container: 'app', image: `registry/orders-api:v${n}`, digest: `sha256:${String(n).repeat(64)}` }],
  settings: [],
  ...more,
})
const aRecord = (n: number, more: Partial<DeploymentRecord> = {}): DeploymentRecord => ({
  id: `dep${n}`,
  arn: `arn:aws:ecs:us-east-1:111122223333:service-deployment/web/orders-api/dep${n}`,
  status: 'SUCCESSFUL',
  createdAt: `2026-11-0${n}T00:00:00.000Z`,
  finishedAt: `2026-11-0${n}T00:10:00.000Z`,
  strategy: 'ROLLING',
  from: n > 5 ? [arnOf(n - 1)] : [],
  to: arnOf(n),
  ...more,
})
const inProgress = (n: number, status = 'IN_PROGRESS'): DeploymentRecord => {
  const { finishedAt: _, ...record } = aRecord(n, { status })
  return record
}
const aDetail = (service: Service, more: Partial<ServiceDetail> = {}): ServiceDetail =>
  aServiceDetail({ service, revisions: [arnOf(7)], deployment: aRecord(7).arn, ...more })

type World = {
  readonly service?: Service
  readonly detail?: Partial<ServiceDetail>
  readonly records?: readonly DeploymentRecord[]
  readonly revisions?: readonly ServiceRevision[]
  readonly read?: Partial<Readers>
}
const ROLE = 'arn:aws:iam::111122223333:role/orders-task'
const aDefinition = (name: string, more: Partial<TaskDefinition> = {}): TaskDefinition => ({
  arn: `arn:aws:ecs:us-east-1:111122223333:task-definition/${name}`,
  isActive: true,
  roles: [ROLE],
  images: [{ container: 'app', image: `registry/orders-api:v${name.split(':')[1]}` }],
  settings: [],
  ...more,
})
/** Each tag points to the image that was deployed under it. */
const digestOf = async (image: string) => `sha256:${image.slice(-1).repeat(64)}`
const reading = ({ service = aService(), detail, records, revisions, read }: World) =>
  aReader({
    serviceDetail: async () => aDetail(service, detail),
    deployments: async () => records ?? [aRecord(7), aRecord(6)],
    revisions: async (_, arns) =>
      (revisions ?? [5, 6, 7, 8].map(n => aRevision(n))).filter(({ arn }) => arns.includes(arn)),
    definition: async (_, name) => aDefinition(name),
    digestOf,
    ...read,
  })

const yaml = readFileSync('quarterdeck.yaml', 'utf8')
const configOf = (text: string) => {
  const compiled = compileConfig(text)
  if (!('config' in compiled)) throw new Error('the example is not valid')
  const config = decodeConfig(JSON.stringify(compiled.config))
  if (config === undefined) throw new Error('what was published cannot be read')
  return config
}
const config = configOf(yaml)

const planned = async (world: World = {}, to?: string, by = config) => {
  const state = await rollback.load({ service: aRef(), to }, reading(world), { config: by } as never)
  return isRefusal(state) ? state : rollback.plan({}, state)
}
const aPlan = async (world: World = {}, to?: string): Promise<Plan> => {
  const plan = await planned(world, to)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}

const BUSY: World = {
  service: aService({
    taskDefinition: 'orders-api:8',
    deployments: [
      aDeployment({ id: 'ecs-svc/8', taskDefinition: 'orders-api:8', rolloutState: 'IN_PROGRESS', running: 1 }),
    ],
  }),
  detail: { revisions: [arnOf(8)], deployment: aRecord(8).arn },
  records: [inProgress(8), aRecord(7), aRecord(6)],
}

test.each([
  ['ROLLING', false],
  ['BLUE_GREEN', true],
])('after its end, a rollback of %s is a new deployment', async (kind, isSaid) => {
  const plan = await aPlan({ detail: { strategy: { kind, least: 100, most: 200, bakeMinutes: 5 } } })
  expect(plan.calls[0]).toMatchObject({ action: 'UpdateService' })
  expect(plan.losses?.includes('No way back at once: a whole new deployment, through all stages')).toBe(isSaid)
})

describe('while a deployment is in progress', () => {
  test('that is stopped, once, by name, and ECS goes back to what ran', async () => {
    expect(await aPlan(BUSY)).toMatchObject({
      title: 'Roll *orders-api* back, *orders-api:8* → *orders-api:7*',
      invocation: 'rollback prod.us-east-1/web/orders-api',
      changes: [{ what: 'Task definition', from: 'orders-api:8', to: 'orders-api:7' }, { what: 'Image of `app`' }],
      calls: [
        {
          action: 'StopServiceDeployment',
          input: { serviceDeploymentArn: inProgress(8).arn, stopType: 'ROLLBACK' },
          resources: [aRef().arn, inProgress(8).arn],
          repeatable: false,
        },
      ],
      role: 'deployer',
    })
  })

  test.each(['BLUE_GREEN', 'LINEAR', 'CANARY'])(
    'of %s: traffic goes back at once, and no task starts',
    async strategy => {
      const plan = await aPlan({ ...BUSY, records: [{ ...inProgress(8), strategy, stage: 'BAKE_TIME' }, aRecord(7)] })
      expect(plan.losses).toContain('Traffic goes back at once: the old tasks still run, none starts')
      expect(plan.risk.reasons[0]).toContain('traffic goes back to the tasks that ran before')
      expect(plan.consequences[0]).toContain('ECS moves traffic back to them and starts none.')
      expect(plan.calls[0]).toMatchObject({ action: 'StopServiceDeployment' })
    },
  )

  test.each([
    ['the clean-up', { strategy: 'BLUE_GREEN', stage: 'CLEAN_UP' }],
    ['ROLLING', { strategy: 'ROLLING' }],
  ])('in %s tasks are replaced again', async (_, more) => {
    const plan = await aPlan({ ...BUSY, records: [{ ...inProgress(8), ...more }, aRecord(7)] })
    expect(plan.losses?.join()).toContain('Replaces the 1 task it started, of 4')
  })

  test('names who started it', async () => {
    const changedAtAws = async () => ({ by: 'ci-orders', at: inProgress(8).createdAt })
    const plan = await aPlan({ ...BUSY, read: { changedAtAws } })
    expect(plan.losses).toContain('ci-orders started what it stops')
  })

  test.each([
    ['with the same image', { digest: `sha256:${'7'.repeat(64)}` }, 'Stops the restart; the same version stays'],
    ['without a digest', {}, 'Stops the restart; its images could not be compared'],
  ])('a restart that is stuck, %s, is stopped', async (_, digest, loss) => {
    const restarted = aRevision(8, {
      taskDefinition: 'orders-api:7',
      images: [{ container: 'app', image: 'registry/orders-api:v7', ...digest }],
    })
    const plan = await aPlan({ ...BUSY, service: aService(), revisions: [aRevision(7), restarted] })
    expect(plan).toMatchObject({
      title: 'Stop the restart of *orders-api*',
      losses: [loss, 'Replaces the 4 tasks it started, of 4'],
      calls: [{ action: 'StopServiceDeployment' }],
    })
    expect(plan.risk.reasons.join()).not.toContain('Older code')
  })

  describe('of the same task definition with other settings of the service', () => {
    const groups = (value: string) => [{ what: 'security groups', value }]
    const network = { taskDefinition: 'orders-api:7', images: aRevision(7).images, settings: groups('sg-2') }
    const world = (more: Partial<ServiceRevision> = network) => ({
      ...BUSY,
      service: aService(),
      revisions: [aRevision(7, { settings: groups('sg-1') }), aRevision(8, more)],
    })

    test('is no restart: the card shows what goes back', async () => {
      expect(await aPlan(world())).toMatchObject({
        title: 'Stop the deployment of *orders-api*',
        changes: [
          { what: 'Deployment of `orders-api:7`', from: 'in progress', to: 'stopped' },
          { what: 'Also: security groups sg-2 → sg-1' },
        ],
        losses: ['Also: security groups sg-2 → sg-1', 'Replaces the 4 tasks it started, of 4'],
        undo: 'deploy the same settings again',
        risk: { level: 'medium' },
        binds: { 'stopped revision': arnOf(8), 'revision that runs again': arnOf(7) },
      })
    })

    test('a restart is one where all settings are equal', async () => {
      expect(await aPlan(world({ ...network, settings: groups('sg-1') }))).toMatchObject({
        title: 'Stop the restart of *orders-api*',
        undo: 'restart again',
      })
    })

    test('of a revision that ECS does not return, the risk is high', async () => {
      const { risk, losses } = await aPlan({ ...world(), revisions: [aRevision(7)] })
      expect(risk.level).toBe('high')
      expect(risk.reasons.join()).toContain('The settings of the service could not be compared')
      expect(losses).not.toContain('Stops the restart; the same version stays')
    })

    test('with another version, both are shown', async () => {
      const { losses = [] } = await aPlan(world({ settings: groups('sg-2') }))
      expect(losses).toContain('Also: security groups sg-2 → sg-1')
      expect(losses.join()).toContain('Older code')
    })
  })

  test('another one that ran before is deployed in its place', async () => {
    const { calls, consequences } = await aPlan(BUSY, '6')
    expect(calls).toMatchObject([
      { action: 'UpdateService', input: { taskDefinition: expect.stringMatching(/orders-api:6$/) } },
    ])
    expect(consequences).toContain('This ends the deployment in progress.')
  })

  test('the first deployment has nothing before it', async () => {
    expect(
      await planned({ ...BUSY, records: [inProgress(8, 'PENDING')].map(one => ({ ...one, from: [] })) }),
    ).toMatchObject({
      kind: 'refusal',
      text: expect.stringContaining('ECS’s history has no deployment before the one in progress'),
    })
  })

  test.each(['ROLLBACK_IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED'])(
    '%s: it is being done already',
    async status => {
      expect(await planned({ ...BUSY, records: [inProgress(8, status), aRecord(7)] })).toMatchObject({
        kind: 'refusal',
        text: expect.stringContaining('is already rolling back'),
      })
    },
  )
})

describe('otherwise', () => {
  test('the last other task definition that was deployed successfully is deployed, with its roles and no others', async () => {
    const plan = await aPlan()
    expect(plan.calls).toEqual([
      {
        service: 'ecs',
        action: 'UpdateService',
        input: {
          cluster: 'web',
          service: aRef().arn,
          taskDefinition: 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:6',
        },
        resources: [aRef().arn],
        passes: [ROLE],
        repeatable: true,
      },
    ])
    expect(plan.invocation).toBe('rollback prod.us-east-1/web/orders-api --to orders-api:6')
    expect(plan.risk).toMatchObject({ level: 'medium', reasons: ['All 4 tasks are replaced', expect.any(String)] })
    expect(plan.changes).toEqual([
      { what: 'Task definition', from: 'orders-api:7', to: 'orders-api:6' },
      {
        what: 'Image of `app`',
        from: 'orders-api:v7 sha256:777777777777',
        to: 'orders-api:v6 sha256:666666666666',
      },
    ])
    expect(plan.consequences).toContain(
      'Last successful deployment on <2026-11-06T00:10Z>; it ran until <2026-11-07T00:10Z>.',
    )
    expect(plan.losses?.at(-1)).toBe('Older code must read newer data; it ran until <2026-11-07T00:10Z>')
  })

  test.each<[string, readonly DeploymentRecord[], string]>([
    [
      'a restart is no step back',
      [aRecord(9, { to: arnOf(7), from: [arnOf(7)] }), aRecord(7), aRecord(6)],
      'orders-api:6',
    ],
    ['nor is what failed', [aRecord(7), aRecord(6, { status: 'STOPPED' }), aRecord(5)], 'orders-api:5'],
    [
      'what a rollback left was deployed successfully',
      [aRecord(7), aRecord(8, { status: 'ROLLBACK_SUCCESSFUL', rollback: { reason: '', at: '', to: arnOf(6) } })],
      'orders-api:6',
    ],
    ['what the oldest deployment replaced ran, too', [aRecord(7)], 'orders-api:6'],
  ])('%s', async (_, records, name) => {
    expect((await aPlan({ records })).invocation).toContain(`--to ${name}`)
  })

  test.each([
    ['6', 'orders-api:6'],
    ['orders-api:5', 'orders-api:5'],
    ['6000000000', 'orders-api:6'],
  ])('a person may name %s', async (to, name) => {
    expect((await aPlan({}, to)).title).toBe(`Roll *orders-api* back, *orders-api:7* → *${name}*`)
  })

  test.each<[string, World, string]>([
    [
      'ran before, until the deployment that replaced it',
      { service: aService(), records: [aRecord(9, { to: arnOf(7) }), aRecord(8), aRecord(6)] },
      'Older code must read newer data; it ran until <2026-11-09T00:10Z>',
    ],
    [
      'a failed deployment and a restart do not replace it',
      {
        service: aService(),
        records: [
          aRecord(9, { to: arnOf(7), finishedAt: '2026-11-12T00:00:00.000Z' }),
          aRecord(6, { status: 'STOPPED' }),
          aRecord(8, { finishedAt: '2026-11-10T00:00:00.000Z' }),
          aRecord(8),
        ],
      },
      'Older code must read newer data; it ran until <2026-11-12T00:00Z>',
    ],
    [
      'runs until the deployment in progress is complete',
      {
        ...BUSY,
        service: aService(),
        detail: { revisions: [arnOf(7)], deployment: aRecord(7).arn },
        records: [inProgress(7), aRecord(8)],
      },
      'Older code runs again: it must read data of newer code',
    ],
  ])('a higher revision number: %s', async (_, world, loss) => {
    const plan = await aPlan(world)
    expect(plan.title).toBe('Roll *orders-api* back, *orders-api:7* → earlier *orders-api:8*')
    expect(plan.losses).toContain(loss)
    expect(linesOfElements(elements(loss), LINE_CHARACTERS - 2)).toBe(2)
  })

  test('capacity, which stays, is said where it was another', async () => {
    const revisions = [aRevision(7), aRevision(6, { capacity: 'FARGATE_SPOT × 1' })]
    expect((await aPlan({ revisions })).consequences).toContainEqual(
      expect.stringContaining('Capacity stays FARGATE; it ran on FARGATE_SPOT × 1 then'),
    )
  })
})

describe('is refused, and says why', () => {
  test.each<[string, World, string | undefined, string]>([
    [
      'a service that CodeDeploy deploys',
      { service: aService({ controller: 'CODE_DEPLOY' }) },
      undefined,
      'CodeDeploy deploys it',
    ],
    [
      'one deployed from outside',
      { service: aService({ controller: 'EXTERNAL' }) },
      undefined,
      'an external controller deploys it',
    ],
    ['one that is going away', { service: aService({ status: 'DRAINING' }) }, undefined, 'is draining'],
    ['an Express service at rest', { service: aService({ isExpress: true }) }, undefined, 'is an Express service'],
    [
      'no other deployment',
      { records: [aRecord(7, { from: [] })] },
      undefined,
      '*orders-api* has nothing to roll back to',
    ],
    ['a service that is gone', { read: { serviceDetail: async () => undefined } }, undefined, 'no longer exists'],
    ['what runs already', {}, '7', 'already runs `orders-api:7`'],
    ['what never ran', {}, '9', 'no successful deployment of `orders-api:9` to *orders-api*'],
    ['another family', {}, 'other:3', 'no successful deployment of `other:3`'],
    ['an id of no revision', {}, '9990000000', 'no successful deployment of `9990000000`'],
    [
      'a task definition that is not there',
      { read: { definition: async () => undefined } },
      '6',
      '`orders-api:6` does not exist',
    ],
    [
      'one that was deregistered',
      { read: { definition: async (_, name) => aDefinition(name, { isActive: false }) } },
      undefined,
      '`orders-api:6` was deregistered',
    ],
  ])('%s', async (_, world, to, text) => {
    expect(await planned(world, to)).toMatchObject({ kind: 'refusal', text: expect.stringContaining(text) })
  })

  test('an account without a role for it', async () => {
    const bare = configOf(yaml.replaceAll(/ {6}deployer: .*\n/g, ''))
    expect(await planned({}, undefined, bare)).toMatchObject({
      kind: 'refusal',
      text: expect.stringContaining('need a deployer role in prod'),
    })
  })
})

test('what was deployed successfully comes newest first, whatever failed between', () => {
  const history = [aRecord(8, { status: 'ROLLBACK_FAILED' }), aRecord(7), aRecord(6)]
  const revisions = [5, 6, 7, 8].map(n => aRevision(n))
  expect(goalsOf({ records: history, revisions, isWhole: true }).map(({ name }) => name)).toEqual([
    'orders-api:7',
    'orders-api:6',
    'orders-api:5',
  ])
})

describe('a revision that never ran is refused, however it is named', () => {
  const failed = aRecord(8, {
    status: 'ROLLBACK_SUCCESSFUL',
    finishedAt: '2026-11-08T00:10:00.000Z',
    rollback: { reason: 'tasks failed to start', at: '', to: arnOf(7) },
  })
  const stopped = aRecord(6, { status: 'STOPPED', reason: 'stopped by a request' })
  test.each<[string, World, string, string]>([
    ['registered by somebody, never deployed', {}, '4', 'no successful deployment of `orders-api:4` to *orders-api*'],
    ['the same by its full name', {}, 'orders-api:4', 'no successful deployment of `orders-api:4`'],
    [
      'a failed one',
      { records: [failed, aRecord(7), aRecord(6)] },
      '8',
      '`orders-api:8` failed when it was deployed to *orders-api* on 2026-11-08 00:10 UTC. ECS: tasks failed to start',
    ],
    [
      'a failed one by the id of its revision',
      { records: [failed, aRecord(7), aRecord(6)] },
      '8000000000',
      'failed when it was deployed',
    ],
    ['a stopped one', { records: [aRecord(7), stopped, aRecord(5)] }, '6', 'ECS: stopped by a request'],
    ['the one that is being deployed', BUSY, '8', 'is being deployed to `orders-api:8` now'],
    [
      'one of two that the oldest deployment replaced: it may have been in progress',
      { records: [aRecord(7, { from: [arnOf(6), arnOf(5)] })] },
      '6',
      'no successful deployment',
    ],
  ])('%s', async (_, world, to, text) => {
    expect(await planned(world, to)).toMatchObject({ kind: 'refusal', text: expect.stringContaining(text) })
  })

  test('more deployments are read before one is refused, and what the oldest of a part replaced is no proof', async () => {
    const many = Array.from({ length: 100 }, (_, at) => aRecord(7, { id: `dep${at}`, from: [arnOf(6)] }))
    const asked: number[] = []
    const read = {
      deployments: async (_: unknown, most: number) => {
        asked.push(most)
        return many.slice(0, most)
      },
    }
    expect(await planned({ read }, '6')).toMatchObject({
      text: 'The last 100 deployments include no successful deployment of `orders-api:6` to *orders-api*.',
    })
    expect(asked).toEqual([20, 100])
    many[50] = aRecord(6)
    expect((await aPlan({ read }, '6')).title).toBe('Roll *orders-api* back, *orders-api:7* → *orders-api:6*')
  })
})

describe('the images on the card are those that will run', () => {
  const imageOf = ({ changes }: Plan) => changes.find(({ what }) => what.startsWith('Image'))?.to

  test('a tag that was pushed again to an image that never ran is refused', async () => {
    const read = { digestOf: async () => `sha256:${'e'.repeat(64)}` }
    expect(await planned({ read })).toMatchObject({
      kind: 'refusal',
      text: '`orders-api:6` would not run what ran before: the tag of `registry/orders-api:v6` now points to `sha256:eeeeeeeeeeee`, and `sha256:666666666666` ran.',
    })
  })

  test('a tag that points to the image that runs now stays allowed', async () => {
    const read = { digestOf: async () => `sha256:${'7'.repeat(64)}` }
    expect(imageOf(await aPlan({ read }))).toBe('orders-api:v6 sha256:777777777777')
  })

  test('a tag that is not resolved says so', async () => {
    const read = { digestOf: async () => undefined }
    expect(imageOf(await aPlan({ read }))).toBe('orders-api:v6 (tag not resolved to a digest; sha256:666666666666 ran)')
  })

  test('also where the same tag is named before and after', async () => {
    const image = { container: 'app', image: 'registry/orders-api:latest' }
    const revisions = [6, 7].map(n => aRevision(n, { images: [image] }))
    const read = {
      definition: async (_: unknown, name: string) => aDefinition(name, { images: [image] }),
      digestOf: async () => undefined,
    }
    expect(imageOf(await aPlan({ revisions, read }))).toBe('orders-api:latest (tag not resolved to a digest)')
  })

  test('another registry or repository is named in full', async () => {
    const image = { container: 'app', image: 'evil.example.com/orders-api:v6', digest: `sha256:${'6'.repeat(64)}` }
    const read = { definition: async (_: unknown, name: string) => aDefinition(name, { images: [image] }) }
    expect(imageOf(await aPlan({ revisions: [aRevision(7), aRevision(6, { images: [image] })], read }))).toMatch(
      /^evil\.example\.com\/orders-api:v6 /,
    )
  })

  test('a deployment that is stopped names them, too', async () => {
    expect((await aPlan(BUSY)).changes).toContainEqual({
      what: 'Image of `app`',
      from: 'orders-api:v8 sha256:888888888888',
      to: 'orders-api:v7 sha256:777777777777',
    })
  })

  test('roles come first under "Also"; of hidden values, only the name is said; the details have all', async () => {
    const settings = {
      'orders-api:7': [
        { what: 'memory', value: '1024' },
        { what: 'task role', value: 'orders-task' },
        { container: 'app', what: 'variable TOKEN', value: 'aa', isHidden: true as const },
      ],
      'orders-api:6': [
        { what: 'memory', value: '2048' },
        { what: 'task role', value: 'administrator' },
        { container: 'app', what: 'variable TOKEN', value: 'bb', isHidden: true as const },
        { container: 'app', what: 'command', value: 'cc', isHidden: true as const },
      ],
    }
    const read = {
      definition: async (_: unknown, name: string) =>
        aDefinition(name, { settings: settings[name as keyof typeof settings] }),
    }
    const { changes, details } = await aPlan({ read })
    const also = [
      'Also: task role orders-task → administrator',
      'Also: memory 1024 → 2048',
      'Also: variable TOKEN of app',
      'Also: command of app (added)',
    ]
    expect(changes.map(({ what }) => what)).toEqual(['Task definition', 'Image of `app`', ...also])
    expect(details).toEqual([
      `Image of app: registry/orders-api:v7 sha256:${'7'.repeat(64)} → registry/orders-api:v6 sha256:${'6'.repeat(64)}`,
      ...also,
    ])
  })

  test('more than a card can show is refused', async () => {
    const settings = Array.from({ length: 400 }, (_, at) => ({
      what: `variable V${at}`,
      value: '',
      isHidden: true as const,
    }))
    const read = {
      definition: async (_: unknown, name: string) =>
        aDefinition(name, { settings: name.endsWith('6') ? settings : [] }),
    }
    expect(await planned({ read })).toMatchObject({ text: expect.stringContaining('more than a card can show') })
  })
})

describe('after a crash around stopping', () => {
  test.each([
    ['IN_PROGRESS', false],
    ['SUCCESSFUL', false],
    ['ROLLBACK_IN_PROGRESS', true],
    ['ROLLBACK_SUCCESSFUL', true],
    ['STOPPED', true],
  ])('%s: %s', async (status, applied) => {
    const plan = await aPlan(BUSY)
    const read = aReader({ deployment: async () => inProgress(8, status) })
    expect(await rollback.applied?.(plan.calls[0] as never, plan, read)).toBe(applied)
  })

  test('without the deployment nobody can tell', async () => {
    const plan = await aPlan(BUSY)
    expect(await rollback.applied?.(plan.calls[0] as never, plan, aReader())).toBe('unknown')
  })
})

describe('watching', () => {
  const look = async (plan: Plan, service: Service | undefined, status = 'IN_PROGRESS') =>
    rollback.settled?.(
      plan,
      '',
      '',
      aReader({ service: async () => service, deployment: async () => inProgress(8, status) }),
    )

  test.each([
    ['ROLLBACK_IN_PROGRESS', 'moving'],
    ['ROLLBACK_SUCCESSFUL', 'done'],
    ['ROLLBACK_FAILED', 'failed'],
    ['STOPPED', 'failed'],
    ['SUCCESSFUL', 'superseded'],
  ])('a stopped deployment that is %s: %s', async (is, status) => {
    expect(await look(await aPlan(BUSY), aService(), is)).toMatchObject({ status })
  })

  test.each([
    ['orders-api:6', 'COMPLETED', 'done'],
    ['orders-api:6', 'IN_PROGRESS', 'moving'],
    ['orders-api:6', 'FAILED', 'failed'],
    ['orders-api:9', 'IN_PROGRESS', 'superseded'],
  ] as const)('%s %s: %s', async (taskDefinition, rolloutState, status) => {
    const deployments = [aDeployment({ id: 'ecs-svc/new', taskDefinition, rolloutState })]
    expect(await look(await aPlan(), aService({ deployments }))).toMatchObject({ status })
  })

  test('a service that is gone', async () => {
    expect(await look(await aPlan(), undefined)).toMatchObject({ status: 'superseded' })
  })
})
