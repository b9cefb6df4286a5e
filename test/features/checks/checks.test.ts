// Every check, with what makes it fail; what is as it should be passes all of them.
import { describe, expect, test } from 'vitest'
import { atLeast, type Check, flawsOf, worstFirst } from '../../../src/features/checks/check.ts'
import { clusterChecks } from '../../../src/features/checks/cluster-checks.ts'
import { definitionChecks } from '../../../src/features/checks/definition-checks.ts'
import { imageChecks } from '../../../src/features/checks/image-checks.ts'
import type { ClusterPosture, ContainerPosture, RunningTask, Workload } from '../../../src/features/checks/posture.ts'
import { serviceChecks } from '../../../src/features/checks/service-checks.ts'
import { SEVERITIES } from '../../../src/kit/language/severity.ts'
import { aRef } from '../../builders.ts'

const aContainer = (container: Partial<ContainerPosture> = {}): ContainerPosture => ({
  name: 'app',
  image: 'registry:5000/orders@sha256:abc',
  user: '1000:1000',
  isPrivileged: false,
  isRootReadOnly: true,
  hasLogs: true,
  hasHealthCheck: true,
  environment: ['STAGE', 'TOKEN_TTL', 'SECRET_ARN', 'PASSWORD_FILE', 'COMPASS'],
  ...container,
})

const aTask = (digest: string, zone: string, definition = 'orders-api:7'): RunningTask => ({
  id: 't',
  service: 'orders-api',
  definition,
  zone,
  containers: [{ name: 'app', image: 'orders:v7', digest }],
})

type Parts = {
  readonly service?: Partial<Workload['service']>
  readonly definition?: Partial<Workload['definition']>
  readonly container?: Partial<ContainerPosture>
  readonly tasks?: Workload['tasks']
  readonly endlessLogs?: readonly string[]
  readonly scans?: Workload['scans']
}

const aWorkload = ({ service, definition, container, tasks, endlessLogs = [], scans = [] }: Parts = {}): Workload => ({
  service: {
    ref: aRef(),
    definition: 'orders-api:7',
    desired: 2,
    hasPublicIp: false,
    publicTaskSets: [],
    platform: 'LATEST',
    hasExec: false,
    hasCircuitBreaker: true,
    isBalanced: true,
    openGates: [],
    providers: [],
    tags: ['team'],
    ...service,
  },
  definition: {
    name: 'orders-api:7',
    isWindows: false,
    networkMode: 'awsvpc',
    pidMode: '',
    taskRole: 'orders-task',
    executionRole: 'ecs-execution',
    containers: [aContainer(container)],
    logGroups: [],
    plainVolumes: [],
    tags: ['team'],
    ...definition,
  },
  tasks: tasks ?? [aTask('sha256:a', 'us-east-1a'), aTask('sha256:a', 'us-east-1b')],
  endlessLogs,
  scans,
})

const aCluster = (cluster: Partial<ClusterPosture> = {}): ClusterPosture => ({
  account: 'prod',
  accountId: '111122223333',
  region: 'us-east-1',
  cluster: 'web',
  insights: 'enhanced',
  execLogging: 'DEFAULT',
  execServices: [],
  unprotectedProviders: [],
  tags: ['team'],
  ...cluster,
})

const workloadChecks: readonly Check<Workload>[] = [...imageChecks, ...definitionChecks, ...serviceChecks]
const sightingsOf = (workload: Workload, checks = workloadChecks) =>
  Object.fromEntries(
    flawsOf(checks, [{ where: 'orders-api', subject: workload }]).map(({ id, sightings }) => [
      id,
      sightings.flatMap(({ what }) => what),
    ]),
  )

test('what is as it should be passes', () => {
  expect(sightingsOf(aWorkload())).toEqual({})
})

const fault = (id: string, hasExploit = false) => ({ id, severity: 'CRITICAL', hasFix: true, hasExploit })

const failing: readonly (readonly [string, Parts, readonly string[]])[] = [
  ['ECS.2', { service: { hasPublicIp: true } }, ['`assignPublicIp` is `ENABLED`']],
  ['ECS.3', { definition: { pidMode: 'host' } }, ['`orders-api:7`']],
  ['ECS.4', { container: { isPrivileged: true } }, ['`app`']],
  ['ECS.5', { container: { isRootReadOnly: false } }, ['`app`']],
  ['ECS.8', { container: { environment: ['AWS_ACCESS_KEY_ID'] } }, ['`app` has `AWS_ACCESS_KEY_ID`']],
  [
    'ECS.8',
    { container: { environment: ['AWS_SECRET_ACCESS_KEY', 'ECS_ENGINE_AUTH_DATA', 'X'] } },
    ['`app` has `AWS_SECRET_ACCESS_KEY`, `ECS_ENGINE_AUTH_DATA`'],
  ],
  ['ECS.9', { container: { hasLogs: false } }, ['`app`']],
  ['ECS.10', { service: { platform: '1.3.0' } }, ['platform version `1.3.0`']],
  ['ECS.13', { service: { tags: [] } }, ['no tags']],
  ['ECS.15', { definition: { tags: [] } }, ['`orders-api:7`']],
  ['ECS.16', { service: { publicTaskSets: ['ecs-svc/1'] } }, ['`ecs-svc/1`']],
  ['ECS.17', { definition: { networkMode: 'host' } }, ['`orders-api:7`']],
  ['ECS.18', { definition: { plainVolumes: ['uploads'] } }, ['`uploads`']],
  ['ECS.20', { container: { user: 'root' } }, ['`app`']],
  ['ECS.20', { container: { user: '0:0' } }, ['`app`']],
  ['ECS.21', { definition: { isWindows: true }, container: { user: 'ContainerAdministrator' } }, ['`app`']],
  ['no-circuit-breaker', { service: { hasCircuitBreaker: false } }, ['the circuit breaker is off']],
  [
    'stuck-deployment',
    { service: { stuck: 'minimumHealthyPercent 50, maximumPercent 150' } },
    ['minimumHealthyPercent 50, maximumPercent 150'],
  ],
  ['open-gate', { service: { openGates: ['POST_SCALE_UP'] } }, ['at `POST_SCALE_UP`']],
  ['spot-alone', { service: { providers: ['FARGATE_SPOT'], desired: 1 } }, ['one task, on `FARGATE_SPOT`']],
  ['one-zone', { tasks: [aTask('a', 'z1'), aTask('a', 'z1')] }, ['all 2 in `z1`']],
  ['different-images', { tasks: [aTask('a', 'z1'), aTask('b', 'z2')] }, ['`app` runs 2 images']],
  ['no-health-check', { service: { isBalanced: false }, container: { hasHealthCheck: false } }, ['`orders-api:7`']],
  ['exec-cannot-work', { service: { hasExec: true } }, ['`app` is read-only']],
  ['endless-logs', { endlessLogs: ['/ecs/orders'] }, ['`/ecs/orders`']],
  ['latest-image', { container: { image: 'registry:5000/orders' } }, ['`app`']],
  ['latest-image', { container: { image: 'orders:latest' } }, ['`app`']],
  ['moving-image', { container: { image: 'registry:5000/orders:v7' } }, ['`app`']],
  ['one-role', { definition: { taskRole: 'ecs-execution' } }, ['`ecs-execution`']],
  [
    'critical-faults',
    {
      scans: [
        {
          container: 'app',
          scan: { kind: 'scanned', critical: 2, high: 0, faults: [fault('CVE-1'), fault('CVE-2', true)] },
        },
      ],
    },
    ['`app` has 2, including `CVE-2`, `CVE-1` (2 with a fix, 1 with a known exploit)'],
  ],
  [
    'high-faults',
    {
      scans: [
        {
          container: 'app',
          scan: { kind: 'scanned', critical: 0, high: 9, faults: [{ id: 'CVE-3', severity: 'HIGH' }] },
        },
      ],
    },
    ['`app` has 9, including `CVE-3`'],
  ],
  [
    'unscanned-image',
    { scans: [{ container: 'app', scan: { kind: 'unscanned', why: 'it was never scanned' } }] },
    ['`app`: it was never scanned'],
  ],
  ['env-secrets', { container: { environment: ['STRIPE_SECRET_KEY'] } }, ['`app` has `STRIPE_SECRET_KEY`']],
]

test.each(failing)('%s fails, and nothing else does: %j', (id, parts, what) => {
  expect(sightingsOf(aWorkload(parts))).toEqual({ [id]: what })
})

test.each([
  'DB_PASSWORD',
  'GITHUB_TOKEN',
  'apiKey',
  'SMTP_PASS',
  'PRIVATE_KEY_2',
  'AZURE_CREDENTIALS',
  'AWS_SESSION_TOKEN',
])('%s is named like a secret', name => {
  expect(Object.keys(sightingsOf(aWorkload({ container: { environment: [name] } })))).toEqual(['env-secrets'])
})

test('a user that nobody said is root, and on Windows the administrator', () => {
  const { user: _, ...nobody } = aContainer()
  expect(Object.keys(sightingsOf(aWorkload({ definition: { containers: [nobody] } })))).toEqual(['ECS.20'])
  expect(Object.keys(sightingsOf(aWorkload({ definition: { isWindows: true, containers: [nobody] } })))).toEqual([
    'ECS.21',
  ])
})

test('passes on Windows what is about Linux: a root file system that can be written', () => {
  const windows = { isWindows: true }
  const container = { user: 'ContainerUser', isRootReadOnly: false }
  expect(sightingsOf(aWorkload({ definition: windows, container, service: { platform: '1.0.0' } }))).toEqual({})
})

test('of what is not known, or not the service’s own, nothing is said', () => {
  const { platform: _, hasCircuitBreaker: __, ...service } = aWorkload().service
  expect(sightingsOf({ ...aWorkload({ tasks: [] }), service })).toEqual({})
})

test('tasks of different revisions may run different images', () => {
  const tasks = [aTask('a', 'z1'), aTask('b', 'z2', 'orders-api:6')]
  expect(sightingsOf(aWorkload({ tasks }))).toEqual({})
})

test('what the fix of a finding would break is said: a read-only root file system, and ECS Exec', () => {
  const writable = { container: { isRootReadOnly: false } }
  const conflictsOf = (parts: Parts) =>
    flawsOf(workloadChecks, [{ where: 'orders-api', subject: aWorkload(parts) }]).map(({ id, conflicts }) => [
      id,
      ...conflicts.map(({ text, at }) => `${at}: ${text}`),
    ])
  expect(conflictsOf(writable)).toEqual([['ECS.5']])
  expect(conflictsOf({ ...writable, service: { hasExec: true } })).toEqual([
    ['ECS.5', expect.stringMatching(/^orders-api: ECS Exec is on/)],
  ])
})

describe('a cluster', () => {
  const seen = (cluster: Partial<ClusterPosture> = {}) =>
    flawsOf(clusterChecks, [{ where: 'web', subject: aCluster(cluster) }]).map(({ id, sightings }) => [
      id,
      ...sightings.flatMap(({ what }) => what),
    ])

  test('as it should be passes', () => {
    expect(seen()).toEqual([])
    expect(seen({ insights: 'enabled', execLogging: 'OVERRIDE', execServices: ['orders-api'] })).toEqual([])
    expect(seen({ execLogging: 'NONE' })).toEqual([])
  })

  test.each<readonly [string, Partial<ClusterPosture>, string]>([
    ['ECS.12', { insights: 'disabled' }, '`containerInsights` is `disabled`'],
    ['ECS.14', { tags: [] }, 'no tags'],
    ['ECS.19', { unprotectedProviders: ['asg'] }, '`asg`'],
    [
      'unlogged-exec',
      { execLogging: 'NONE', execServices: ['a', 'b', 'c', 'd'] },
      'logging is `NONE`, and ECS Exec is on for `a`, `b`, `c` and 1 more',
    ],
  ])('%s fails: %j', (id, cluster, what) => {
    expect(seen(cluster)).toEqual([[id, what]])
  })
})

describe('the table', () => {
  const all: readonly Omit<Check<unknown>, 'seen' | 'conflict'>[] = [...workloadChecks, ...clusterChecks]

  test('says of each check once what is wrong, why it matters, and what to do', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    for (const { why, fix, title } of all) {
      expect(title).not.toMatch(/\.$/)
      expect(why).toMatch(/\.$/)
      expect(fix).toMatch(/\.$/)
    }
  })

  test('has a test of each check that fails', () => {
    const tested = new Set(failing.map(([id]) => id))
    expect(workloadChecks.map(({ id }) => id).filter(id => !tested.has(id))).toEqual([])
  })
})

describe('findings', () => {
  const many = [
    { where: 'a', subject: aWorkload({ service: { tags: [] }, container: { isPrivileged: true } }) },
    { where: 'b', subject: aWorkload({ service: { tags: [] } }) },
  ]
  const flaws = worstFirst(flawsOf([...serviceChecks, ...definitionChecks], many))

  test('of many services are one each, the worst first', () => {
    expect(flaws.map(({ id, sightings }) => [id, ...sightings.map(({ where }) => where)])).toEqual([
      ['ECS.4', 'a'],
      ['ECS.13', 'a', 'b'],
    ])
  })

  test.each(SEVERITIES.map(severity => [severity] as const))('at least %s', severity => {
    const worst = { critical: 0, high: 1, medium: 1, low: 2 }
    expect(atLeast(severity, flaws)).toHaveLength(worst[severity])
  })
})
