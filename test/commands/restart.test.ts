import { describe, expect, test } from 'vitest'
import { enableExec } from '../../src/commands/exec/enable.ts'
import { restart } from '../../src/commands/restart.ts'
import { lineText } from '../../src/engine/cards/card-line.ts'
import { type Call, fingerprint, type Plan } from '../../src/engine/change/plan.ts'
import { type ImageTags, readImageTags } from '../../src/features/deployments/image-tags.ts'
import type { Service } from '../../src/model/ecs.ts'
import { isRefusal } from '../../src/model/errors.ts'
import { aDeployment, aReader, aService, SAME_IMAGES } from '../builders.ts'

const planned = (service: Service): Plan => {
  const plan = restart.plan({}, { service, tags: SAME_IMAGES })
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const reading = (service: Service | undefined) => aReader({ service: async () => service })
const since = '2026-11-22T03:00:00.000Z'
const ours = (more = {}) =>
  aService({ deployments: [aDeployment({ id: 'ecs-svc/2', createdAt: '2026-11-22T03:00:01.000Z', ...more })] })

test('is one forced deployment, which must not be repeated', () => {
  expect(planned(aService())).toMatchObject({
    size: 4,
    calls: [{ input: { forceNewDeployment: true }, repeatable: false }],
  })
})

test.each([
  [aService({ desired: 0 }), 'has a desired count of 0'],
  [aService({ status: 'DRAINING' }), 'is draining'],
])('is refused where there is nothing to restart (%#)', (service, words) => {
  expect(restart.plan({}, { service, tags: SAME_IMAGES })).toMatchObject({
    kind: 'refusal',
    text: expect.stringContaining(words),
  })
})

describe('while a deployment is in progress', () => {
  const running = aDeployment({ id: 'ecs-svc/9', rolloutState: 'IN_PROGRESS', createdAt: '2026-11-22T02:48:00.000Z' })
  const old = aDeployment({ id: 'ecs-svc/8', status: 'ACTIVE', rolloutState: 'COMPLETED' })
  const refusalOf = (deployments: Service['deployments'], more: Partial<Service> = {}) => {
    const plan = restart.plan({}, { service: aService({ deployments, ...more }), tags: SAME_IMAGES })
    return isRefusal(plan) ? plan : undefined
  }

  test('it is refused, with how long that one runs and what ends it', () => {
    expect(refusalOf([running, old])).toEqual({
      kind: 'refusal',
      text: '*orders-api* cannot be restarted now: a deployment of `orders-api:7` is in progress since <2026-11-22T02:48Z>.',
      hint: 'Wait until it ends, or roll it back; in an emergency use `--break-glass`.',
      offers: [
        { label: 'Roll Back', invocation: 'rollback prod.us-east-1/web/orders-api' },
        { label: 'Deployments', invocation: 'deployments prod.us-east-1/web/orders-api' },
      ],
    })
  })

  test('a first deployment has nothing to roll back to', () => {
    const refusal = refusalOf([running], { createdAt: '2026-11-22T02:48:00.000Z' })
    expect(refusal?.hint).toContain('It is the first one')
    expect(refusal?.offers?.map(({ label }) => label)).toEqual(['Deployments'])
  })

  test.each([
    ['one of which ECS keeps no state, beside older tasks', [{ ...aDeployment(), rolloutState: undefined }, old], true],
    ['a completed one beside older tasks', [aDeployment(), old], true],
    ['a completed one', [aDeployment()], false],
    ['one that failed, beside older tasks', [aDeployment({ rolloutState: 'FAILED' }), old], false],
    ['a completed one beside an inactive one', [aDeployment(), { ...old, status: 'INACTIVE' }], false],
  ])('%s', (_, deployments, isRefused) => {
    expect(refusalOf(deployments as Service['deployments']) !== undefined).toBe(isRefused)
  })

  test('other controllers are refused for what they are', () => {
    expect(refusalOf([running], { controller: 'CODE_DEPLOY' })?.text).toContain('CodeDeploy deploys it')
  })

  test('enabling exec is refused, too', () => {
    const service = aService({ deployments: [running, old] })
    expect(enableExec.plan({}, { service, tags: SAME_IMAGES })).toMatchObject({ kind: 'refusal' })
  })

  test('a set leaves the service out with the reason', () => {
    expect(restart.many?.weigh(aService({ deployments: [running, old] }), {} as never, {} as never)).toMatchObject({
      text: expect.stringContaining('is in progress since'),
    })
  })

  test.each([
    [{ by: 'ci-orders', at: '2026-11-22T02:47:58Z' }, 'Stops the deployment of `orders-api:7`, started by ci-orders'],
    [{ by: 'ci-orders', at: '2026-11-22T02:55:00Z' }, 'Stops the deployment of `orders-api:7`, starter unknown'],
    [undefined, 'Stops the deployment of `orders-api:7`, starter unknown'],
  ])('breaking glass stops it, and the card names whose it is (%#)', async (by, line) => {
    const service = aService({ deployments: [running, old] })
    const read = aReader({ service: async () => service, changedAtAws: async () => by })
    const state = await restart.load({ service: service.ref }, read, { isBreakGlass: true } as never)
    const plan = restart.plan({}, state) as Plan
    expect(plan.losses?.[0]).toBe(line)
    expect(plan.binds).toMatchObject({ deployment: 'ecs-svc/9' })
  })
})

test('a tag that was pushed again deploys another image: the card names it, the risk is high, and consent binds to it', async () => {
  const [old, fresh] = ['a', 'b'].map(digit => `sha256:${digit.repeat(64)}`)
  const image = '111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-api:v7'
  const planFor = async (now: string | undefined): Promise<Plan> => {
    const read = aReader({
      service: async () => aService(),
      serviceDetail: async () => ({ revisions: ['arn'] }) as never,
      revisions: async () => [{ images: [{ container: 'app', image, digest: old }] }] as never,
      digestOf: async () => now,
    })
    const state = await restart.load({ service: aService().ref }, read, {} as never)
    return restart.plan({}, state) as Plan
  }
  const moved = await planFor(fresh)
  expect(moved.changes[1]).toEqual({
    what: 'Image of `app`',
    from: 'orders-api:v7 sha256:aaaaaaaaaaaa',
    to: 'orders-api:v7 sha256:bbbbbbbbbbbb',
  })
  expect(moved.details).toEqual([`Image of app: ${image} ${old} → ${fresh}`])
  expect(moved.risk.level).toBe('high')
  const same = await planFor(old)
  expect(same).toMatchObject({
    losses: ['Replaces all 4 tasks, new ones first'],
    undo: 'nothing to take back: the same version runs',
    risk: { level: 'medium' },
  })
  const unknown = await planFor(undefined)
  expect(unknown).toMatchObject({
    losses: ['The tag of `app` could not be compared: a new image may start', 'Replaces all 4 tasks, new ones first'],
    undo: 'cannot be undone',
    risk: { level: 'medium' },
  })
  expect(new Set([moved, same, unknown].map(fingerprint)).size).toBe(3)
})

describe('the tags of the images', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const tagsOf = (images: readonly object[], revisions = ['arn']) =>
    readImageTags(
      aService().ref,
      aReader({
        serviceDetail: async () => ({ revisions }) as never,
        revisions: async () => [{ images }] as never,
        digestOf: async image => (image === 'known:1' ? digest : undefined),
      }),
    )

  test.each<[string, readonly object[], ImageTags['uncompared']]>([
    ['a pinned image', [{ container: 'app', image: `orders@${digest}` }], []],
    ['a tag that ECR returns', [{ container: 'app', image: 'known:1', digest }], []],
    ['a tag that ECR does not return', [{ container: 'app', image: 'nginx:1', digest }], ['app']],
    ['a deployment without digests', [{ container: 'app', image: 'known:1' }], ['app']],
    ['a deployment without images', [], 'all'],
  ])('%s', async (_, images, uncompared) => {
    expect(await tagsOf(images)).toEqual({ moved: [], uncompared })
  })

  test('a deployment that ECS does not return', async () => {
    expect((await tagsOf([], [])).uncompared).toBe('all')
  })

  test.each<[ImageTags['uncompared'], string]>([
    ['all', 'Its images could not be compared: a new image may start'],
    [['app', 'log'], 'The tags of 2 images could not be compared: new images may start'],
    [['x'.repeat(255)], 'The tag of `xxxxxxxxx…xxxxxxxx` could not be compared: a new image may start'],
  ])('not compared, %s: %s', (uncompared, loss) => {
    const plan = enableExec.plan({}, { service: aService(), tags: { moved: [], uncompared } })
    expect({ losses: isRefusal(plan) ? [] : plan.losses.map(lineText) }).toMatchObject({
      losses: [loss, expect.any(String), expect.any(String)],
    })
  })
})

describe('after a crash', () => {
  const call = planned(aService()).calls[0] as Call
  test.each([
    ['another deployment than before is ours', ours(), true],
    ['the one from before says that it never began', aService(), false],
    ['without the service nobody can tell', undefined, 'unknown'],
  ])('%s', async (_, service, applied) => {
    expect(await restart.applied?.(call, planned(aService()), reading(service))).toBe(applied)
  })
})

test('is no success where ECS rolled it back', async () => {
  const rollback = { reason: 'the circuit breaker tripped', at: '', to: '' }
  const record = {
    id: '',
    arn: '',
    status: 'ROLLBACK_SUCCESSFUL',
    createdAt: '',
    strategy: '',
    from: [],
    to: '',
    rollback,
  }
  const read = aReader({ service: async () => ours(), deployments: async () => [record] })
  expect(await restart.settled?.(planned(aService()), since, since, read)).toEqual({
    status: 'failed',
    text: 'ECS rolled it back.',
    details: ['the circuit breaker tripped'],
  })
})

describe('watching', () => {
  test.each([
    [
      'counts new tasks',
      ours({ rolloutState: 'IN_PROGRESS', running: 2, failed: 1 }),
      { status: 'moving', text: '2/4 new tasks running, 1 failed' },
    ],
    ['ends when it completed', ours(), { status: 'done' }],
    [
      'ends when it failed, with the reason',
      ours({ rolloutState: 'FAILED', rolloutReason: 'tasks failed to start.' }),
      { status: 'failed', details: ['tasks failed to start.'] },
    ],
    ['waits until it began', aService(), { status: 'moving', text: 'the deployment has not started' }],
    ['ends when the service is gone', undefined, { status: 'superseded' }],
  ])('%s', async (_, service, progress) => {
    expect(await restart.settled?.(planned(aService()), since, since, reading(service))).toMatchObject(progress)
  })
})
