// Tests the synthesised stacks, and that cdk-nag has no findings.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, type Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { afterAll, describe, expect, it } from 'vitest'
import { ALARM_TEXTS, describeAlarm } from '../alarm-texts.ts'
import { ungraphed } from '../alarms.ts'
import { AUDIT_DAYS } from '../audit-bucket.ts'
import { endedExecutions, forwardRole, RULES } from '../event-rules.ts'
import { EventsStack } from '../events.ts'
import { HALT_POLICY, haltedActions, haltPolicy } from '../halt.ts'
import { EXPORTING, hubRoles, RECURRING, toExport, toSchedule } from '../hub-roles.ts'
import { HubStack } from '../hub-stack.ts'
import { FUNCTIONS, functionName, SCHEDULE_GROUP } from '../names.ts'
import { peoplePolicy } from '../people.ts'
import type { Role } from '../policy.ts'
import { spokeRoles } from '../spoke-roles.ts'
import { SpokeStack } from '../spoke-stack.ts'
import { wildcardsOf } from '../wildcards.ts'
import { aDist } from './dist.ts'

const HUB = '111122223333'
const place = { account: HUB, region: 'us-east-1' }

const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-infra-'))
afterAll(() => rmSync(folder, { recursive: true }))
const anApp = () => new App({ outdir: mkdtempSync(join(folder, 'cdk.out-')) })

const dist = aDist(folder)
const app = anApp()
const hubStack = new HubStack(app, 'hub', { ...place, dist })
const spokeStack = new SpokeStack(app, 'spoke', { ...place, hub: HUB, hubRegion: place.region })
const eventsStack = new EventsStack(app, 'events', {
  ...place,
  region: 'eu-west-1',
  hub: HUB,
  hubRegion: place.region,
})
const events = Template.fromStack(eventsStack)
const hub = Template.fromStack(hubStack)
const spoke = Template.fromStack(spokeStack)

type Resource = {
  readonly Type: string
  readonly DeletionPolicy?: string
  readonly Properties: Record<string, unknown>
}

const all = (template: Template, type: string): readonly Resource[] =>
  Object.values(template.findResources(type)) as Resource[]

const fn = (name: string): Record<string, unknown> => {
  const found = all(hub, 'AWS::Lambda::Function').find(
    ({ Properties }) => Properties['FunctionName'] === `quarterdeck-${name}`,
  )
  if (found === undefined) throw new Error(`no function ${name}`)
  return found.Properties
}

/** The name of the role of a function. */
const roleOf = (name: string): unknown => {
  const { 'Fn::GetAtt': at } = fn(name)['Role'] as { 'Fn::GetAtt': readonly [string, string] }
  return (hub.toJSON()['Resources'] as Record<string, Resource>)[at[0]]?.Properties['RoleName']
}

const deployed = (template: Template): readonly unknown[] =>
  all(template, 'AWS::IAM::Role').map(({ Properties }) => ({
    name: Properties['RoleName'],
    trustPolicy: Properties['AssumeRolePolicyDocument'],
    policies: (Properties['Policies'] as readonly { PolicyDocument: unknown }[]).map(
      ({ PolicyDocument }) => PolicyDocument,
    ),
    maxSessionSeconds: Properties['MaxSessionDuration'],
  }))

const roles = spokeRoles({ account: HUB, hub: HUB })

const documents = (roles: readonly Role[]) => roles.map(({ boundary: _, ...role }) => role)

describe('roles', () => {
  const roles = { hub: hubRoles({ ...place, table: 'quarterdeck' }), spoke: spokeRoles({ account: HUB, hub: HUB }) }

  const forwarder = forwardRole({ account: HUB, hub: HUB, hubRegion: place.region })

  it('are deployed exactly as the data defines them, and no others', () => {
    expect(deployed(hub)).toEqual(documents(roles.hub))
    expect(deployed(spoke)).toEqual(documents([...roles.spoke, forwarder]))
    for (const template of [hub, spoke]) template.resourceCountIs('AWS::IAM::Policy', 0)
  })

  it('have their boundaries', () => {
    const managed = all(spoke, 'AWS::IAM::ManagedPolicy').map(({ Properties }) => [
      Properties['ManagedPolicyName'],
      Properties['PolicyDocument'],
    ])
    const boundaries = managed.filter(([name]) => String(name).endsWith('-boundary'))
    expect(managed).toContainEqual(['quarterdeck-people', peoplePolicy({ partition: 'aws', account: HUB })])
    expect(managed).toContainEqual([HALT_POLICY, haltPolicy()])
    expect(boundaries).toEqual(roles.spoke.map(({ name, boundary }) => [`${name}-boundary`, boundary]))
    const assumed = all(spoke, 'AWS::IAM::Role').filter(({ Properties }) => Properties['RoleName'] !== forwarder.name)
    expect(assumed).toHaveLength(roles.spoke.length)
    for (const { Properties } of assumed) expect(Properties['PermissionsBoundary']).toHaveProperty('Ref')
  })

  it('each function has its own', () => {
    expect(FUNCTIONS.map(roleOf)).toEqual(FUNCTIONS.map(functionName))
  })

  it('use `*` only for actions without resources', () => {
    const unbound = [...roles.hub, ...roles.spoke].flatMap(({ name, policies }) =>
      policies
        .flatMap(({ Statement }) => Statement)
        .filter(({ Resource }) => Resource === '*' || Resource.includes('*'))
        .filter(({ Resource }) => [Resource].flat().includes('*'))
        .flatMap(({ Action }) => [Action].flat().map(action => `${name} ${action}`)),
    )
    const traces = FUNCTIONS.flatMap(name =>
      ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'].map(action => `quarterdeck-${name} ${action}`),
    )
    const EXEC = ['ssm:DescribeSessions', 'ssmmessages:OpenDataChannel'].map(action => `quarterdeck-exec ${action}`)
    expect(
      unbound.filter(
        one =>
          !traces.includes(one) &&
          !EXEC.includes(one) &&
          !/^quarterdeck-viewer \S+:(List|Describe|Get|Lookup)/.test(one),
      ),
    ).toEqual([])
  })

  it('has a reason for every wildcard', () => {
    const found = [...roles.hub, ...roles.spoke].flatMap(({ policies, boundary }) => [
      ...wildcardsOf([...policies, ...(boundary ? [boundary] : [])]),
    ])
    expect(found.length).toBeGreaterThan(10)
    expect(found.filter(([, reason]) => reason === undefined)).toEqual([])
    expect(
      wildcardsOf([
        {
          Version: '2012-10-17',
          Statement: [{ Sid: 'X', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::x/*' }],
        },
      ]).get('arn:aws:s3:::x/*'),
    ).toBeUndefined()
  })
})

describe('functions', () => {
  it('are the seven bundles on Node 24 and ARM', () => {
    expect(
      all(hub, 'AWS::Lambda::Function').map(({ Properties: { FunctionName, Runtime, Architectures, Handler } }) => [
        FunctionName,
        Runtime,
        Architectures,
        Handler,
      ]),
    ).toEqual(FUNCTIONS.map(name => [`quarterdeck-${name}`, 'nodejs24.x', ['arm64'], 'index.handler']))
  })

  it('have names in their environment, and no secrets', () => {
    const toServices = { OPERATION_FUNCTION: 'quarterdeck-operation:live' }
    const goingOn = { QUERY_FUNCTION: 'quarterdeck-query' }
    expect(FUNCTIONS.map(name => [name, fn(name)['Environment']])).toEqual([
      [
        'slack',
        {
          Variables: {
            TABLE: 'quarterdeck',
            QUERY_FUNCTION: 'quarterdeck-query',
            DECISION_FUNCTION: 'quarterdeck-decision',
            ...toServices,
          },
        },
      ],
      ['query', { Variables: { TABLE: 'quarterdeck', ...goingOn, ...toSchedule(place) } }],
      [
        'decision',
        { Variables: { TABLE: 'quarterdeck', GATES_FUNCTION: 'quarterdeck-schedule', ...toSchedule(place) } },
      ],
      ['operation', { Variables: { TABLE: 'quarterdeck', ...toServices, ...toSchedule(place) } }],
      ['schedule', { Variables: { TABLE: 'quarterdeck', ...goingOn, ...toServices, ...toSchedule(place) } }],
      ['events', { Variables: { TABLE: 'quarterdeck', ...toServices, GATES_FUNCTION: 'quarterdeck-schedule' } }],
      ['export', { Variables: { TABLE: 'quarterdeck', ...toExport(place) } }],
    ])
    expect(JSON.stringify(hub.toJSON())).not.toMatch(/xox[abp]-|signing_secret|hooks\.slack\.com/)
  })

  it('retains every version of the operation function', () => {
    const versions = all(hub, 'AWS::Lambda::Version')
    expect(versions.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Retain'])
  })

  it('runs operations durably, behind the alias that ingress calls', () => {
    expect(fn('operation')['DurableConfig']).toEqual({ ExecutionTimeout: 31_622_400, RetentionPeriodInDays: 90 })
    expect(all(hub, 'AWS::Lambda::Alias').map(({ Properties }) => Properties['Name'])).toEqual(['live'])
    for (const name of ['slack', 'query', 'decision', 'schedule', 'events', 'export'])
      expect(fn(name)['DurableConfig']).toBeUndefined()
  })
})

describe('events', () => {
  it('retries only idempotent functions', () => {
    const events = all(hub, 'AWS::Lambda::EventInvokeConfig').map(
      ({ Properties: { FunctionName, Qualifier, MaximumRetryAttempts } }) => [
        (FunctionName as { Ref: string }).Ref.replace(/[0-9A-F]{8}$/, ''),
        typeof Qualifier === 'string' ? Qualifier : 'live',
        MaximumRetryAttempts,
      ],
    )
    expect(events.toSorted()).toEqual([
      ['Decision', '$LATEST', 2],
      ['Events', '$LATEST', 2],
      ['Export', '$LATEST', 2],
      ['Operation', 'live', 0],
      ['Query', '$LATEST', 0],
      ['Schedule', '$LATEST', 2],
    ])
  })

  it('keeps unhandled events in encrypted dead-letter queues, with an alarm on the first', () => {
    const queues = all(hub, 'AWS::SQS::Queue')
    expect(queues.map(({ Properties }) => [Properties['QueueName'], Properties['SqsManagedSseEnabled']])).toEqual([
      ['quarterdeck-query-failed', true],
      ['quarterdeck-decision-failed', true],
      ['quarterdeck-operation-failed', true],
      ['quarterdeck-schedule-failed', true],
      ['quarterdeck-events-failed', true],
      ['quarterdeck-export-failed', true],
    ])
    hub.resourceCountIs('AWS::SQS::QueuePolicy', 6)
    for (const name of ['query', 'decision', 'operation', 'schedule', 'events', 'export'])
      expect(fn(name)['DeadLetterConfig']).toBeDefined()
  })

  it('reserves concurrency for votes, and limits ingress, reads and follows', () => {
    expect(FUNCTIONS.map(name => fn(name)['ReservedConcurrentExecutions'])).toEqual([
      20,
      40,
      10,
      undefined,
      undefined,
      undefined,
      1,
    ])
  })
})

describe('around the functions', () => {
  it('has one way in: an HTTP API with one route, limits and an access log without bodies', () => {
    hub.resourceCountIs('AWS::Lambda::Url', 0)
    expect(all(hub, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties['RouteKey'])).toEqual([
      'POST /slack/events',
    ])
    const [stage] = all(hub, 'AWS::ApiGatewayV2::Stage')
    expect(stage?.Properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
      AccessLogSettings: { DestinationArn: expect.anything() },
    })
    expect(JSON.stringify(stage?.Properties['AccessLogSettings'])).not.toMatch(/body|header|authoriz/i)
    expect(all(hub, 'AWS::Lambda::Permission').filter(({ Properties }) => Properties['Principal'] === '*')).toEqual([])
  })

  it('or by option one function URL, of ingress', () => {
    const hub = Template.fromStack(new HubStack(anApp(), 'hub', { ...place, dist, entry: 'url' }))
    hub.resourceCountIs('AWS::ApiGatewayV2::Api', 0)
    const urls = all(hub, 'AWS::Lambda::Url')
    expect(
      urls.map(({ Properties }) => [Properties['AuthType'], JSON.stringify(Properties['TargetFunctionArn'])]),
    ).toEqual([['NONE', expect.stringContaining('"Slack')]])
    expect(
      all(hub, 'AWS::Lambda::Permission').filter(({ Properties }) => Properties['Principal'] === '*').length,
    ).toBeGreaterThan(0)
    for (const { Properties } of all(hub, 'AWS::Lambda::Permission'))
      expect(JSON.stringify(Properties['FunctionName'])).toMatch(
        Properties['Principal'] === '*' ? /"Slack/ : /"(Events|Schedule)/,
      )
  })

  it('logs for months, not for ever', () => {
    const logs = all(hub, 'AWS::Logs::LogGroup')
    expect(logs.map(({ Properties }) => [Properties['LogGroupName'], Properties['RetentionInDays']])).toEqual([
      ['/aws/lambda/quarterdeck-slack', 90],
      ['/aws/lambda/quarterdeck-query', 90],
      ['/aws/lambda/quarterdeck-decision', 365],
      ['/aws/lambda/quarterdeck-operation', 365],
      ['/aws/lambda/quarterdeck-schedule', 365],
      ['/aws/lambda/quarterdeck-events', 90],
      ['/aws/lambda/quarterdeck-export', 365],
      ['/aws/vendedlogs/quarterdeck-api', 90],
    ])
  })

  it('sends alarms to the topic, if given', () => {
    const alarmTopic = `arn:aws:sns:us-east-1:${HUB}:on-call`
    const template = Template.fromStack(new HubStack(anApp(), 'hub', { ...place, dist, alarmTopic }))
    for (const { Properties } of all(template, 'AWS::CloudWatch::Alarm'))
      expect(Properties['AlarmActions']).toEqual([alarmTopic])
  })
})

describe('alarms', () => {
  const alarms = all(hub, 'AWS::CloudWatch::Alarm')

  it('are those of the runbook, each with what to do, and are on the dashboard', () => {
    expect(alarms.map(({ Properties }) => [Properties['AlarmName'], Properties['AlarmDescription']])).toEqual(
      Object.keys(ALARM_TEXTS).map(name => [`quarterdeck-${name}`, describeAlarm(name as keyof typeof ALARM_TEXTS)]),
    )
    expect(ungraphed()).toEqual([])
    hub.resourceCountIs('AWS::CloudWatch::Dashboard', 1)
  })

  it('count the lines that the functions write, in metrics of all functions', () => {
    const filters = all(hub, 'AWS::Logs::MetricFilter')
    const names = filters.map(
      ({ Properties }) => (Properties['MetricTransformations'] as readonly { MetricName: string }[])[0]?.MetricName,
    )
    expect(names).toHaveLength(FUNCTIONS.length * 6)
    const watched = alarms
      .map(({ Properties }) => Properties['MetricName'])
      .filter(name => names.includes(String(name)))
    expect(new Set(watched)).toEqual(new Set(names))
  })
})

describe('the audit’s bucket', () => {
  it('locks each version of an object, for everyone, and remains', () => {
    const [bucket, ...others] = all(hub, 'AWS::S3::Bucket')
    expect(others).toEqual([])
    expect(bucket?.DeletionPolicy).toBe('Retain')
    expect(bucket?.Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: AUDIT_DAYS } } },
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    })
  })
})

describe('the policy that halts an account', () => {
  it('denies every write of every role, and leaves only reads and the end of shell access', () => {
    const written = roles.flatMap(({ name, policies }) =>
      name === 'quarterdeck-viewer'
        ? []
        : policies.flatMap(({ Statement }) => Statement).flatMap(({ Action }) => [Action].flat()),
    )
    expect([...new Set(written)].filter(action => !haltedActions().includes(action)).toSorted()).toEqual([
      'cloudwatch:DescribeAlarms',
      'ecs:UntagResource',
      'ssm:DescribeSessions',
      'ssm:TerminateSession',
    ])
  })

  it('is attached to no role by the stacks', () => {
    for (const { Properties } of [...all(hub, 'AWS::IAM::Role'), ...all(spoke, 'AWS::IAM::Role')])
      expect(Properties['ManagedPolicyArns']).toBeUndefined()
  })
})

describe('ECS events', () => {
  const patternsIn = (template: Template) =>
    Object.fromEntries(
      all(template, 'AWS::Events::Rule').map(({ Properties }) => [Properties['Name'], Properties['EventPattern']]),
    )
  const expected = Object.fromEntries(Object.entries(RULES).map(([name, pattern]) => [`quarterdeck-${name}`, pattern]))

  it('go from each default bus to the hub’s bus, and from there to one function, by the patterns of event-rules.ts', () => {
    expect(patternsIn(events)).toEqual(expected)
    expect(patternsIn(hub)).toMatchObject(expected)
    for (const { Properties } of all(hub, 'AWS::Events::Rule').filter(({ Properties }) => Properties['EventBusName']))
      expect(JSON.stringify(Properties['Targets'])).toMatch(/^\[\{"Arn":\{"Fn::GetAtt":\["Events/)
    for (const { Properties } of all(events, 'AWS::Events::Rule'))
      expect(Properties['Targets']).toEqual([
        {
          Id: 'hub',
          Arn: `arn:aws:events:us-east-1:${HUB}:event-bus/quarterdeck`,
          RoleArn: `arn:aws:iam::${HUB}:role/quarterdeck-forward`,
        },
      ])
  })

  it('are accepted only from the named accounts', () => {
    const accounts = ['444455556666']
    const wide = Template.fromStack(new HubStack(anApp(), 'hub', { ...place, dist, accounts }))
    expect(
      all(wide, 'AWS::Events::EventBusPolicy').map(
        ({ Properties }) => (Properties['Statement'] as { Principal: object }).Principal,
      ),
    ).toEqual(
      [HUB, ...accounts].map(account => ({
        AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:root`]] },
      })),
    )
  })
})

describe('a failed execution', () => {
  it('is reported by Lambda’s event on the default bus', () => {
    const [rule, ...others] = all(hub, 'AWS::Events::Rule').filter(({ Properties }) => !Properties['EventBusName'])
    expect(others).toEqual([])
    expect(rule?.Properties).toMatchObject({
      Name: 'quarterdeck-ended-executions',
      EventPattern: endedExecutions(`arn:aws:lambda:us-east-1:${HUB}:function:quarterdeck-operation`),
    })
    expect(JSON.stringify(rule?.Properties['Targets'])).toMatch(/^\[\{"Arn":\{"Fn::GetAtt":\["Schedule/)
  })

  it('is reported by the dead-letter queue, one message at a time, with retries', () => {
    const [mapping, ...others] = all(hub, 'AWS::Lambda::EventSourceMapping')
    expect(others).toEqual([])
    expect(JSON.stringify(mapping?.Properties)).toMatch(
      /"BatchSize":1.*"OperationFailures.*"FunctionName":\{"Ref":"Schedule/,
    )
    for (const { Properties } of all(hub, 'AWS::SQS::Queue')) expect(Properties['VisibilityTimeout']).toBe(360)
  })
})

describe('schedules', () => {
  it('have their own group; the deployed ones refresh the service index and send the digest', () => {
    expect(all(hub, 'AWS::Scheduler::ScheduleGroup').map(({ Properties }) => Properties['Name'])).toEqual([
      SCHEDULE_GROUP,
    ])
    expect(all(hub, 'AWS::Scheduler::Schedule').map(({ Properties }) => Properties)).toMatchObject(
      [...RECURRING, EXPORTING].map(({ expression, input }) => ({
        GroupName: SCHEDULE_GROUP,
        ScheduleExpression: expression,
        Target: { Input: input },
      })),
    )
  })
})

describe('stored data', () => {
  it('the table is on demand, backed up, encrypted, and not deleted by mistake', () => {
    const [table, ...others] = all(hub, 'AWS::DynamoDB::Table')
    expect(others).toEqual([])
    expect(table?.DeletionPolicy).toBe('Retain')
    expect(table?.Properties).toMatchObject({
      TableName: 'quarterdeck',
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'until', Enabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    })
  })

  it('the table’s policy denies rewriting the audit to everyone', () => {
    const [table] = all(hub, 'AWS::DynamoDB::Table')
    expect(table?.Properties['ResourcePolicy']).toMatchObject({
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['audit#*', 'audited#*'] } },
          },
        ],
      },
    })
  })

  it('only the functions decrypt Slack’s secrets', () => {
    const [key] = all(hub, 'AWS::KMS::Key')
    expect(key?.DeletionPolicy).toBe('Retain')
    const { Statement = [] } = (key?.Properties['KeyPolicy'] ?? {}) as {
      Statement?: readonly Record<string, unknown>[]
    }
    expect(Statement[1]).toMatchObject({
      Effect: 'Deny',
      Action: ['kms:Decrypt', 'kms:ReEncryptFrom'],
      Condition: {
        ArnNotEquals: { 'aws:PrincipalArn': FUNCTIONS.map(name => `arn:aws:iam::${HUB}:role/quarterdeck-${name}`) },
      },
    })
  })

  it('no deployment changes the configuration, the halt switch or the secrets', () => {
    hub.resourceCountIs('AWS::SSM::Parameter', 0)
    hub.resourceCountIs('AWS::SecretsManager::Secret', 0)
  })
})

describe('cdk-nag', () => {
  const findings = (scope: App | Stack) =>
    [new AwsSolutionsChecks(), new ServerlessChecks()].flatMap(pack =>
      pack
        .validateScope(scope)
        .violations.map(
          ({ ruleName, violatingResources }) =>
            `${ruleName} ${violatingResources.map(({ constructPath }) => constructPath)}`,
        ),
    )

  it('has no findings', () => {
    expect(findings(app)).toEqual([])
  })

  it('reports a finding', async () => {
    const { Queue } = await import('aws-cdk-lib/aws-sqs')
    const stack = new SpokeStack(anApp(), 'spoke', { ...place, hub: HUB, hubRegion: place.region })
    new Queue(stack, 'Open')
    expect(findings(stack)).toEqual(expect.arrayContaining(['AwsSolutions-SQS4 spoke/Open/Resource']))
  })
})
