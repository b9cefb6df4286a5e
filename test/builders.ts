// Small things that tests build their worlds from.

import type { Readers } from '../src/commands/readers.ts'
import type { Card } from '../src/engine/cards/card.ts'
import type { Approval } from '../src/engine/change/approval.ts'
import type { Plan } from '../src/engine/change/plan.ts'
import { emptyBook, type Lease, type LeaseBook } from '../src/engine/leases/book.ts'
import { beginLease, confirmCalls } from '../src/engine/leases/compose.ts'
import type { Value } from '../src/engine/leases/holding.ts'
import type { Capacity } from '../src/features/capacity/load-capacity.ts'
import type { Apply } from '../src/features/cost/apply/load-apply.ts'
import { resizeOf } from '../src/features/cost/apply/resize.ts'
import type { SizeAdvice } from '../src/features/cost/reads.ts'
import type { ImageDeploy } from '../src/features/deployments/deploy-image.ts'
import type { RevisionDeploy } from '../src/features/deployments/deploy-revision.ts'
import type { ImageTags } from '../src/features/deployments/image-tags.ts'
import { type AlarmWatch, LIMITS } from '../src/features/deployments/watch/alarms.ts'
import type { TaskRole } from '../src/features/exec/task-role.ts'
import type { Scaling } from '../src/features/scaling/load-scaling.ts'
import type { Usage } from '../src/features/status/usage.ts'
import type { Actor, Autoscaling, Deployment, Service, ServiceRef, StoppedTask } from '../src/model/ecs.ts'
import { isRefusal } from '../src/model/errors.ts'
import type { DefinitionBase, ServiceDetail } from '../src/model/service-detail.ts'

export const aRef = (ref: Partial<ServiceRef> = {}): ServiceRef => ({
  account: 'prod',
  accountId: '111122223333',
  region: 'us-east-1',
  cluster: 'web',
  service: 'orders-api',
  arn: `arn:aws:ecs:us-east-1:111122223333:service/${ref.cluster ?? 'web'}/${ref.service ?? 'orders-api'}`,
  ...ref,
})

export const aDeployment = (deployment: Partial<Deployment> = {}): Deployment => ({
  id: 'ecs-svc/1234567890123456789',
  status: 'PRIMARY',
  rolloutState: 'COMPLETED',
  taskDefinition: 'orders-api:7',
  desired: 4,
  running: 4,
  pending: 0,
  failed: 0,
  createdAt: '2026-11-01T00:00:00.000Z',
  ...deployment,
})

export const aService = (service: Partial<Service> = {}): Service => ({
  ref: aRef(),
  status: 'ACTIVE',
  scheduling: 'REPLICA',
  controller: 'ECS',
  createdAt: '2026-01-01T00:00:00.000Z',
  desired: 4,
  running: service.desired ?? 4,
  pending: 0,
  taskDefinition: 'orders-api:7',
  graceSeconds: 0,
  isExpress: false,
  tags: {},
  capacity: 'FARGATE',
  events: [],
  deployments: [aDeployment()],
  ...service,
})

/** A rolling deployment behind no load balancer, without alarms. */
export const aServiceDetail = (detail: Partial<ServiceDetail> = {}): ServiceDetail => ({
  service: aService(),
  strategy: { kind: 'ROLLING', least: 100, most: 200, bakeMinutes: 0 },
  alarms: [],
  alarmsRollBack: false,
  isExecEnabled: false,
  placement: [],
  isRebalancing: false,
  securityGroups: [],
  subnets: 3,
  hasPublicIp: false,
  targetGroups: [],
  latticeGroups: [],
  events: [],
  revisions: [],
  ...detail,
})

/** Nothing is there but what a test says. */
export const aReader = (more: Partial<Readers> = {}): Readers => ({
  index: async () => ({ refs: [], places: [] }),
  servicesIn: async () => [],
  tagsIn: async () => ({}),
  taskOwners: async () => ({ tasks: [], isPartial: false }),
  task: async () => undefined,
  halted: async () => undefined,
  service: async () => undefined,
  servicesOf: async () => [],
  advice: async () => ({ kind: 'advice', sizes: [], idle: [], problems: [] }),
  adviceOn: async () => ({ kind: 'advice', sizes: [], idle: [], problems: [] }),
  use: async () => [],
  stoppedTasks: async () => [],
  protectedTasks: async () => [],
  autoscaling: async () => undefined,
  scalableTarget: async () => undefined,
  scalingPolicies: async () => [],
  scheduledActions: async () => [],
  scalingActivities: async () => [],
  forecast: async () => ({ load: [], capacity: [] }),
  loadByHour: async () => [],
  requestLabels: async () => [],
  managedBy: async () => undefined,
  changedAtAws: async () => undefined,
  callsAtAws: async () => ({ calls: [], isPartial: false }),
  actionLog: async () => ({ kind: 'off' }),
  suspendedServices: async () => [],
  scalingPast: async () => ({ activities: [], isPartial: false }),
  fargate: async () => undefined,
  logTask: async () => undefined,
  runSite: async () => undefined,
  logTasks: async () => ({ tasks: [], isPartial: false }),
  liveTail: async () => undefined,
  sessionGroups: async () => [],
  logLines: async () => ({ kind: 'lines', lines: [], isPartial: false }),
  serviceDetail: async () => undefined,
  runningTasks: async () => ({ tasks: [], isPartial: false }),
  deployment: async () => undefined,
  deployments: async () => [],
  revisions: async () => [],
  definition: async () => undefined,
  definitionTags: async () => ({}),
  deployCalls: async () => [],
  registerCalls: async () => [],
  digestOf: async () => undefined,
  definitionBase: async () => undefined,
  newestRevision: async () => 0,
  registered: async () => 'unknown',
  imageFacts: async () => undefined,
  rolesThere: async () => ({ missing: [], unread: [] }),
  secretsThere: async () => ({ missing: [], unread: [] }),
  logGroupsThere: async () => ({ missing: [], unread: [] }),
  hosts: async () => [],
  imagesMade: async () => new Map(),
  alarms: async () => [],
  targetHealth: async () => [],
  execSessions: async () => [],
  taskRole: async () => aTaskRole(),
  endpoints: async () => undefined,
  grantTags: async () => [],
  execSite: async () => ({ clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/web', tasks: [] }),
  latticeHealth: async () => [],
  counts: async () => ({ counts: new Map(), unread: [] }),
  traffic: async () => [],
  requests: async () => undefined,
  callers: async () => [],
  usage: async () => aUsage(),
  capacity: async () => undefined,
  provider: async () => undefined,
  secretsOf: async () => [],
  taskFit: async () => ({
    name: 'orders-api:7',
    cpu: 512,
    memory: 1_024,
    compatibilities: [],
    networkMode: 'awsvpc',
    isWindows: false,
    architecture: 'X86_64',
  }),
  vcpuRoom: async () => ({}),
  drainSeconds: async () => undefined,
  calls: () => ({}),
  clusterPostures: async () => [],
  servicePostures: async () => [],
  definitionPosture: async () => Promise.reject(new Error('no task definition')),
  tasksIn: async () => ({ tasks: [], isPartial: false }),
  endlessLogs: async () => [],
  imageLoading: async () => undefined,
  imageScan: async () => ({ kind: 'unscanned', why: 'it was never scanned' }),
  ...more,
})

/** Nothing was measured, unless a test says so. */
export const aUsage = (usage: Partial<Usage> = {}): Usage => ({
  source: 'service',
  cpu: { average: [], most: [] },
  memory: { average: [], most: [] },
  from: Date.parse('2026-11-22T00:00:00Z'),
  until: Date.parse('2026-11-22T03:00:00Z'),
  ...usage,
})

/** Between 4 and 10 tasks, CPU kept at 60 %. */
export const anAutoscaling = (autoscaling: Partial<Autoscaling> = {}): Autoscaling => ({
  arn: 'arn:aws:application-autoscaling:us-east-1:111122223333:scalable-target/0ec51a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d',
  createdAt: '2026-01-02T00:00:00.000Z',
  min: 4,
  max: 10,
  suspended: { in: false, out: false, scheduled: false },
  policies: [{ name: 'cpu', kind: 'target tracking', says: 'keeps CPU at 60%', scalesIn: true, scalesOut: true }],
  schedules: [],
  ...autoscaling,
})

export const aScaling = (scaling: Partial<Scaling> = {}): Scaling => ({
  service: aService(),
  protectedTasks: [],
  callers: [],
  now: '2026-11-22T03:00:00.000Z',
  ...scaling,
})

/** The tags of all images mean what runs. */
export const SAME_IMAGES: ImageTags = { moved: [], uncompared: [] }

export const aStoppedTask = (task: Partial<StoppedTask> = {}): StoppedTask => ({
  id: 'b99d40b351764f719a529dbd6f1cebef',
  createdAt: '2026-11-22T03:00:10.000Z',
  stoppedAt: '2026-11-22T03:00:40.000Z',
  stopCode: 'EssentialContainerExited',
  reason: 'Essential container in task exited',
  containers: [{ name: 'app', exitCode: 137 }],
  ...task,
})

export const anActor = (actor: Partial<Actor> = {}): Actor => ({
  team: 'T0QUARTER',
  user: 'U0REQUEST',
  name: 'requester',
  ...actor,
})

type CardParts = Partial<Omit<Card, 'plan' | 'stage'>> & {
  readonly plan?: Partial<Plan>
  readonly approval?: Partial<Approval>
}

/** A request to scale orders-api from 6 to 0 at low risk, which waits for one approval of S0ONCALL. */
export const aCard = ({ plan, approval, ...card }: CardParts = {}): Card => ({
  operation: '8fac260597f64d1c9a3e',
  plan: {
    kind: 'plan',
    command: 'scale',
    invocation: 'scale prod.us-east-1/web/orders-api 0',
    target: aRef(),
    title: 'Scale *orders-api* 6 → 0',
    changes: [],
    risk: { level: 'low', reasons: [] },
    size: 6,
    tasks: 0,
    losses: ['All 6 tasks stop; nothing answers'],
    undo: 'scale to 6, ~90 s',
    now: { at: '2026-11-22T03:00:00.000Z', health: 'healthy', load: 212, alarms: [], deployment: '' },
    consequences: [],
    offers: [],
    calls: [],
    binds: {},
    drifts: {},
    ...plan,
  },
  requester: anActor(),
  corporateId: 'requester@example.com',
  askedIn: 'C0OPS',
  rule: 'approval rule 1',
  configVersion: '1',
  ...card,
  stage: {
    kind: 'waiting',
    approval: {
      operation: '8fac260597f64d1c9a3e',
      version: 1,
      requester: anActor(),
      quorum: 1,
      approvers: ['S0ONCALL'],
      maySelfApprove: false,
      ruleNumber: 1,
      askedAt: '2026-11-22T03:00:00.000Z',
      expiresAt: '2026-11-22T04:00:00.000Z',
      remindMinutes: 10,
      fingerprint: '',
      votes: [],
      ...approval,
    },
  },
})

/** A minimum of 8 for three hours, an hour of them over. */
export const aLease = (lease: Partial<Lease> = {}): Lease => ({
  operation: '8fac260597f64d1c9a3e',
  holding: { kind: 'floor', min: 8 },
  holder: anActor(),
  begun: '2026-11-22T02:00:00.000Z',
  until: '2026-11-22T05:00:00.000Z',
  ...lease,
})

/** These leases, begun one after the other where `found` is what was there before them. */
export const aBook = (found: Value, ...leases: readonly Lease[]): LeaseBook =>
  leases.reduce(
    (book, lease) =>
      confirmCalls(beginLease(book, lease, book.held[lease.holding.kind]?.set ?? found), lease.operation),
    emptyBook(aRef()),
  )

/** One that ECS Exec can work with, and no more. */
export const aTaskRole = (role: Partial<TaskRole> = {}): TaskRole => ({
  name: 'orders-task',
  denied: [],
  unsure: [],
  mayChangeRights: false,
  mayNearlyAll: false,
  policies: { names: ['ecs-exec'] },
  unread: [],
  ...role,
})

/** A service of four tasks on Fargate in a cluster with Fargate and Fargate Spot. */
export const aCapacity = ({
  service = aService(),
  ...more
}: Partial<Capacity['service']> & { service?: Service } = {}): Capacity['service'] => ({
  detail: aServiceDetail({ service }),
  ...(service.strategy === undefined && { launchType: 'FARGATE' }),
  providers: ['FARGATE', 'FARGATE_SPOT'].map(name => ({ name, type: name, status: 'ACTIVE', isAttached: true })),
  attached: ['FARGATE', 'FARGATE_SPOT'],
  defaultStrategy: [],
  isAttaching: false,
  fit: {
    name: 'orders-api:7',
    cpu: 512,
    memory: 1_024,
    compatibilities: ['EC2', 'FARGATE'],
    networkMode: 'awsvpc',
    isWindows: false,
    architecture: 'X86_64',
    stopSeconds: 60,
  },
  ...more,
})

export const aCapacityState = (state: Partial<Capacity> = {}): Capacity => ({
  service: aCapacity(),
  split: new Map([['FARGATE', 4]]),
  isPartial: false,
  rooms: { onDemand: { quota: 100, used: 2 }, spot: { quota: 100, used: 0 } },
  tags: SAME_IMAGES,
  isProduction: true,
  longestMinutes: 2_880,
  presets: {},
  interruptions: 0,
  unread: [],
  now: '2026-11-22T03:00:00.000Z',
  ...state,
})

const REPOSITORY = '111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-api'
export const imageDigest = (digit: string): string => `sha256:${digit.repeat(64)}`

/** The task definition `orders-api:7` with one container. */
export const aBase = (base: Partial<DefinitionBase> = {}): DefinitionBase => ({
  arn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:7',
  isActive: true,
  roles: ['orders-api-task', 'ecs-execution'].map(name => `arn:aws:iam::111122223333:role/${name}`),
  images: [{ container: 'app', image: `${REPOSITORY}:v7` }],
  settings: [],
  family: 'orders-api',
  revision: 7,
  hash: 'f'.repeat(64),
  essential: ['app'],
  secrets: [],
  logGroups: [],
  architecture: 'X86_64',
  isWindows: false,
  isPrivileged: false,
  cpu: '512',
  memory: '1024',
  sizes: [{ name: 'app', cpu: 512, memory: 1_024 }],
  compatibilities: ['FARGATE'],
  tagKeys: [],
  ...base,
})

const deploying = () => ({
  service: aService(),
  from: undefined,
  base: aBase(),
  checks: { missing: [], unknown: [] },
  now: '2026-11-22T03:00:00.000Z',
})

/** The deployment of `v8` over `v7`. */
export const anImageDeploy = (state: Partial<ImageDeploy> = {}): ImageDeploy => ({
  ...deploying(),
  kind: 'image',
  version: 'v8',
  container: 'app',
  isNamed: false,
  before: { container: 'app', image: `${REPOSITORY}:v7`, digest: imageDigest('7') },
  image: { repository: REPOSITORY, tag: 'v8', digest: imageDigest('8') },
  isPlatformKnown: true,
  tags: SAME_IMAGES,
  newest: 7,
  ...state,
})

/** A watch of one alarm, which goes back to `orders-api:7`. */
export const aWatch = (plan: Partial<AlarmWatch['plan']> = {}): AlarmWatch => ({
  plan: {
    minutes: 20,
    alarms: ['orders-5xx'],
    to: 'orders-api:7',
    images: [imageDigest('7')],
    back: {
      service: 'ecs',
      action: 'UpdateService',
      input: { cluster: aRef().cluster, service: aRef().arn, taskDefinition: aBase().arn },
      resources: [aRef().arn],
      passes: aBase().roles,
      repeatable: true,
    },
    ...plan,
  },
  unwatched: [],
})

/** Half of the CPU and half of the memory of one container, with peaks of a fifth so far. */
export const anAdvice = (advice: Partial<SizeAdvice> = {}): SizeAdvice => ({
  arn: aRef().arn,
  ...{ finding: 'Overprovisioned', reasons: ['CPUOverprovisioned'], definition: 'orders-api:7' },
  ...{ cpu: 512, memory: 1_024, cpuPeak: 20, memoryPeak: 20 },
  containers: [{ name: 'app', cpu: 512, memory: 1_024 }],
  options: [
    {
      ...{ cpu: 256, memory: 512, containers: [{ name: 'app', cpu: 256, memory: 512 }] },
      ...{ cpuPeak: { low: 40, high: 42 }, memoryPeak: { low: 40, high: 42 } },
      saving: { money: { currency: 'USD', amount: 36 }, percent: 50 },
    },
  ],
  source: 'CostExplorerRightsizing',
  tags: {},
  ...advice,
})

/** The first recommendation for orders-api in production. */
export const anApply = ({ asked = {}, ...state }: Partial<Apply> = {}): Apply => {
  const common = { ...deploying(), ...state }
  const advice = state.advice ?? anAdvice()
  const resize = resizeOf(advice, common.base, asked)
  if (isRefusal(resize)) throw new Error(resize.text)
  return {
    ...common,
    ...{ advice, resize, asked, tracked: [], max: 4, isProduction: true, tags: SAME_IMAGES, newest: 7 },
    watch: aWatch({ limits: LIMITS, alarms: [], minutes: 60 }),
    ...state,
  }
}

export const aRevisionDeploy = (state: Partial<RevisionDeploy> = {}): RevisionDeploy => ({
  ...deploying(),
  kind: 'revision',
  definition: aBase({ revision: 8, arn: aBase().arn.replace(/7$/, '8') }),
  name: 'orders-api:8',
  images: [{ container: 'app', image: `${REPOSITORY}:v8`, digest: imageDigest('8') }],
  ...state,
})
