import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../src/commands/compile-config.ts'
import { deploy } from '../../src/commands/deploy/deploy.ts'
import type { Readers } from '../../src/commands/readers.ts'
import { type Plan, planDifferences } from '../../src/engine/change/plan.ts'
import { decodeConfig } from '../../src/engine/rules/published/decode-config.ts'
import type { Service } from '../../src/model/ecs.ts'
import { isRefusal } from '../../src/model/errors.ts'
import type { DefinitionBase, ServiceRevision } from '../../src/model/service-detail.ts'
import { aBase, aDeployment, aReader, aRef, aService, aServiceDetail, imageDigest } from '../builders.ts'

const REPOSITORY = '111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-api'
const EXAMPLE = readFileSync('quarterdeck.yaml', 'utf8')
const configOf = (text: string) => {
  const compiled = compileConfig(text)
  if (!('config' in compiled)) throw new Error(compiled.problems.join())
  const config = decodeConfig(JSON.stringify(compiled.config))
  if (config === undefined) throw new Error('what was published cannot be read')
  return config
}
const config = configOf(EXAMPLE)
const allowing = (rule: string) => configOf(`${EXAMPLE}\ndeploy: { from: [${rule}] }\n`)

const ENVOY = { container: 'envoy', image: 'public.ecr.aws/envoy:v1' }
const REVISION: ServiceRevision = {
  arn: 'revision',
  createdAt: '2026-11-01T00:00:00.000Z',
  taskDefinition: 'orders-api:7',
  capacity: 'FARGATE',
  images: [{ container: 'app', image: `${REPOSITORY}:v7`, digest: imageDigest('7') }],
  settings: [],
}

type World = {
  readonly service?: Partial<Service>
  readonly base?: Partial<DefinitionBase>
  readonly revision?: Partial<ServiceRevision>
  readonly read?: Partial<Readers>
  readonly by?: typeof config
}

/** Tags in ECR end with a digit, of which their digest is made. */
const imageFacts: Readers['imageFacts'] = async image =>
  image.startsWith('111122223333') && !image.includes('gone')
    ? {
        digest: /@(sha256:\w+)$/.exec(image)?.[1] ?? imageDigest(image.at(-1) ?? ''),
        pushedAt: '2026-11-22T02:48:00.000Z',
      }
    : image.includes('gone')
      ? 'missing'
      : undefined

const planned = async (
  version: string,
  { service, base, revision, read, by = config }: World = {},
  container?: string,
) => {
  const readers = aReader({
    serviceDetail: async () => aServiceDetail({ service: aService(service), revisions: ['revision'] }),
    revisions: async () => [{ ...REVISION, ...revision }],
    definitionBase: async (_, name) =>
      name === 'orders-api:7'
        ? aBase(base)
        : aBase({
            revision: 8,
            arn: aBase().arn.replace(/7$/, '8'),
            images: [{ container: 'app', image: `${REPOSITORY}:v8` }],
          }),
    newestRevision: async () => 9,
    imageFacts,
    ...read,
  })
  const asker = { config: by, facts: { now: '2026-11-22T03:00:00.000Z' } }
  const state = await deploy.load({ service: aRef(), version, container }, readers, asker as never)
  return isRefusal(state) ? state : deploy.plan({}, state)
}
const aPlan = async (version: string, world?: World, container?: string): Promise<Plan> => {
  const plan = await planned(version, world, container)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}

describe('a tag', () => {
  test('is its digest, in a new revision that the service then runs', async () => {
    expect(await aPlan('v8')).toMatchObject({
      title: 'Deploy *orders-api* v7 → v8',
      invocation: 'deploy prod.us-east-1/web/orders-api v8',
      role: 'deployer',
      risk: { level: 'medium' },
      losses: ['app 7777…77 → 8888…88, 12 min old', 'Replaces all 4 tasks, new ones first'],
      undo: 'deploy orders-api:7 again',
      takeBack: 'deploy prod.us-east-1/web/orders-api orders-api:7',
      stop: 'rollback prod.us-east-1/web/orders-api',
      calls: [
        {
          action: 'RegisterTaskDefinition',
          input: { base: aBase().arn, images: { app: `${REPOSITORY}:v8@${imageDigest('8')}` } },
          resources: ['arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:*'],
          passes: aBase().roles,
          repeatable: false,
        },
        { action: 'UpdateService', takes: { field: 'taskDefinition', from: 0 }, repeatable: true },
      ],
      binds: { deployment: aDeployment().id, revision: 'orders-api:7', images: [imageDigest('8')] },
    })
  })

  test('that moved since the approval is another plan', async () => {
    const before = await aPlan('v8')
    const read = { imageFacts: async () => ({ digest: imageDigest('9') }) }
    const now = await aPlan('v8', { read })
    expect(planDifferences(before, now).join()).toContain(imageDigest('9'))
  })

  test('that runs now with another digest says so', async () => {
    const read = { imageFacts: async () => ({ digest: imageDigest('9'), pushedAt: '2026-11-20T03:00:00.000Z' }) }
    const plan = await aPlan('v7', { read })
    expect(plan.losses?.[0]).toBe('app 7777…77 → 9999…99, same tag, new image, 2 days old')
    expect(plan.title).toBe('Deploy *orders-api* 7777…77 → 9999…99')
  })

  test('of the image that runs is refused, with a restart', async () => {
    expect(await planned('v7')).toMatchObject({
      text: '*orders-api* already runs this image: `v7` has the same digest.',
      offers: [{ invocation: 'restart prod.us-east-1/web/orders-api' }],
    })
  })

  test('that ECR does not have is refused', async () => {
    expect(await planned('gone')).toMatchObject({ text: `Amazon ECR has no image \`${REPOSITORY}:gone\`.` })
  })

  test('beside a digest that it does not mean is refused', async () => {
    const image = `${REPOSITORY}:v8@${imageDigest('9')}`
    expect(await planned(image)).toMatchObject({ text: 'The tag `v8` does not mean this digest.' })
    expect((await aPlan(`${REPOSITORY}:v8@${imageDigest('8')}`)).title).toBe('Deploy *orders-api* v7 → v8')
    const foreign = `docker.io/orders:v8@${imageDigest('9')}`
    const plan = await aPlan(foreign, { base: { images: [{ container: 'app', image: 'docker.io/orders:v7' }] } })
    expect(plan.calls[0]?.input).toMatchObject({ images: { app: `docker.io/orders@${imageDigest('9')}` } })
  })

  test('in a registry whose digests cannot be read is refused; a digest is not', async () => {
    const world = { base: { images: [{ container: 'app', image: 'docker.io/library/orders:v7' }] } }
    expect(await planned('v8', world)).toMatchObject({ text: expect.stringContaining('could not be read') })
    const plan = await aPlan(imageDigest('8'), world)
    expect(plan.calls[0]?.input).toMatchObject({ images: { app: `docker.io/library/orders@${imageDigest('8')}` } })
  })
})

describe('a container', () => {
  const two: World = {
    base: { images: [...aBase().images, ENVOY], essential: ['app', 'envoy'] },
    revision: { images: [...REVISION.images, { ...ENVOY, digest: imageDigest('e') }] },
  }

  test('of several is named, else they are offered', async () => {
    expect(await planned('v8', two)).toMatchObject({
      text: '*orders-api* has 2 containers: which one runs this image?',
      offers: [
        { invocation: 'deploy prod.us-east-1/web/orders-api v8 --container app' },
        { invocation: 'deploy prod.us-east-1/web/orders-api v8 --container envoy' },
      ],
    })
    expect(await planned('v8', two, 'nginx')).toMatchObject({ text: '*orders-api* has no container `nginx`.' })
    const plan = await aPlan('v8', two, 'app')
    expect(plan.invocation).toBe('deploy prod.us-east-1/web/orders-api v8 --container app')
    expect(plan.losses).toContain('The tag of `envoy` could not be compared: a new image may start')
  })

  test('that is not named is the essential one, or the one with this repository', async () => {
    const one = { ...two, base: { ...two.base, essential: ['app'] } }
    expect((await aPlan('v8', one)).calls[0]?.input['images']).toHaveProperty('app')
    expect((await aPlan(`${REPOSITORY}:v8`, two)).calls[0]?.input['images']).toHaveProperty('app')
  })

  test('whose tag was pushed again makes the risk high', async () => {
    const plan = await aPlan('v8', { ...two, read: { digestOf: async () => imageDigest('f') } }, 'app')
    expect(plan.risk.level).toBe('high')
    expect(plan.losses?.slice(0, 2)).toEqual(['app 7777…77 → 8888…88, 12 min old', 'envoy eeee…ee → ffff…ff, same tag'])
    expect(plan.binds['images']).toEqual([imageDigest('8'), imageDigest('f')])
  })
})

describe('an image of another repository', () => {
  const OTHER = '111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-hotfix:v8'

  test('is refused', async () => {
    expect(await planned(OTHER)).toMatchObject({ text: expect.stringContaining('may not run images of') })
    expect(await planned('evil.example.com/orders-api:v8')).toMatchObject({ kind: 'refusal' })
    expect(await planned(`${REPOSITORY}-x:v8`)).toMatchObject({ kind: 'refusal' })
  })

  test.each([
    ["{ repositories: ['111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-*'] }", true],
    ["{ repositories: ['111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-*'], targets: ['web/orders-api'] }", true],
    ["{ repositories: ['111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-*'], targets: ['jobs/*'] }", false],
    ["{ repositories: ['111122223333.dkr.ecr.us-east-1.amazonaws.com/*-hot'] }", false],
    ["{ repositories: ['111122223333.dkr.ecr.us-east-1.amazonaws.com/team/*'] }", false],
  ])('is allowed by %s: %s, and then the risk is high', async (rule, isAllowed) => {
    const plan = await planned(OTHER, { by: allowing(rule) })
    expect(isRefusal(plan)).toBe(!isAllowed)
    if (!isRefusal(plan)) {
      expect(plan.risk.level).toBe('high')
      expect(plan.losses?.[0]).toMatchObject({ text: expect.stringContaining('from') })
    }
  })

  test('a rule cannot allow any registry', () => {
    expect(compileConfig(`${EXAMPLE}\ndeploy: { from: [{ repositories: ['*/orders'] }] }\n`)).toHaveProperty('problems')
  })
})

describe('before anybody is asked', () => {
  test('an image for another platform is refused', async () => {
    const read = { imageFacts: async () => ({ digest: imageDigest('8'), platforms: ['linux/arm64'] }) }
    expect(await planned('v8', { read })).toMatchObject({
      text: 'This image is for linux/arm64, and the tasks run on linux/amd64: they would not start.',
    })
    expect(isRefusal(await planned('v8', { read, base: { architecture: 'ARM64' } }))).toBe(false)
  })

  test('what is missing is refused, and what cannot be looked for is unknown', async () => {
    const missing = async () => ({ missing: ['arn:aws:ssm:us-east-1:1:parameter/orders/url'], unread: [] })
    expect(await planned('v8', { read: { secretsThere: missing } })).toMatchObject({
      text: 'Tasks of *orders-api* could not start: the secret `parameter/orders/url` does not exist.',
    })
    const unread = async () => ({ missing: [], unread: ['one', 'two'] })
    expect((await aPlan('v8', { read: { rolesThere: unread } })).consequences.join()).toContain('2 roles')
  })

  test('the findings of its scan are on the card', async () => {
    const scan = { kind: 'scanned', critical: 2, high: 1, faults: [] } as const
    const plan = await aPlan('v8', { read: { imageScan: async () => scan } })
    expect(plan.losses).toContain('Its scan found 2 critical and 1 high vulnerabilities')
  })

  test.each([
    ['Express services', { service: { isExpress: true } }, 'Express'],
    ['services of CodeDeploy', { service: { controller: 'CODE_DEPLOY' } }, 'CodeDeploy'],
    ['services of task sets', { service: { controller: 'EXTERNAL' } }, 'external controller'],
    ['tags that grant shell access', { base: { tagKeys: ['Quarterdeck:exec'] } }, 'grants shell access'],
    ['privileged containers', { base: { isPrivileged: true } }, 'privileged'],
  ] as const)('%s are refused', async (_, world, text) => {
    expect(await planned('v8', world)).toMatchObject({ text: expect.stringContaining(text) })
  })

  test.each(['orders', `${REPOSITORY}`, 'http://x'])('%s is no image', async text => {
    expect(await planned(text, { read: { imageFacts: async () => 'missing' } })).toMatchObject({ kind: 'refusal' })
  })
})

describe('a revision', () => {
  test('of the family is deployed as it is', async () => {
    expect(await aPlan('orders-api:8')).toMatchObject({
      title: 'Deploy *orders-api*, *orders-api:7* → *orders-api:8*',
      invocation: 'deploy prod.us-east-1/web/orders-api orders-api:8',
      calls: [{ action: 'UpdateService', input: { taskDefinition: expect.stringMatching(/orders-api:8$/) } }],
    })
  })

  test.each([
    ['that runs', 'orders-api:7', {}, 'already runs `orders-api:7`'],
    ['of another family', 'search:8', {}, 'family `orders-api`'],
    [
      'that does not exist',
      'orders-api:8',
      { definitionBase: async (_: unknown, name: string) => (name === 'orders-api:7' ? aBase() : undefined) },
      'does not exist',
    ],
    [
      'that was deregistered',
      'orders-api:8',
      { definitionBase: async (_: unknown, name: string) => aBase({ isActive: name === 'orders-api:7' }) },
      'was deregistered',
    ],
    [
      'with an image of another repository',
      'orders-api:8',
      {
        definitionBase: async (_: unknown, name: string) =>
          aBase(name === 'orders-api:7' ? {} : { images: [{ container: 'app', image: 'evil.example.com/x:1' }] }),
      },
      'may not run images of `evil.example.com/x`',
    ],
    [
      'with another container of an unknown repository',
      'orders-api:8',
      {
        definitionBase: async (_: unknown, name: string) =>
          aBase(name === 'orders-api:7' ? {} : { images: [...aBase().images, ENVOY] }),
      },
      'may not run images of `public.ecr.aws/envoy`',
    ],
  ])('%s is refused', async (_, version, read, text) => {
    expect(await planned(version, { read })).toMatchObject({ text: expect.stringContaining(text) })
  })

  test('with another role and capability says so first', async () => {
    const settings = (role: string, privileged: string) => [
      { what: 'task role', value: role },
      { what: 'privileged', container: 'app', value: privileged },
      { what: 'variable TOKEN', container: 'app', value: 'x', isHidden: true as const },
    ]
    const read = {
      definitionBase: async (_: unknown, name: string) =>
        name === 'orders-api:7'
          ? aBase({ settings: settings('a', 'false') })
          : aBase({ revision: 8, settings: settings('b', 'true') }),
    }
    const plan = await aPlan('orders-api:8', { read })
    expect(plan.risk).toEqual({
      level: 'high',
      reasons: [
        'All 4 tasks are replaced',
        'Tasks start with a role that does not run now',
        'It changes what containers reach and may do: privileged of app',
      ],
    })
    expect(plan.losses).toContain('Also: task role a → b, privileged of app false → true')
  })
})

test('what was registered is found by a reader; the update of the service is never asked for', async () => {
  const plan = await aPlan('v8')
  const asked: unknown[] = []
  const read = aReader({
    registered: async (_, registration, after) => {
      asked.push(registration, after)
      return { registered: 'arn' }
    },
  })
  expect(await deploy.applied?.(plan.calls[0] as never, plan, read)).toEqual({ registered: 'arn' })
  expect(asked).toEqual([plan.calls[0]?.input, 9])
})
