// Tests the permissions of all roles. The sandbox's IAM evaluates the policies; its own tests compare it with another
// evaluator.
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../sandbox/aws/iam/evaluate.ts'
import { judgeServiceTrust, judgeTrust } from '../../sandbox/aws/iam/trust.ts'
import { commands } from '../../src/commands/index.ts'
import { READS, WRITES } from '../actions.ts'
import { hubRoles } from '../hub-roles.ts'
import { FUNCTIONS, type FunctionName } from '../names.ts'
import type { Role } from '../policy.ts'
import { spokeRoles } from '../spoke-roles.ts'
import { allow } from '../statements.ts'

const HUB = '111122223333'
const SPOKE = '444455556666'

const hub = new Map(
  hubRoles({ account: HUB, region: 'us-east-1', table: 'quarterdeck' }).map(role => [role.name, role]),
)
const spoke = new Map(spokeRoles({ account: SPOKE, hub: HUB }).map(role => [role.name, role]))

const named = (roles: ReadonlyMap<string, Role>, name: string): Role => {
  const role = roles.get(`quarterdeck-${name}`)
  if (role === undefined) throw new Error(`no role ${name}`)
  return role
}

type Context = Readonly<Record<string, string | readonly string[]>>

const may = ({ policies, boundary }: Role, action: string, resource: string, context: Context = {}): boolean =>
  evaluate({ identity: policies, ...(boundary && { boundary }) }, { action, resource, context }).decision === 'allowed'

/** The functions that are allowed to perform an action on a resource. */
const who = (action: string, resource: string, context: Context = {}): readonly FunctionName[] =>
  FUNCTIONS.filter(name => may(named(hub, name), action, resource, context))

const inHub = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${HUB}:${rest}`
const lambda = (rest: string) => inHub('lambda', `function:quarterdeck-${rest}`)
const spokeRole = (name: string, account = SPOKE) => `arn:aws:iam::${account}:role/quarterdeck-${name}`

/** The functions that talk to Slack. */
const WITH_SECRETS = FUNCTIONS.filter(name => name !== 'events' && name !== 'export')

describe('the hub’s functions', () => {
  it.each<[string, string, readonly FunctionName[]]>([
    ['lambda:InvokeFunction', lambda('query'), ['slack', 'query', 'schedule']],
    ['lambda:InvokeFunction', lambda('decision'), ['slack']],
    ['lambda:InvokeFunction', lambda('operation:live'), ['slack', 'operation', 'schedule', 'events']],
    ['lambda:InvokeFunction', lambda('operation'), []],
    ['lambda:InvokeFunction', lambda('operation:7'), []],
    ['lambda:InvokeFunction', lambda('slack'), []],
    ['lambda:InvokeFunction', lambda('schedule'), ['decision', 'events']],
    [
      'scheduler:CreateSchedule',
      inHub('scheduler', 'schedule/quarterdeck/reminder-1-a'),
      ['query', 'decision', 'operation', 'schedule'],
    ],
    ['scheduler:CreateSchedule', inHub('scheduler', 'schedule/default/reminder-1-a'), []],
    ['scheduler:UpdateSchedule', inHub('scheduler', 'schedule/quarterdeck/reminder-1-a'), []],
    ['scheduler:DeleteSchedule', inHub('scheduler', 'schedule/quarterdeck/reminder-1-a'), []],
    [
      'lambda:SendDurableExecutionCallbackSuccess',
      lambda('operation:7/durable-execution/a/b'),
      ['decision', 'schedule'],
    ],
    ['lambda:SendDurableExecutionCallbackFailure', lambda('operation:7/durable-execution/a/b'), []],
    ['lambda:SendDurableExecutionCallbackSuccess', lambda('other:7/durable-execution/a/b'), []],
    ['lambda:CheckpointDurableExecution', lambda('operation:7/durable-execution/a/b'), ['operation']],
    ['lambda:GetDurableExecutionState', lambda('operation:7/durable-execution/a/b'), ['operation']],
    ['lambda:GetDurableExecution', lambda('operation:7/durable-execution/a/b'), ['schedule']],
    ['lambda:StopDurableExecution', lambda('operation:7/durable-execution/a/b'), []],
    ['ssm:GetParameters', inHub('ssm', 'parameter/quarterdeck/slack/signing-secret'), ['slack']],
    ['ssm:GetParameters', inHub('ssm', 'parameter/quarterdeck/slack/signing-secret-before'), ['slack']],
    ['ssm:GetParameters', inHub('ssm', 'parameter/quarterdeck/slack/bot-token'), WITH_SECRETS],
    ['ssm:GetParameters', inHub('ssm', 'parameter/quarterdeck/slack/bot-identity'), ['slack']],
    ['ssm:GetParameters', inHub('ssm', 'parameter/quarterdeck/pagerduty/token'), ['schedule']],
    ['ssm:GetParameters', inHub('ssm', 'parameter/quarterdeck/config'), FUNCTIONS.filter(name => name !== 'events')],
    ['ssm:GetParameters', inHub('ssm', 'parameter/quarterdeck/halt'), ['query', 'decision', 'operation']],
    ['ssm:PutParameter', inHub('ssm', 'parameter/quarterdeck/config'), []],
    ['ssm:GetParameters', inHub('ssm', 'parameter/other'), []],
    ['sts:AssumeRole', spokeRole('viewer'), ['query', 'decision', 'operation', 'schedule']],
    ['sts:TagSession', spokeRole('viewer'), ['query', 'decision', 'operation', 'schedule']],
    ['sts:SetSourceIdentity', spokeRole('viewer'), ['query', 'decision', 'operation', 'schedule']],
    ['sts:AssumeRole', spokeRole('operator'), ['operation']],
    ['sts:AssumeRole', spokeRole('revert'), ['operation']],
    ['sts:AssumeRole', spokeRole('deployer'), ['operation']],
    ['sts:AssumeRole', spokeRole('gate'), ['operation']],
    ['sts:AssumeRole', spokeRole('admin'), []],
    ['s3:PutObject', `arn:aws:s3:::quarterdeck-audit-${HUB}-us-east-1/audit/hub/1.jsonl`, ['export']],
    ['s3:PutObject', `arn:aws:s3:::quarterdeck-audit-${HUB}-us-east-1/other`, []],
    ['s3:GetObject', `arn:aws:s3:::quarterdeck-audit-${HUB}-us-east-1/audit/hub/1.jsonl`, []],
    ['s3:BypassGovernanceRetention', `arn:aws:s3:::quarterdeck-audit-${HUB}-us-east-1/audit/hub/1.jsonl`, []],
    ['s3:DeleteObjectVersion', `arn:aws:s3:::quarterdeck-audit-${HUB}-us-east-1/audit/hub/1.jsonl`, []],
    ['sqs:SendMessage', inHub('sqs', 'quarterdeck-operation-failed'), ['operation']],
    ['sqs:ReceiveMessage', inHub('sqs', 'quarterdeck-operation-failed'), ['schedule']],
    ['sqs:DeleteMessage', inHub('sqs', 'quarterdeck-operation-failed'), ['schedule']],
    ['sqs:ReceiveMessage', inHub('sqs', 'quarterdeck-decision-failed'), []],
    ['ecs:UpdateService', `arn:aws:ecs:us-east-1:${HUB}:service/web/orders-api`, []],
  ])('%s on %s: %j', (action, resource, functions) => {
    expect(who(action, resource)).toEqual(functions)
  })
})

const table = inHub('dynamodb', 'table/quarterdeck')

const MAY: readonly [string, string, readonly FunctionName[]][] = [
  ['GetItem', 'operation#1', ['decision', 'operation', 'schedule']],
  ['PutItem', 'operation#1', ['decision', 'operation', 'schedule']],
  ['DeleteItem', 'operation#1', []],
  ['PutItem', 'lock#arn', ['operation']],
  ['DeleteItem', 'lock#arn', ['operation']],
  ['UpdateItem', 'updates', ['query', 'decision', 'operation', 'schedule']],
  ['GetItem', 'follow#f', ['query', 'decision', 'schedule']],
  ['PutItem', 'follow#f', ['query', 'decision']],
  ['PutItem', 'livetails', ['query']],
  ['UpdateItem', 'operation#1', []],
  ['Query', 'holds', ['query', 'decision', 'operation']],
  ['PutItem', 'holds', ['decision']],
  ['GetItem', 'lock#arn', ['operation']],
  ['GetItem', 'halt', ['query', 'decision', 'operation']],
  ['PutItem', 'halt', ['decision']],
  ['PutItem', 'usergroup#S1', ['query', 'decision', 'operation', 'schedule']],
  ['PutItem', 'audit#1', ['decision', 'operation', 'schedule']],
  ['Query', 'audit#1', ['query', 'decision', 'operation', 'schedule', 'export']],
  ['PutItem', 'exported', ['export']],
  ['DeleteItem', 'exported', []],
  ['PutItem', 'audited#arn', ['decision', 'operation', 'schedule']],
  ['Query', 'audited#arn', ['query', 'operation', 'schedule']],
  ['GetItem', 'leases', ['query', 'decision', 'operation', 'schedule']],
  ['Query', 'leases', ['query', 'schedule']],
  ['PutItem', 'leases', ['decision', 'operation', 'schedule']],
  ['DeleteItem', 'leases', ['operation', 'schedule']],
  ['PutItem', 'pending#arn', ['operation']],
  ['Query', 'pending#arn', ['operation']],
  ['PutItem', 'pending', ['operation', 'schedule']],
  ['PutItem', 'hooked', ['events']],
  ['Query', 'hooked', ['schedule']],
  ['PutItem', 'request#arn', ['operation']],
  ['Query', 'pending', ['query', 'operation', 'schedule']],
  ['GetItem', 'here#C1', ['slack', 'query', 'decision', 'operation']],
  ['PutItem', 'here#C1', ['decision']],
  ['PutItem', 'digest#orders', ['schedule']],
  ['Query', 'digest#orders', ['query', 'schedule']],
  ['Query', 'services', WITH_SECRETS],
  ['PutItem', 'services', ['schedule', 'events']],
  ['DeleteItem', 'services', ['schedule']],
  ['Query', 'service-tags', ['query', 'decision', 'operation', 'schedule']],
  ['PutItem', 'states#1#us-east-1', ['events']],
  ['Query', 'states#1#us-east-1', ['query', 'schedule']],
  ['PutItem', 'stopped#arn', ['events']],
  ['Query', 'stopped#arn', ['query', 'schedule']],
  ['DeleteItem', 'stopped#arn', []],
  ['PutItem', 'noticed#arn', ['events']],
  ['PutItem', 'problem-marks#1', ['schedule', 'events']],
  ['DeleteItem', 'problem-marks#1', ['schedule']],
  ['PutItem', 'problem-teller', ['schedule', 'events']],
  ['PutItem', 'problems', ['schedule']],
  ['PutItem', 'problem-cards', ['decision', 'schedule']],
  ['PutItem', 'subscriptions', ['decision']],
  ['DeleteItem', 'subscriptions', ['decision', 'schedule']],
  ['Query', 'subscriptions', ['query', 'decision', 'schedule']],
  ['PutItem', 'anything', []],
]

describe('the hub’s table', () => {
  it.each(MAY)('%s of %s: %j', (action, key, functions) => {
    expect(who(`dynamodb:${action}`, table, { 'dynamodb:LeadingKeys': [key] })).toEqual(functions)
  })

  it.each(['Scan', 'BatchGetItem', 'BatchWriteItem', 'PartiQLSelect', 'DeleteTable', 'UpdateTable'])(
    'no function may %s',
    action => {
      expect(who(`dynamodb:${action}`, table)).toEqual([])
    },
  )

  it('no function may use a request without a key', () => {
    expect(who('dynamodb:GetItem', table)).toEqual([])
  })

  it('denies every role to rewrite the audit, even if another policy allows it', () => {
    const everything = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
    for (const { policies } of FUNCTIONS.map(name => named(hub, name))) {
      for (const action of ['UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLUpdate', 'PartiQLDelete']) {
        for (const key of ['audit#444455556666', 'audited#arn']) {
          const check = {
            action: `dynamodb:${action}`,
            resource: table,
            context: { 'dynamodb:LeadingKeys': ['operation#1', key] },
          }
          expect(evaluate({ identity: [...policies, everything] }, check).decision).toBe('explicit-deny')
        }
      }
    }
  })
})

describe('the hub', () => {
  it('ingress reads the items of pickers, writes nothing, and assumes no role', () => {
    const allowed = named(hub, 'slack')
      .policies.flatMap(({ Statement }) => Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action)
    const reads = ['dynamodb:GetItem', 'dynamodb:Query']
    expect(allowed.filter(action => /^(dynamodb|sts|ecs):/.test(action))).toEqual(reads)
  })

  it('operates only in the given accounts', () => {
    const roles = hubRoles({ account: HUB, region: 'us-east-1', table: 'quarterdeck', accounts: [SPOKE] })
    const operation = roles.find(({ name }) => name === 'quarterdeck-operation')
    expect(operation && may(operation, 'sts:AssumeRole', spokeRole('operator'))).toBe(true)
    expect(operation && may(operation, 'sts:AssumeRole', spokeRole('operator', '777788889999'))).toBe(false)
  })

  it('decrypts the secrets only through SSM', () => {
    const key = inHub('kms', 'key/1')
    const context = {
      'kms:ViaService': 'ssm.us-east-1.amazonaws.com',
      'kms:ResourceAliases': ['alias/quarterdeck'],
      'kms:EncryptionContext:PARAMETER_ARN': inHub('ssm', 'parameter/quarterdeck/slack/bot-token'),
    }
    expect(who('kms:Decrypt', key, context)).toEqual(WITH_SECRETS)
    expect(who('kms:Decrypt', key, { ...context, 'kms:ViaService': 's3.us-east-1.amazonaws.com' })).toEqual([])
    expect(who('kms:Decrypt', key, { ...context, 'kms:ResourceAliases': ['alias/other'] })).toEqual([])
    expect(
      who('kms:Decrypt', key, { ...context, 'kms:EncryptionContext:PARAMETER_ARN': inHub('ssm', 'parameter/other') }),
    ).toEqual([])
  })
})

describe('the scheduler’s role', () => {
  const role = named(hub, 'scheduler')
  const roleArn = `arn:aws:iam::${HUB}:role/quarterdeck-scheduler`

  it('invokes only the schedule and the export function', () => {
    for (const name of ['schedule', 'export']) expect(may(role, 'lambda:InvokeFunction', lambda(name))).toBe(true)
    for (const name of ['slack', 'query', 'decision', 'operation', 'operation:live'])
      expect(may(role, 'lambda:InvokeFunction', lambda(name))).toBe(false)
  })

  it('is passed only to Scheduler, by the functions that create schedules', () => {
    const to = (service: string) => who('iam:PassRole', roleArn, { 'iam:PassedToService': `${service}.amazonaws.com` })
    expect(to('scheduler')).toEqual(['query', 'decision', 'operation', 'schedule'])
    expect(to('lambda')).toEqual([])
    const other = { 'iam:PassedToService': 'scheduler.amazonaws.com' }
    expect(who('iam:PassRole', `arn:aws:iam::${HUB}:role/quarterdeck-operation`, other)).toEqual([])
  })

  it.each<[string, string, string, boolean]>([
    ['our group', HUB, inHub('scheduler', 'schedule-group/quarterdeck'), true],
    ['another group', HUB, inHub('scheduler', 'schedule-group/default'), false],
    ['another account', SPOKE, `arn:aws:scheduler:us-east-1:${SPOKE}:schedule-group/quarterdeck`, false],
  ])('for schedules of %s: %s %s %s', (_, account, group, trusted) => {
    const check = {
      action: 'sts:AssumeRole',
      resource: roleArn,
      context: { 'aws:SourceAccount': account, 'aws:SourceArn': group },
    }
    expect(judgeServiceTrust(role.trustPolicy, 'scheduler.amazonaws.com', check) === 'allow').toBe(trusted)
    expect(judgeServiceTrust(role.trustPolicy, 'lambda.amazonaws.com', check)).toBe('silent')
  })
})

/** The reads that every command needs. */
const ALWAYS = [
  'ecs:DescribeServices',
  'ecs:DescribeTasks',
  'ecs:ListClusters',
  'ecs:ListServices',
  'ecs:ListTasks',
  'ssm:GetParameters',
  'tag:GetResources',
]

const held = (role: Role) =>
  new Set(role.policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)))

const reads = commands.flatMap(command => ('reads' in command ? command.reads : []))

const writesAs = (role: string) =>
  commands.flatMap(command =>
    command.kind === 'mutation' && (command.role ?? 'operator') === role ? command.writes : [],
  )

describe('an account', () => {
  const service = `arn:aws:ecs:us-east-1:${SPOKE}:service/web/orders-api`
  const viewer = named(spoke, 'viewer')
  const operator = named(spoke, 'operator')

  const deployer = named(spoke, 'deployer')
  const revert = named(spoke, 'revert')

  it('has a boundary on each role', () => {
    expect([...spoke.keys()]).toEqual([
      'quarterdeck-viewer',
      'quarterdeck-operator',
      'quarterdeck-deployer',
      'quarterdeck-gate',
      'quarterdeck-revert',
      'quarterdeck-exec',
    ])
    for (const { boundary } of spoke.values()) expect(boundary).toBeDefined()
  })

  it('allows the actions that commands declare, finding services, and the halt switch', () => {
    expect(held(viewer)).toEqual(new Set([...ALWAYS, ...reads]))
    expect(held(operator)).toEqual(new Set(writesAs('operator')))
    expect(held(deployer)).toEqual(new Set(writesAs('deployer')))
    expect(held(revert)).toEqual(new Set(['ecs:UpdateService', 'application-autoscaling:RegisterScalableTarget']))
  })

  it('refuses an action that is not in the table', () => {
    expect(() => allow(READS, ['ecs:DeleteCluster'], { partition: 'aws', account: SPOKE })).toThrow(
      /ecs:DeleteCluster .* infra\/actions.ts/,
    )
  })

  it('separates reads from writes', () => {
    expect(
      Object.keys(READS).filter(
        action => !/:(Describe|List|(Batch)?Get|Filter|Lookup|Simulate|Start(LiveTail))/.test(action),
      ),
    ).toEqual([])
    // AWS reads the alarms of a target tracking policy with the permissions of the caller that writes the policy.
    expect(Object.keys(WRITES).filter(action => action in READS)).toEqual(['cloudwatch:DescribeAlarms'])
  })

  it('lets the viewer read and the operator write, in this account only', () => {
    expect(may(viewer, 'ecs:DescribeServices', service)).toBe(true)
    expect(may(viewer, 'ecs:DescribeServices', service.replace(SPOKE, HUB))).toBe(false)
    expect(may(viewer, 'ecs:UpdateService', service)).toBe(false)
    expect(may(operator, 'ecs:UpdateService', service)).toBe(true)
    expect(may(operator, 'ecs:UpdateService', service.replace(SPOKE, HUB))).toBe(false)
    const parameter = (name: string) => `arn:aws:ssm:us-east-1:${SPOKE}:parameter/${name}`
    expect(may(viewer, 'ssm:GetParameters', parameter('quarterdeck/halt'))).toBe(true)
    expect(may(viewer, 'ssm:GetParameters', parameter('orders/database-password'))).toBe(false)
  })

  it('lets the gate role answer gates, and nothing else', () => {
    const gate = named(spoke, 'gate')
    const deployment = `arn:aws:ecs:us-east-1:${SPOKE}:service-deployment/web/orders-api/abc`
    expect(held(gate)).toEqual(new Set(['ecs:ContinueServiceDeployment']))
    for (const resource of [service, deployment])
      expect(may(gate, 'ecs:ContinueServiceDeployment', resource)).toBe(true)
    expect(may(gate, 'ecs:ContinueServiceDeployment', service.replace(SPOKE, HUB))).toBe(false)
    for (const action of ['ecs:UpdateService', 'ecs:StopServiceDeployment', 'ecs:DescribeServices'])
      expect(may(gate, action, service)).toBe(false)
    for (const role of [operator, deployer, revert])
      expect(may(role, 'ecs:ContinueServiceDeployment', deployment)).toBe(false)
  })

  it('lets the revert role end leases in this account, and nothing else', () => {
    const target = `arn:aws:application-autoscaling:us-east-1:${SPOKE}:scalable-target/0ec51a2b`
    const ofEcs = {
      'application-autoscaling:service-namespace': 'ecs',
      'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
    }
    const register = 'application-autoscaling:RegisterScalableTarget'
    expect(may(revert, 'ecs:UpdateService', service)).toBe(true)
    expect(may(revert, register, target, ofEcs)).toBe(true)
    for (const key of Object.keys(ofEcs))
      expect(may(revert, register, target, { ...ofEcs, [key]: 'other' })).toBe(false)
    expect(may(revert, register, target, { ...ofEcs, 'aws:TagKeys': ['team'] })).toBe(false)
    expect(may(revert, 'ecs:UpdateService', service.replace(SPOKE, HUB))).toBe(false)
    expect(may(revert, 'ecs:UpdateService', service, { 'ecs:task-definition': 'true' })).toBe(false)
    for (const action of ['ecs:StopTask', 'ecs:UpdateExpressGatewayService', 'ecs:DescribeServices'])
      expect(may(revert, action, service)).toBe(false)
  })
})

it('the viewer reads no log group of the hub’s functions, in any account', () => {
  const viewer = named(spoke, 'viewer')
  const group = (name: string) => `arn:aws:logs:us-east-1:${SPOKE}:log-group:${name}`
  for (const action of ['logs:FilterLogEvents', 'logs:StartLiveTail']) {
    expect(may(viewer, action, group('/ecs/orders-api'))).toBe(true)
    expect(may(viewer, action, group('/aws/lambda/quarterdeck-operation'))).toBe(false)
  }
})

describe('the operator', () => {
  const service = `arn:aws:ecs:us-east-1:${SPOKE}:service/web/orders-api`
  const operator = named(spoke, 'operator')

  it.each([
    'ecs:task-definition',
    'ecs:task-cpu',
    'ecs:task-memory',
    'ecs:enable-execute-command',
    'ecs:subnet',
    'ecs:auto-assign-public-ip',
    'ecs:capacity-provider',
    'ecs:propagate-tags',
    'ecs:enable-ecs-managed-tags',
    'ecs:enable-service-connect',
    'ecs:namespace',
    'ecs:enable-vpc-lattice',
    'ecs:enable-ebs-volumes',
  ])('an operator never sends %s, even with a wider policy', key => {
    expect(may(operator, 'ecs:UpdateService', service, { [key]: 'true' })).toBe(false)
    const widened = {
      ...operator,
      policies: [
        {
          Version: '2012-10-17' as const,
          Statement: [{ Sid: 'All', Effect: 'Allow' as const, Action: '*', Resource: '*' }],
        },
      ],
    }
    expect(may(widened, 'ecs:UpdateService', service)).toBe(true)
    expect(may(widened, 'ecs:UpdateService', service, { [key]: 'true' })).toBe(false)
    expect(may(widened, 'iam:PassRole', `arn:aws:iam::${SPOKE}:role/any`)).toBe(false)
    expect(may(widened, 'ecs:TagResource', service)).toBe(false)
  })
})

describe('Express services', () => {
  const service = `arn:aws:ecs:us-east-1:${SPOKE}:service/web/storefront`
  const operator = named(spoke, 'operator')

  it('an operator changes their bounds', () => {
    expect(may(operator, 'ecs:UpdateExpressGatewayService', service)).toBe(true)
  })

  it.each(['ecs:task-definition', 'ecs:task-cpu', 'ecs:task-memory', 'ecs:subnet'])('and never sends %s', key => {
    expect(may(operator, 'ecs:UpdateExpressGatewayService', service, { [key]: 'x' })).toBe(false)
  })
})

describe('commands in containers', () => {
  it('lets the exec role run commands in named containers and hold ECS Exec sessions, and nothing else', () => {
    const exec = named(spoke, 'exec')
    const task = `arn:aws:ecs:us-east-1:${SPOKE}:task/web/0123456789abcdef0123456789abcdef`
    const container = { 'ecs:container-name': 'app' }
    expect(may(exec, 'ecs:ExecuteCommand', task, container)).toBe(true)
    expect(may(exec, 'ecs:ExecuteCommand', task)).toBe(false)
    expect(may(exec, 'ecs:ExecuteCommand', task.replace(SPOKE, HUB), container)).toBe(false)
    const session = (id: string) => `arn:aws:ssm:us-east-1:${SPOKE}:session/${id}`
    expect(may(exec, 'ssm:TerminateSession', session('ecs-execute-command-0f1'))).toBe(true)
    expect(may(exec, 'ssm:TerminateSession', session('somebody-0f1'))).toBe(false)
    const key = `arn:aws:kms:us-east-1:${SPOKE}:key/1234`
    const context = 'kms:EncryptionContext:aws:ssm:TargetId'
    const ofTask = { [context]: 'ecs:web_0123_app', 'kms:EncryptionContextKeys': ['aws:ssm:TargetId'] }
    expect(may(exec, 'kms:GenerateDataKey', key, ofTask)).toBe(true)
    expect(may(exec, 'kms:GenerateDataKey', key, { ...ofTask, 'kms:ViaService': 's3' })).toBe(false)
    expect(may(exec, 'kms:GenerateDataKey', key, { ...ofTask, 'kms:EncryptionContextKeys': ['team'] })).toBe(false)
    expect(may(exec, 'kms:GenerateDataKey', key, { [context]: 'i-0123' })).toBe(false)
    const service = `arn:aws:ecs:us-east-1:${SPOKE}:service/web/orders-api`
    const on = { 'ecs:enable-execute-command': 'true' }
    expect(may(exec, 'ecs:UpdateService', service, on)).toBe(true)
    expect(may(exec, 'ecs:UpdateService', service)).toBe(false)
    expect(may(exec, 'ecs:UpdateService', service, { 'ecs:enable-execute-command': 'false' })).toBe(false)
    expect(may(exec, 'ecs:UpdateService', service, { ...on, 'ecs:task-definition': 'arn' })).toBe(false)
    const grant = (...keys: readonly string[]) => ({ 'aws:TagKeys': keys })
    expect(may(exec, 'ecs:TagResource', task, grant('quarterdeck:exec'))).toBe(true)
    expect(may(exec, 'ecs:TagResource', task, grant('Quarterdeck:exec'))).toBe(false)
    expect(may(exec, 'ecs:TagResource', task, { ...grant('quarterdeck:exec'), 'ecs:CreateAction': 'RunTask' })).toBe(
      false,
    )
    expect(may(exec, 'ecs:UntagResource', task, grant('quarterdeck:exec', 'Quarterdeck:Exec-Container'))).toBe(true)
    expect(may(exec, 'ecs:UntagResource', task, grant('team'))).toBe(false)
    for (const action of ['ssm:StartSession', 'kms:Decrypt', 'ecs:StopTask', 'ecs:TagResource'])
      expect(may(exec, action, '*')).toBe(false)
  })
})

describe('rollback', () => {
  const service = `arn:aws:ecs:us-east-1:${SPOKE}:service/web/orders-api`
  const deployer = named(spoke, 'deployer')
  const operator = named(spoke, 'operator')

  it('lets the deployer register revisions that are not privileged, with tags that grant no shell', () => {
    const family = `arn:aws:ecs:us-east-1:${SPOKE}:task-definition/orders-api:*`
    const plain = { 'ecs:privileged': 'false' }
    const created = { 'ecs:CreateAction': 'RegisterTaskDefinition', 'aws:TagKeys': ['team'] }
    const granting = { 'aws:TagKeys': ['team', 'Quarterdeck:Exec'] }
    expect(may(deployer, 'ecs:RegisterTaskDefinition', family, plain)).toBe(true)
    expect(may(deployer, 'ecs:RegisterTaskDefinition', family, { 'ecs:privileged': 'true' })).toBe(false)
    expect(may(deployer, 'ecs:RegisterTaskDefinition', family, { ...plain, ...granting })).toBe(false)
    expect(may(deployer, 'ecs:TagResource', family, created)).toBe(true)
    expect(may(deployer, 'ecs:TagResource', family, { ...created, ...granting })).toBe(false)
    expect(may(deployer, 'ecs:TagResource', family, { 'aws:TagKeys': ['team'] })).toBe(false)
    expect(may(deployer, 'ecs:TagResource', family.replace('task-definition', 'task'), created)).toBe(false)
  })

  it('lets the deployer pass task roles and change the task definition, and nothing else', () => {
    const role = `arn:aws:iam::${SPOKE}:role/orders-task`
    const deployment = `arn:aws:ecs:us-east-1:${SPOKE}:service-deployment/web/orders-api/x`
    const to = (service: string) => ({ 'iam:PassedToService': `${service}.amazonaws.com` })
    const definition = { 'ecs:task-definition': 'arn', 'ecs:task-cpu': '512', 'ecs:task-memory': '1024' }
    expect(may(deployer, 'ecs:UpdateService', service, definition)).toBe(true)
    expect(may(deployer, 'ecs:StopServiceDeployment', service)).toBe(true)
    expect(may(deployer, 'ecs:StopServiceDeployment', deployment)).toBe(true)
    expect(may(deployer, 'iam:PassRole', role, to('ecs-tasks'))).toBe(true)
    expect(may(deployer, 'iam:PassRole', role, to('ecs'))).toBe(false)
    expect(may(deployer, 'iam:PassRole', role)).toBe(false)
    expect(may(deployer, 'iam:PassRole', role.replace(SPOKE, HUB), to('ecs-tasks'))).toBe(false)
    for (const key of ['ecs:enable-execute-command', 'ecs:subnet', 'ecs:auto-assign-public-ip'])
      expect(may(deployer, 'ecs:UpdateService', service, { ...definition, [key]: 'true' })).toBe(false)
    const run = { 'ecs:cluster': 'arn', 'ecs:task-cpu': '512', 'ecs:task-memory': '1024' }
    const revision = `arn:aws:ecs:us-east-1:${SPOKE}:task-definition/orders-api:7`
    expect(may(deployer, 'ecs:RunTask', revision, run)).toBe(true)
    for (const key of ['ecs:enable-execute-command', 'ecs:enable-ebs-volumes', 'aws:TagKeys'])
      expect(may(deployer, 'ecs:RunTask', revision, { ...run, [key]: 'true' })).toBe(false)
    expect(may(operator, 'ecs:RunTask', revision, run)).toBe(false)
    for (const action of ['ecs:RegisterTaskDefinition', 'ecs:ContinueServiceDeployment', 'ecs:StopTask'])
      expect(may(deployer, action, service)).toBe(false)
    expect(may(operator, 'ecs:StopServiceDeployment', deployment)).toBe(false)
  })
})

describe('trust', () => {
  type Ask = {
    readonly by?: string
    readonly name?: string
    readonly identity?: string | undefined
    readonly tags?: Readonly<Record<string, string>>
  }

  const OPERATION = { 'quarterdeck:operation': 'abc123' }
  const FULL = { ...OPERATION, 'quarterdeck:approvers': 'U0APPROVE U0SECOND' }

  /** Whether a role may be assumed. As in STS, each of the three actions is evaluated with its own condition keys. */
  const isTrusted = (role: string, ask: Ask): boolean => {
    const {
      by = 'operation',
      name = 'U0REQUEST-abc123',
      identity,
      tags = FULL,
    } = { identity: 'requester@example.com', ...ask }
    const roleArn = `arn:aws:iam::${HUB}:role/quarterdeck-${by}`
    const caller = {
      account: HUB,
      arn: `arn:aws:sts::${HUB}:assumed-role/quarterdeck-${by}/x`,
      roleArn,
      userId: 'AROA:x',
      accessKeyId: 'ASIA',
    }
    const tagging = {
      ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
      'aws:TagKeys': Object.keys(tags),
    }
    const source: Context = identity === undefined ? {} : { 'sts:SourceIdentity': identity }
    const asked: readonly (readonly [string, Context])[] = [
      ['sts:AssumeRole', { ...tagging, ...source, 'sts:RoleSessionName': name }],
      ...(identity === undefined ? [] : [['sts:SetSourceIdentity', source] as const]),
      ...(Object.keys(tags).length === 0 ? [] : [['sts:TagSession', tagging] as const]),
    ]
    const { trustPolicy } = named(spoke, role)
    return asked.every(
      ([action, context]) =>
        judgeTrust(trustPolicy, caller, { action, resource: spokeRole(role), context }) === 'allow',
    )
  }

  it.each<[string, Ask, boolean]>([
    ['the operation, for a person, with everything', {}, true],
    ['no approval required', { tags: { ...OPERATION, 'quarterdeck:approvers': 'none' } }, true],
    ['a long operation id', { name: `U0REQUEST-${'a'.repeat(40)}` }, true],
    ['an enterprise user', { name: 'W0REQUEST-abc123' }, true],
    ['the query function', { by: 'query' }, false],
    ['the decision function', { by: 'decision' }, false],
    ['ingress', { by: 'slack' }, false],
    ['another role of the hub', { by: 'admin' }, false],
    ['no source identity', { identity: undefined }, false],
    ['no tags', { tags: {} }, false],
    ['no approvers', { tags: OPERATION }, false],
    ['no operation', { tags: { 'quarterdeck:approvers': 'none' } }, false],
    ['an empty operation', { tags: { ...FULL, 'quarterdeck:operation': '' } }, false],
    ['another tag beside them', { tags: { ...FULL, team: 'x' } }, false],
    ['a name without a person', { name: 'abc123' }, false],
    ['a name without an operation', { name: 'U0REQUEST' }, false],
    ['system work', { name: 'quarterdeck-operation', identity: 'quarterdeck' }, false],
  ])('operator, deployer and revert, %s: %s', (_, ask, trusted) => {
    expect(isTrusted('operator', ask)).toBe(trusted)
    expect(isTrusted('deployer', ask)).toBe(trusted)
    expect(isTrusted('revert', ask)).toBe(trusted)
  })

  const QUERY = { by: 'query', name: 'U0REQUEST-query', tags: { 'quarterdeck:operation': 'query' } }

  it.each<[string, Ask, boolean]>([
    ['the query function, for a person', QUERY, true],
    ['the operation, for a person', { tags: OPERATION }, true],
    ['the operation, with its approvers', {}, true],
    ['system work', { ...QUERY, name: 'quarterdeck-query', identity: 'quarterdeck' }, true],
    ['a person under the system’s identity', { ...QUERY, identity: 'quarterdeck' }, false],
    ['the system under a person’s identity', { ...QUERY, name: 'quarterdeck-query' }, false],
    ['no source identity', { ...QUERY, identity: undefined }, false],
    ['no tags', { ...QUERY, tags: {} }, false],
    ['the decision function, for a person', { ...QUERY, by: 'decision' }, true],
    ['ingress', { ...QUERY, by: 'slack' }, false],
  ])('viewer, %s: %s', (_, ask, trusted) => {
    expect(isTrusted('viewer', ask)).toBe(trusted)
  })
})
