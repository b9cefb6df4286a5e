// Every operation that answers in pages is read to its end, or is listed with the reason why one page is enough.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Readers } from '../../src/commands/readers.ts'
import type { Config } from '../../src/engine/rules/config.ts'
import { createSessions } from '../../src/gateways/aws/identity/sessions.ts'
import { createReaders } from '../../src/gateways/aws/readers.ts'
import { createExecGate } from '../../src/gateways/exec/exec-gate.ts'
import { createQuickStore } from '../../src/gateways/quick-store.ts'
import { createStore } from '../../src/gateways/store.ts'
import type { Account } from '../../src/model/account.ts'
import { aRef } from '../builders.ts'
import { loadModules, type Modules, operationsIn, operationsInUse, tokensOf } from './paged-operations.ts'

const ref = aRef({ service: 'checkout' })
const account = {
  id: ref.accountId,
  name: ref.account,
  regions: [ref.region],
  roles: { operator: 'operator', revert: 'revert' },
} as unknown as Account
const config = { accounts: [account], redaction: { emails: false, patterns: [] } } as unknown as Config
const keys = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c', expiration: new Date(8.64e15) }
const arn = (rest: string): string => `arn:aws:ecs:${ref.region}:${ref.accountId}:${rest}`
const id = (letter: string): string => letter.repeat(32)
const taskArn = (letter: string): string => arn(`task/${ref.cluster}/${id(letter)}`)
const digest = `sha256:${'0'.repeat(64)}`
const image = `${ref.accountId}.dkr.ecr.${ref.region}.amazonaws.com/checkout@${digest}`

type Input = Readonly<Record<string, unknown>>
type Output = Readonly<Record<string, unknown>>

/** `shown`: what only the second page has, and the result must have. `answers`: of other operations, by their names. */
type Case = {
  readonly of: string
  readonly what: string
  readonly read: (read: Readers) => Promise<unknown>
  readonly pages: readonly [Output, Output]
  readonly shown: string
  readonly answers?: Readonly<Record<string, (input: Input) => Output>>
}

const describeTasks = ({ tasks = [], cluster }: Input): Output => ({
  tasks: (tasks as readonly string[]).map(task => ({
    taskArn: task.startsWith('arn:') ? task : arn(`task/${cluster}/${task}`),
    group: `service:${ref.service}`,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    taskDefinitionArn: arn('task-definition/checkout:1'),
    containers: [{ name: 'app', runtimeId: 'runtime' }],
  })),
})
const aService = { serviceName: ref.service, serviceArn: ref.arn, status: 'ACTIVE', deployments: [] }
const ecs = {
  DescribeTasks: describeTasks,
  DescribeServices: () => ({ services: [aService] }),
  DescribeClusters: () => ({ clusters: [{ clusterName: ref.cluster, capacityProviders: ['one', 'two'] }] }),
  DescribeTaskDefinition: () => ({ taskDefinition: { containerDefinitions: [{ name: 'app' }] } }),
}

const listed = (what: string, read: Case['read'], answers: Case['answers'] = ecs): Case => ({
  of: 'ecs:ListTasks',
  what,
  read,
  pages: [{ taskArns: [taskArn('a')] }, { taskArns: [taskArn('b')] }],
  shown: id('b'),
  answers,
})

const day = { from: '2026-11-30T00:00:00.000Z', until: '2026-11-30T12:00:00.000Z' }

/** Action logs of the cluster, which go to the log group /actions. */
const vended = (() => {
  const source = {
    name: 's',
    logType: 'ACTION_LOGS',
    resourceArns: [ref.arn.replace(/:service\/.*$/, `:cluster/${ref.cluster}`)],
  }
  const delivery = { deliverySourceName: 's', deliveryDestinationArn: 'd' }
  const destination = {
    arn: 'd',
    deliveryDestinationConfiguration: { destinationResourceArn: 'arn:aws:logs:us-east-1:1:log-group:/actions' },
  }
  const answers = {
    DescribeDeliverySources: () => ({ deliverySources: [source] }),
    DescribeDeliveries: () => ({ deliveries: [delivery] }),
    DescribeDeliveryDestinations: () => ({ deliveryDestinations: [destination] }),
  }
  return { source, delivery, destination, answers }
})()

const CASES: readonly Case[] = [
  {
    of: 'application-auto-scaling:DescribeScalingPolicies',
    what: 'the scaling policies',
    read: read => read.scalingPolicies(ref),
    pages: [{ ScalingPolicies: [{ PolicyName: 'one' }] }, { ScalingPolicies: [{ PolicyName: 'two' }] }],
    shown: 'two',
  },
  {
    of: 'application-auto-scaling:DescribeScheduledActions',
    what: 'the scheduled actions',
    read: read => read.scheduledActions(ref),
    pages: [
      { ScheduledActions: [{ ScheduledActionName: 'one' }] },
      { ScheduledActions: [{ ScheduledActionName: 'two' }] },
    ],
    shown: 'two',
  },
  {
    of: 'cloudformation:ListStackResources',
    what: 'the resources of a stack',
    read: read => read.managedBy(ref, { 'aws:cloudformation:stack-name': 'catalog' }),
    pages: [
      { StackResourceSummaries: [{ LogicalResourceId: 'Other', PhysicalResourceId: 'other' }] },
      { StackResourceSummaries: [{ LogicalResourceId: 'Api', PhysicalResourceId: ref.arn }] },
    ],
    answers: { GetTemplate: () => ({ TemplateBody: 'Resources:\n  Api:\n    Properties:\n      DesiredCount: 4\n' }) },
    shown: 'DesiredCount',
  },
  {
    of: 'cloudtrail:LookupEvents',
    what: 'who changed a service',
    read: read => read.changedAtAws(ref, 'UpdateService', '2026-11-30T00:00:00Z'),
    pages: [
      { Events: [] },
      {
        Events: [
          {
            CloudTrailEvent: JSON.stringify({
              userIdentity: { arn: 'arn:aws:iam::1:user/ada' },
              requestParameters: { service: ref.arn },
              eventTime: '2026-11-30T01:00:00Z',
            }),
          },
        ],
      },
    ],
    shown: 'ada',
  },
  {
    of: 'cloudwatch:DescribeAlarms',
    what: 'alarms by name',
    read: read => read.alarms(ref, ['one', 'two']),
    pages: [{ MetricAlarms: [{ AlarmName: 'one' }] }, { MetricAlarms: [{ AlarmName: 'two' }] }],
    shown: 'two',
  },
  {
    of: 'cloudwatch-logs:DescribeDeliverySources',
    what: 'the sources of action logs',
    read: read => read.actionLog(ref, day),
    pages: [{ deliverySources: [] }, { deliverySources: [vended.source] }],
    answers: { ...vended.answers, DescribeDeliverySources: () => ({}) },
    shown: '/actions',
  },
  {
    of: 'cloudwatch-logs:DescribeDeliveries',
    what: 'the deliveries of action logs',
    read: read => read.actionLog(ref, day),
    pages: [{ deliveries: [] }, { deliveries: [vended.delivery] }],
    answers: vended.answers,
    shown: '/actions',
  },
  {
    of: 'cloudwatch-logs:DescribeDeliveryDestinations',
    what: 'the destinations of action logs',
    read: read => read.actionLog(ref, day),
    pages: [{ deliveryDestinations: [] }, { deliveryDestinations: [vended.destination] }],
    answers: vended.answers,
    shown: '/actions',
  },
  {
    of: 'cloudwatch-logs:DescribeLogGroups',
    what: 'log groups by name',
    read: read => read.endlessLogs(ref, ['one', 'two']),
    pages: [{ logGroups: [{ logGroupName: 'one' }] }, { logGroups: [{ logGroupName: 'two' }] }],
    shown: 'two',
  },
  {
    of: 'cloudwatch-logs:FilterLogEvents',
    what: 'log lines',
    read: read =>
      read.logLines(ref, {
        ...{ group: '/app', region: ref.region, streams: [], since: 0, limit: 100, sessions: 'shown' },
      }),
    pages: [{ events: [{ message: 'one' }] }, { events: [{ message: 'two' }] }],
    shown: 'two',
  },
  {
    of: 'dynamodb:Query',
    what: 'items of the store',
    read: () => createStore('table', new DynamoDBClient({ region: ref.region })).list('p'),
    pages: [{ Items: [] }, { Items: [{ pk: { S: 'p' }, sk: { S: 'two' } }] }],
    shown: 'two',
  },
  {
    of: 'ecr:DescribeImageScanFindings',
    what: 'the findings of a scan',
    read: read => read.imageScan({ image, digest }),
    pages: [
      { imageScanFindings: { findings: [{ name: 'CVE-1', severity: 'HIGH' }] } },
      { imageScanFindings: { findings: [{ name: 'CVE-2', severity: 'CRITICAL' }] } },
    ],
    shown: 'CVE-2',
  },
  {
    of: 'ecr:ListImageReferrers',
    what: 'the index of an image',
    read: read => read.imageLoading({ image, digest }),
    pages: [{ referrers: [] }, { referrers: [{ digest }] }],
    answers: { BatchGetImage: () => ({ images: [{ imageManifest: '{}' }] }) },
    shown: 'v1',
  },
  {
    of: 'compute-optimizer:GetECSServiceRecommendations',
    what: 'the recommended sizes',
    read: read => read.advice(ref),
    pages: [
      { ecsServiceRecommendations: [{ serviceArn: 'one' }] },
      { ecsServiceRecommendations: [{ serviceArn: 'two' }] },
    ],
    answers: { GetEnrollmentStatus: () => ({ status: 'Active' }) },
    shown: '"arn":"two"',
  },
  {
    of: 'compute-optimizer:GetIdleRecommendations',
    what: 'the idle services',
    read: read => read.advice(ref),
    pages: [{ idleRecommendations: [{ resourceArn: 'one' }] }, { idleRecommendations: [{ resourceArn: 'two' }] }],
    answers: { GetEnrollmentStatus: () => ({ status: 'Active' }) },
    shown: '"arn":"two"',
  },
  {
    of: 'ecs:DescribeCapacityProviders',
    what: 'the providers that a cluster may use',
    read: read => read.capacity(ref),
    pages: [{ capacityProviders: [{ name: 'one' }] }, { capacityProviders: [{ name: 'two' }] }],
    answers: ecs,
    shown: '{"name":"two"',
  },
  {
    of: 'ecs:DescribeCapacityProviders',
    what: 'the providers of clusters',
    read: read => read.clusterPostures(ref, [ref.cluster]),
    pages: [
      { capacityProviders: [{ name: 'one', autoScalingGroupProvider: {} }] },
      { capacityProviders: [{ name: 'two', autoScalingGroupProvider: {} }] },
    ],
    answers: ecs,
    shown: '"unprotectedProviders":["one","two"]',
  },
  {
    of: 'ecs:ListClusters',
    what: 'clusters',
    read: read => read.servicesIn(account, ref.region),
    pages: [{ clusterArns: ['one'] }, { clusterArns: ['two'] }],
    answers: { ListServices: ({ cluster }) => ({ serviceArns: [arn(`service/${cluster}/api`)] }) },
    shown: '"cluster":"two"',
  },
  {
    of: 'ecs:ListServices',
    what: 'services',
    read: read => read.servicesIn(account, ref.region),
    pages: [{ serviceArns: [arn('service/web/one')] }, { serviceArns: [arn('service/web/two')] }],
    answers: { ListClusters: () => ({ clusterArns: ['web'] }) },
    shown: '"service":"two"',
  },
  {
    of: 'ecs:ListServiceDeployments',
    what: 'deployments',
    read: read => read.deployments(ref, 20),
    pages: [
      { serviceDeployments: [{ serviceDeploymentArn: 'one' }] },
      { serviceDeployments: [{ serviceDeploymentArn: 'two' }] },
    ],
    answers: {
      DescribeServiceDeployments: ({ serviceDeploymentArns = [] }) => ({
        serviceDeployments: (serviceDeploymentArns as string[]).map(one => ({ serviceDeploymentArn: one })),
      }),
    },
    shown: 'two',
  },
  listed('running tasks', read => read.runningTasks(ref)),
  listed('stopped tasks', read => read.stoppedTasks(ref)),
  listed('tasks with logs', read => read.logTasks(ref)),
  listed('tasks for commands', read => read.execSite(ref)),
  listed('tasks to check', read => read.tasksIn(ref, ref.service)),
  listed('tasks by the start of their id', read => read.taskOwners(ref, id('b').slice(0, 8))),
  listed('protected tasks', read => read.protectedTasks(ref), {
    GetTaskProtection: ({ tasks = [] }) => ({
      protectedTasks: (tasks as string[]).map(one => ({ taskArn: one, protectionEnabled: true })),
    }),
  }),
  {
    of: 'ssm:DescribeSessions',
    what: 'open sessions',
    read: read => read.execSessions(account, ref.region),
    pages: [
      { Sessions: [{ SessionId: 'one', Target: `ecs:web_${id('a')}_runtime` }] },
      { Sessions: [{ SessionId: 'two', Target: `ecs:web_${id('b')}_runtime` }] },
    ],
    answers: ecs,
    shown: 'two',
  },
  {
    of: 'ssm:DescribeSessions',
    what: 'the sessions of one container',
    read: () =>
      createExecGate(async () => ({ region: ref.region, maxAttempts: 1, credentials: keys }), {}).find({
        targetId: `ecs:web_${id('a')}_runtime`,
      } as never),
    pages: [{ Sessions: [{ SessionId: 'one' }] }, { Sessions: [{ SessionId: 'two' }] }],
    shown: 'two',
  },
  {
    of: 'vpc-lattice:ListTargets',
    what: 'the targets of VPC Lattice',
    read: read => read.latticeHealth(ref, ['tg-1']),
    pages: [{ items: [{ id: 'one' }] }, { items: [{ id: 'two' }] }],
    shown: 'two',
  },
  {
    of: 'ssm:DescribeParameters',
    what: 'a parameter that a task definition names',
    read: read => read.secretsThere(ref, ['/orders/url']),
    pages: [{ Parameters: [] }, { Parameters: [{ Name: '/orders/url' }] }],
    shown: '"missing":[]',
  },
]

/** Reads with signed requests. `pages`: the texts of the answers; the second is for a request that has the token. */
const SIGNED: readonly (Omit<Case, 'pages' | 'answers'> & { readonly pages: readonly [string, string] })[] = [
  {
    of: 'signed:GetResources',
    what: 'the tags of services',
    read: read => read.tagsIn(account, ref.region),
    pages: [
      '{"PaginationToken":"second","ResourceTagMappingList":[]}',
      `{"ResourceTagMappingList":[{"ResourceARN":"${ref.arn}","Tags":[{"Key":"team","Value":"two"}]}]}`,
    ],
    shown: 'two',
  },
  {
    of: 'signed:ListAttachedRolePolicies',
    what: 'the managed policies of a task role',
    read: read => read.taskRole(ref, 'arn:aws:iam::1:role/orders', {} as never),
    pages: [
      '<IsTruncated>true</IsTruncated><Marker>second</Marker>',
      '<AttachedPolicies><member><PolicyName>two</PolicyName></member></AttachedPolicies>',
    ],
    shown: 'two',
  },
  {
    of: 'signed:ListRolePolicies',
    what: 'the inline policies of a task role',
    read: read => read.taskRole(ref, 'arn:aws:iam::1:role/orders', {} as never),
    pages: [
      '<IsTruncated>true</IsTruncated><Marker>second</Marker>',
      '<PolicyNames><member>two</member></PolicyNames>',
    ],
    shown: 'two',
  },
  {
    of: 'signed:SimulatePrincipalPolicy',
    what: 'the rights of a task role',
    read: read => read.taskRole(ref, 'arn:aws:iam::1:role/orders', {} as never),
    pages: [
      '<IsTruncated>true</IsTruncated><Marker>second</Marker>',
      '<EvaluationResults><member><EvalActionName>iam:PutRolePolicy</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>allowed</EvalDecision></member></EvaluationResults>',
    ],
    shown: '"mayChangeRights":true',
  },
  {
    of: 'signed:Query',
    what: 'items for pickers',
    read: () => createQuickStore(env()).list('p'),
    pages: ['{"Items":[],"LastEvaluatedKey":{"pk":{"S":"second"}}}', '{"Items":[{"pk":{"S":"p"},"sk":{"S":"two"}}]}'],
    shown: 'two',
  },
]

/** Operations of which one page is enough. `text`: what people read where more exists; it is in the named source. */
const ENOUGH: Readonly<
  Record<string, { readonly why: string; readonly text?: readonly [file: string, text: string] }>
> = {
  'application-auto-scaling:DescribeScalableTargets': { why: 'asks for one resource and one dimension: one target' },
  'application-auto-scaling:DescribeScalingActivities': {
    why: 'asks for the ten newest; scalingPast has a test of its own',
    text: ['src/features/scaling/render-autoscaling.ts', '*Recent scaling activities*'],
  },
  'cloudwatch:GetMetricData': { why: 'metric-data.ts reads all pages, or refuses the answer; its own test shows that' },
  'ecr:DescribeImages': { why: 'asks for one image by its digest or tag' },
  'ecs:ListTaskDefinitions': { why: 'asks for the newest revisions of a family, the newest first' },
}

/** Signed operations whose answers have no pages, or one. */
const WHOLE: Readonly<Record<string, string>> = {
  'signed:DescribeImages': 'at most 100 AMIs by id, without a page size: EC2 returns all',
  'signed:DescribeSecret': 'one secret',
  'signed:DescribeSubnets': 'one subnet by id',
  'signed:DescribeTargetGroupAttributes': 'has no pages',
  'signed:DescribeTargetGroups': 'at most five target groups by ARN',
  'signed:DescribeTargetHealth': 'has no pages',
  'signed:DescribeVpcEndpoints': 'filtered by a few service names in one network, without a page size: EC2 returns all',
  'signed:GetItem': 'one item',
  'signed:GetRole': 'one role',
  'signed:GetParameters': 'has no pages',
  'signed:ResumeSession': 'has no pages',
  'signed:TerminateSession': 'has no pages',
  'signed:GenerateDataKey': 'has no pages',
}

let modules: Modules
let calls: { readonly operation: string; readonly input: Input }[] = []
let answer: (operation: string, input: Input) => Output = () => ({})
let reply: (action: string, body: string) => string = () => ''

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const body = Buffer.concat(parts).toString('utf8')
    const target = String(request.headers['x-amz-target'] ?? '')
    response.end(reply(target.split('.').at(1) ?? new URLSearchParams(body).get('Action') ?? '', body))
  })
})
const env = (): NodeJS.ProcessEnv => ({
  AWS_REGION: ref.region,
  AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  TABLE: 'table',
})

beforeAll(async () => {
  modules = await loadModules()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  for (const [name, module] of modules)
    for (const [exported, value] of Object.entries(module))
      if (/^[A-Z]\w*Client$/.test(exported) && typeof value === 'function')
        vi.spyOn(
          value.prototype as { send: (command: { input: Input }) => Promise<Output> },
          'send',
        ).mockImplementation(async command => {
          const operation = `${name}:${command.constructor.name.replace(/Command$/, '')}`
          calls.push({ operation, input: command.input })
          return answer(operation, command.input)
        })
})
afterAll(() => {
  vi.restoreAllMocks()
  server.close()
})
beforeEach(() => {
  calls = []
  reply = () => ''
})

const readers = (): Readers =>
  createReaders(
    config,
    createSessions(async () => keys),
    { store: { list: async () => [] }, env: env() },
  )

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (one instanceof Map ? [...one] : one instanceof Set ? [...one] : one))

test.each(CASES)('$of: $what are read to the end', async ({ of, read, pages, shown, answers = {} }) => {
  const tokens = tokensOf(modules, of)
  if (tokens === undefined) throw new Error(`${of} has no pages`)
  const second = tokens.output === 'LastEvaluatedKey' ? { pk: { S: 'second' } } : 'second'
  answer = (operation, input) => {
    if (operation !== of) return answers[operation.split(':')[1] ?? '']?.(input) ?? {}
    return input[tokens.input] === undefined ? { ...pages[0], [tokens.output]: second } : pages[1]
  }
  expect(textOf(await read(readers()))).toContain(shown)
  const asked = calls.filter(({ operation }) => operation === of).map(({ input }) => input[tokens.input])
  expect(asked).toContainEqual(second)
})

test.each(SIGNED)('$of: $what are read to the end', async ({ of, read, pages, shown }) => {
  reply = (action, body) => (`signed:${action}` !== of ? '' : body.includes('second') ? pages[1] : pages[0])
  expect(textOf(await read(readers()))).toContain(shown)
})

test.each([
  ['execSite', (read: Readers) => read.execSite(ref, id('c'))],
  ['logTasks', (read: Readers) => read.logTasks(ref, id('c'))],
  ['taskOwners', (read: Readers) => read.taskOwners(ref, id('c'))],
])('%s asks for a task that is named by its whole id, and lists none', async (_, read) => {
  answer = (operation, input) => ecs[operation.split(':')[1] as keyof typeof ecs]?.(input) ?? {}
  expect(textOf(await read(readers()))).toContain(id('c'))
  expect(calls.map(({ operation }) => operation)).not.toContain('ecs:ListTasks')
})

test('a bounded list says that there is more', async () => {
  answer = (operation, input) =>
    operation === 'ecs:ListTasks' ? { taskArns: [taskArn('a')], nextToken: 'more' } : ecs.DescribeTasks(input)
  const read = readers()
  expect(await read.runningTasks(ref)).toMatchObject({ isPartial: true })
  expect(await read.logTasks(ref)).toMatchObject({ isPartial: true })
  expect(await read.tasksIn(ref, ref.service)).toMatchObject({ isPartial: true })
  expect(await read.taskOwners(ref, 'aaaaaaaa')).toMatchObject({ isPartial: true })
})

test('scaling activities are read until one is too old, and at most ten pages', async () => {
  const activity = (at: string) => ({ StartTime: new Date(at), Description: at })
  answer = (_, input) =>
    input['NextToken'] === undefined
      ? { ScalingActivities: [activity('2026-11-30T02:00:00Z')], NextToken: 'second' }
      : { ScalingActivities: [activity('2026-11-30T01:00:00Z'), activity('2026-11-29T00:00:00Z')], NextToken: 'third' }
  const { activities, isPartial } = await readers().scalingPast(ref, day.from)
  expect([activities.map(({ description }) => description), isPartial]).toEqual([
    ['2026-11-30T02:00:00Z', '2026-11-30T01:00:00Z'],
    false,
  ])
  answer = () => ({ ScalingActivities: [activity('2026-11-30T02:00:00Z')], NextToken: 'more' })
  calls = []
  expect(await readers().scalingPast(ref, day.from)).toMatchObject({ isPartial: true })
  expect(calls).toHaveLength(10)
})

test('one page of CloudTrail is read for each name, shared by all services for a minute, and what it lacks is said', async () => {
  const event = (more: object) => ({
    CloudTrailEvent: JSON.stringify({
      ...{ eventID: 'e', eventName: 'StopTask', eventTime: '2026-11-30T01:00:00Z' },
      userIdentity: { arn: 'arn:aws:iam::1:user/ada' },
      ...more,
    }),
  })
  const task = { requestParameters: { cluster: ref.cluster, task: 't' } }
  const group = (name: string) => ({ responseElements: { task: { group: `service:${name}` } } })
  answer = () => ({
    Events: [
      event({ ...task, ...group(ref.service) }),
      event({ ...task, ...group('other') }),
      event({ ...task, ...group(ref.service), errorCode: 'AccessDenied' }),
      { CloudTrailEvent: '{' },
      {},
    ],
    NextToken: 'more',
  })
  const read = readers()
  expect(await read.callsAtAws(ref, 'StopTask', day)).toMatchObject({ calls: [{ by: 'ada' }], isPartial: true })
  expect((await read.callsAtAws({ ...ref, service: 'other' }, 'StopTask', day)).calls).toHaveLength(1)
  expect(calls).toHaveLength(1)
})

test('every operation in use that has pages is a case above, or is listed with its reason', () => {
  const paged = operationsInUse().filter(one => one.startsWith('signed:') || tokensOf(modules, one) !== undefined)
  const cased = new Set([...CASES, ...SIGNED].map(({ of }) => of))
  expect(paged.filter(one => !cased.has(one) && !(one in ENOUGH) && !(one in WHOLE))).toEqual([])
})

test('nothing is listed that is not in use, or that is also a case', () => {
  const inUse = new Set(operationsInUse())
  const cased = [...CASES, ...SIGNED].map(({ of }) => of)
  expect(cased.filter(one => !inUse.has(one))).toEqual([])
  const names = [...Object.keys(ENOUGH), ...Object.keys(WHOLE)]
  expect(names.filter(one => !inUse.has(one) || cased.includes(one))).toEqual([])
})

test('the texts about more are where the list says', async () => {
  const { readFileSync } = await import('node:fs')
  for (const { text } of Object.values(ENOUGH))
    if (text !== undefined) expect(readFileSync(text[0], 'utf8')).toContain(text[1])
})

test('an operation is found in each form in which it is sent', () => {
  expect(
    operationsIn(`import { type A, ListAttributesCommand, paginateListTasks } from '@aws-sdk/client-ecs'`),
  ).toEqual(['ecs:ListAttributes', 'ecs:ListTasks'])
  expect(
    operationsIn(
      `createSignedPost; ask('ListA', {}); askAll(ask, 'ListB', {}); ask(ref, 'ListC', {}); 'x': 'Some_1.ListD', Action: 'ListE'`,
    ),
  ).toEqual(['signed:ListA', 'signed:ListB', 'signed:ListC', 'signed:ListD', 'signed:ListE'])
})

test.each([
  ['execSite', (read: Readers) => read.execSite(ref, id('c'))],
  ['logTasks', (read: Readers) => read.logTasks(ref, id('c'))],
])('%s of a task that is gone reads the others, which are offered instead', async (_, read) => {
  answer = (operation, input) => {
    if (operation === 'ecs:ListTasks') return { taskArns: [taskArn('a')] }
    return operation === 'ecs:DescribeTasks' && textOf(input).includes(id('c'))
      ? { tasks: [] }
      : (ecs[operation.split(':')[1] as keyof typeof ecs]?.(input) ?? {})
  }
  expect(textOf(await read(readers()))).toContain(id('a'))
})
