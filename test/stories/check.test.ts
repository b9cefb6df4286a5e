// /ecs check: what is read of ECS and CloudWatch Logs, and what is said of it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { generateServices, PLAIN_SECRET } from '../../sandbox/world/seed.ts'
import { aStory, HUB, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeAll(async () => {
  world = await aStory()
  await world.recur('index')
})
afterAll(() => world.stop())
beforeEach(() => {
  world.clock.advance(60_000)
  world.aws.throttle.reset()
  world.aws.callLog.clear()
})
afterEach(() => world.aws.faults.clear())

/** Calls of ECS and CloudWatch Logs, by how often. */
const asked = () => {
  const counts: Record<string, number> = {}
  for (const { service, action } of world.aws.callLog.list())
    if (['ecs', 'ecr', 'logs'].includes(service)) counts[action] = (counts[action] ?? 0) + 1
  return counts
}
const idsIn = (answer: string) =>
  answer.split('\n').flatMap(line => /^(?:CRITICAL|HIGH|MEDIUM|LOW) {2}.* {2}(\S+)$/.exec(line)?.[1] ?? [])

describe('a service', () => {
  test('is told what was seen, why it matters and how it is mended, the worst first', async () => {
    expect(await world.type('check orders-api')).toMatchInlineSnapshot(`
      "prod.us-east-1/web/orders-api: 6 findings: 1 high, 1 medium, 4 low
      1111-2222-3333 · checked: service, task definition, tasks, logs and cluster
      HIGH  A container can write to its root file system  ECS.5
      • Found: app, envoy
      • Why it matters: An attacker in the container can change the program and leave files.
      • Fix: Register a revision with readonlyRootFilesystem: true, and a volume for files it must write.
      • Conflict ECS Exec is on, and its agent must write to the root file system: AWS does not support both, so choose one.
      MEDIUM  A container runs as root  ECS.20
      • Found: app, envoy
      • Why it matters: An attacker who escapes through a kernel or runtime vulnerability is root on the host.
      • Fix: Register a revision with a non-root user; without one the image’s user applies, usually root.
      LOW  A running image is not scanned  unscanned-image
      • Found: envoy: it is not in Amazon ECR
      • Why it matters: Vulnerabilities found after it was built stay unnoticed.
      • Fix: Turn on scanning for its repository, or pull it through a scanned ECR repository.
      LOW  The task definition has no tags  ECS.15
      • Found: orders-api:7
      • Why it matters: Its owner is unknown, and rules and costs by tag do not cover it.
      • Fix: Tag it with aws ecs tag-resource, and in the template that registers it.
      LOW  An image is referenced by tag only  moving-image
      • Found: app, envoy
      • Why it matters: A tag can be moved: the next task may start an untested image.
      • Fix: Reference images by digest, or make the repository’s tags immutable.
      The 5 worst are shown; 1 more.
      [More]"
    `)
  })

  test('of its environment shows names, and no value goes anywhere', async () => {
    const answer = await world.type('check payments-api')
    expect(answer).toContain('Found: app has AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY')
    expect(answer).toContain('Found: app has STRIPE_SECRET_KEY')
    expect(answer).not.toContain(PLAIN_SECRET)
    expect(JSON.stringify(world.aws.callLog.list().map(({ input }) => input))).not.toContain(PLAIN_SECRET)
  })

  test('by --severity shows those and worse ones', async () => {
    expect(idsIn(await world.type('check payments-api --severity high'))).toEqual([
      'critical-faults',
      'high-faults',
      'ECS.5',
      'ECS.8',
      'env-secrets',
    ])
    expect(idsIn(await world.type('check payments-api --severity Medium --more'))).toHaveLength(6)
    expect(await world.type('check orders-api --severity critical')).toContain(
      'no findings of severity critical or worse',
    )
    expect(await world.type('check payments-api --severity bad')).toContain('bad is not a severity.')
  })

  test('that is named by a task of it, or in full and younger than the index', async () => {
    const [task] = [...world.service('web/search').tasks]
    expect(await world.type(`check ${task?.id}`)).toContain('prod.us-east-1/web/search: ')
    expect(await world.type('check prod.us-east-1/web/search')).toContain('prod.us-east-1/web/search: ')
  })

  test('is meant as a whole', async () => {
    expect(await world.type('check orders-api:app')).toContain('check applies to a whole service.')
  })

  test('that is not there is asked about, and one of several, too: the button keeps --severity', async () => {
    expect(await world.type('check orders-ap --severity high')).toContain('Did you mean orders-api?')
    await world.press('prod.us-east-1/web/orders-api')
    expect(idsIn(world.told('U0REQUEST'))).toEqual(['ECS.5'])
    expect(await world.type('check checkout')).toContain('3 services are named checkout.')
  })
})

describe('a cluster', () => {
  test('has one finding of each kind, with the services that it is about', async () => {
    const answer = await world.type('check prod.us-east-1/jobs --more')
    expect(answer).toContain('1111-2222-3333 · checked: 5 services in 1 cluster')
    expect(answer).toContain('Found: log-shipper (fluent-bit)')
    expect(answer).toContain('Conflict at orders-worker: ECS Exec is on')
    expect(answer).toContain('Found: cluster jobs (logging is NONE, and ECS Exec is on for orders-worker)')
    expect(answer).toContain('Found: reports (/ecs/reports)')
    expect(asked()).toEqual({
      DescribeClusters: 1,
      DescribeServices: 1,
      DescribeTaskDefinition: 5,
      DescribeImageScanFindings: 5,
      ListTasks: 1,
      DescribeTasks: 1,
      DescribeLogGroups: 1,
    })
  })

  test('of which there are several is asked about', async () => {
    expect(await world.type('check prod/web --severity high')).toContain('prod/web matches 2 places')
    await world.press('prod.eu-west-1/web')
    expect(world.told('U0REQUEST')).toContain('checked: 2 services in 1 cluster')
  })

  test('with instances of its own is asked whether scaling in may end them', async () => {
    const group = { autoScalingGroupArn: 'arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:x:jobs' }
    const { capacityProviders = [] } = world.fleet.site(HUB).clusters.get('jobs') ?? {}
    world.fleet.addProvider(HUB, { name: 'kept', group: { ...group, managedTerminationProtection: 'ENABLED' } })
    world.fleet.addProvider(HUB, { name: 'loose', group: { ...group, managedTerminationProtection: 'DISABLED' } })
    capacityProviders.push('kept', 'loose')
    expect(await world.type('check prod.us-east-1/jobs --more')).toContain('Found: cluster jobs (loose)')
    expect(world.calls('DescribeCapacityProviders')).toHaveLength(1)
    capacityProviders.splice(-2)
  })

  test('of which a part cannot be read says why, and the rest answers', async () => {
    world.aws.faults.add({
      match: { action: 'DescribeLogGroups' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'not authorized' },
    })
    world.aws.faults.add({
      match: { action: 'DescribeTaskDefinition', nth: 2 },
      when: 'before',
      effect: { kind: 'error', code: 'ClientException', message: 'Unable to describe task definition.' },
    })
    const answer = await world.type('check prod.us-east-1/jobs --more')
    expect(answer).toContain('checked: 4 services in 1 cluster')
    expect(answer).toMatch(/Unavailable: reading the task definition of \S+: AWS refused it \(ClientException/)
    expect(answer).toContain('Unavailable: reading log groups in us-east-1: AWS denied it')
    expect(idsIn(answer)).toContain('ECS.4')
    expect(idsIn(answer)).not.toContain('endless-logs')
  })
})

describe('the images that run', () => {
  afterEach(() => world.aws.scans.set('orders-api', { status: 'COMPLETE', vulnerabilities: [] }))

  test('are said to have the faults that enhanced scanning found: how many, which, and what is known of them', async () => {
    const answer = await world.type('check payments-api')
    expect(answer).toContain('Found: app has 1, including CVE-2025-15467 (1 with a fix, 1 with a known exploit)')
    expect(answer).toContain(
      'Found: app has 2, including CVE-2026-2100, CVE-2026-3184 (1 with a fix, 0 with a known exploit)',
    )
    expect(world.calls('DescribeImageScanFindings')[0]?.input).toMatchObject({
      repositoryName: 'payments-api',
      imageId: { imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    })
  })

  test('have those of basic scanning, of which no more is known', async () => {
    expect(await world.type('check notifications')).toContain('Found: app has 1, including CVE-2026-1642\n')
  })

  test('that nobody scans are said so, with why: never, no longer, or not in ECR', async () => {
    expect(await world.type('check prod/web/reports --more')).toContain('Found: app: it was never scanned')
    world.aws.scans.set('orders-api', { status: 'SCAN_ELIGIBILITY_EXPIRED', vulnerabilities: [] })
    expect(await world.type('check orders-api')).toContain(
      'Found: app: it is too old to be scanned, envoy: it is not in Amazon ECR',
    )
  })

  test('are counted in full, however many faults there are', async () => {
    const vulnerabilities = Array.from({ length: 1_200 }, (_, n) => ({
      id: `CVE-2026-${n}`,
      severity: 'HIGH' as const,
    }))
    world.aws.scans.set('orders-api', { status: 'COMPLETE', vulnerabilities })
    expect(await world.type('check orders-api')).toContain('app has 1200, including')
  })

  test('of which ECR says nothing leave all else as it is', async () => {
    world.aws.faults.add({
      match: { action: 'DescribeImageScanFindings' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'not authorized' },
    })
    const answer = await world.type('check payments-api')
    expect(answer).toContain('Unavailable: reading the scan of payments-api: AWS denied it')
    expect(idsIn(answer)).toContain('ECS.8')
  })
})

describe('an account', () => {
  test('is told by region and cluster what was seen where', async () => {
    const answer = await world.type('check prod --severity high --more')
    expect(answer).toContain('checked: 14 services in 3 clusters')
    expect(answer).toContain('Found: us-east-1/web/reports (assignPublicIp is ENABLED)')
    expect(answer).toMatch(/Found: eu-west-1\/web\/checkout \(app\); .*; and 9 more/)
  })

  test('of which a cluster cannot be read says why, and the others answer', async () => {
    world.aws.faults.add({
      match: { action: 'DescribeServices' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'not authorized' },
    })
    const answer = await world.type('check prod --more')
    expect(answer).toMatch(/Unavailable: reading services of web: AWS denied it/)
    expect(answer).toMatch(/checked: \d+ services in 3 clusters/)
  })

  test('of which the index could not be refreshed says since when, and why', async () => {
    world.aws.faults.add({
      match: { action: 'ListClusters' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'not authorized' },
      times: 100,
    })
    await world.recur('index')
    world.aws.faults.clear()
    const answer = await world.type('check prod --severity high --more')
    expect(answer).toMatch(/Unavailable: prod in us-east-1, and 1 more places could not be read since .*AWS denied it/)
    expect(answer).toContain('checked: 14 services in 3 clusters')
    await world.recur('index')
  })

  test('is not shown to whom no rule lets see it', async () => {
    expect(await world.type('check prod', { user: 'U0OUTSIDE' })).toContain('is not in Quarterdeck’s configuration')
  })
})

describe('of many services', () => {
  beforeAll(async () => {
    generateServices(world.fleet, 70)
    await world.recur('index')
    world.clock.advance(60_000)
  })
  const servicesAsked = () =>
    new Set(world.calls('DescribeServices').flatMap(({ input }) => (input as { services: string[] }).services))

  test('fifty are looked at, in a bounded number of calls, and the others are a click away', async () => {
    const first = await world.type('check fleet-1 --more')
    expect(first).toContain('checked: 50 services in 1 cluster · page 1 of 2, by name')
    expect(first).toContain('Scans of 10 more images were not checked.')
    expect(first).toContain('20 more services not checked, to limit calls to AWS.')
    expect(first).toContain('[Next 20]')
    expect(asked()).toEqual({
      DescribeClusters: 1,
      DescribeServices: 5,
      DescribeTaskDefinition: 50,
      DescribeImageScanFindings: 40,
      ListTasks: expect.any(Number),
      DescribeTasks: expect.any(Number),
      DescribeLogGroups: 1,
    })
    expect((asked()['ListTasks'] ?? 0) + (asked()['DescribeTasks'] ?? 0)).toBeLessThanOrEqual(10)
    expect(world.aws.callLog.list().filter(({ errorCode }) => errorCode !== undefined)).toEqual([])
    const described = servicesAsked()
    expect(described.size).toBe(50)

    world.clock.advance(60_000)
    world.aws.callLog.clear()
    await world.press('Next 20')
    const second = world.told('U0REQUEST')
    expect(second).toContain('checked: 20 services in 1 cluster · page 2 of 2, by name')
    expect(second).not.toContain('Next')
    expect(asked()).toMatchObject({ DescribeServices: 2, DescribeTaskDefinition: 20 })
    expect(new Set([...described, ...servicesAsked()]).size).toBe(70)
  })

  test('a page goes on with the same severity; one that is not there is refused', async () => {
    expect(await world.type('check fleet-1 --severity critical')).toContain('[Next 20]')
    await world.press('Next 20')
    expect(world.told('U0REQUEST')).toMatch(/no findings of severity critical or worse[\s\S]*page 2 of 2/)
    expect(await world.type('check fleet-1 --page 3')).toBe(
      'prod.us-east-1/fleet-1 has no page 3.\n\nThe last page is 2.',
    )
    expect(await world.type('check orders-api --page 2')).toContain('has no page 2.\n\nLeave out --page.')
    expect(await world.type('check fleet-1 --page 0')).toContain('0 is not a page.')
  })
})
