// Every condition key that IAM's service data lists for an allowed action is set by the plan or fenced, so that a session can
// make its plan's request and no other. New actions and new keys fail here.
import { describe, expect, test } from 'vitest'
import type { Role, Statement } from '../../../infra/policy.ts'
import { spokeRoles } from '../../../infra/spoke-roles.ts'
import type { Context } from '../../../sandbox/aws/iam/context.ts'
import { evaluate } from '../../../sandbox/aws/iam/evaluate.ts'
import type { Call, Registration } from '../../../src/engine/change/plan.ts'
import { channelPolicy, sessionPolicy } from '../../../src/engine/change/session-policy.ts'
import { command, type Largest, largestPlans, SESSION } from './largest-plans.ts'
import { publishedKeys } from './published-keys.ts'

const roles = spokeRoles({ account: '111122223333', hub: '111122223333', partition: 'aws-us-gov' })
const roleNamed = (name: string): Role => {
  const role = roles.find(one => one.name === `quarterdeck-${name}`)
  if (role === undefined) throw new Error(`no role ${name}`)
  return role
}

/** Keys that commands of a role set: the plan's session policy has their values, or their absence. */
const SET_BY_PLANS: Readonly<Record<string, readonly string[]>> = {
  'quarterdeck-deployer ecs:PutClusterCapacityProviders': ['ecs:capacity-provider'],
  'quarterdeck-deployer ecs:RunTask': ['ecs:capacity-provider', 'ecs:task-cpu', 'ecs:task-memory'],
  'quarterdeck-deployer ecs:RegisterTaskDefinition': [
    `aws:RequestTag/\${TagKey}`,
    'ecs:compute-compatibility',
    'ecs:task-cpu',
    'ecs:task-memory',
  ],
  'quarterdeck-deployer ecs:TagResource': [`aws:RequestTag/\${TagKey}`],
  'quarterdeck-deployer ecs:UpdateService': [
    'ecs:capacity-provider',
    'ecs:task-cpu',
    'ecs:task-definition',
    'ecs:task-memory',
  ],
  'quarterdeck-revert ecs:UpdateService': ['ecs:capacity-provider'],
  'quarterdeck-exec ecs:TagResource': [`aws:RequestTag/\${TagKey}`],
}

const isNamed = ({ Condition = {} }: Statement, key: string): boolean => {
  const named = Object.values(Condition).flatMap(keys => Object.keys(keys))
  if (key.includes('${')) return named.some(name => name.startsWith(key.slice(0, key.indexOf('${'))))
  return named.includes(key)
}

/** A request has `aws:RequestTag/…` only together with `aws:TagKeys`. */
const isFenced = (statement: Statement, key: string): boolean =>
  isNamed(statement, key) ||
  (key.startsWith('aws:RequestTag/') && statement.Condition?.['Null']?.['aws:TagKeys'] === 'true')

describe.each(roles.map(role => [role.name, role] as const))('%s', (name, { policies, boundary }) => {
  test.each([
    ['policy', policies],
    ['boundary', boundary === undefined ? [] : [boundary]],
  ] as const)('its %s leaves open only what plans set', async (_, documents) => {
    const open: Record<string, readonly string[]> = {}
    for (const statement of documents.flatMap(({ Statement }) => Statement)) {
      for (const action of [statement.Action].flat()) {
        const keys = (await publishedKeys(action)).filter(key => !isFenced(statement, key))
        if (keys.length > 0) open[`${name} ${action}`] = keys
      }
    }
    expect(open).toEqual(Object.fromEntries(Object.entries(SET_BY_PLANS).filter(([key]) => key.startsWith(`${name} `))))
  })
})

const registrationKeys = ({ cpu, memory, compatibilities, tagKeys }: Registration): Context => ({
  'ecs:task-cpu': cpu ?? '',
  'ecs:task-memory': memory ?? '',
  'ecs:compute-compatibility': compatibilities,
  'ecs:privileged': 'false',
  'aws:TagKeys': tagKeys,
  ...Object.fromEntries(tagKeys.map(key => [`aws:RequestTag/${key}`, 'any'])),
})

/** The keys that the call's own request sets, as AWS derives them. */
const ownKeys = ({ input, service, action }: Call): Context => {
  if (action === 'RegisterTaskDefinition') return registrationKeys(input as unknown as Registration)
  const tags = (input['tags'] ?? []) as unknown as readonly { readonly key: string; readonly value: string }[]
  const keys = [...tags.map(({ key }) => key), ...((input['tagKeys'] ?? []) as readonly string[])]
  const items = (input['capacityProviderStrategy'] ?? []) as unknown as readonly { readonly capacityProvider: string }[]
  const names = (input['capacityProviders'] ??
    items.map(({ capacityProvider }) => capacityProvider)) as readonly string[]
  return {
    ...(names.length > 0 && {
      'ecs:capacity-provider': names.map(
        name => `arn:aws-us-gov:ecs:us-gov-east-1:111122223333:capacity-provider/${name}`,
      ),
    }),
    ...(service === 'application-autoscaling' && {
      'application-autoscaling:service-namespace': 'ecs',
      'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
    }),
    ...('taskDefinition' in input && {
      'ecs:task-definition': String(input['taskDefinition']),
      'ecs:task-cpu': '512',
      'ecs:task-memory': '1024',
    }),
    ...(action === 'RunTask' && { 'ecs:cluster': String(input['cluster']) }),
    ...('enableExecuteCommand' in input && { 'ecs:enable-execute-command': 'true' }),
    ...('container' in input && { 'ecs:container-name': String(input['container']) }),
    ...(keys.length > 0 && { 'aws:TagKeys': keys }),
    ...Object.fromEntries(tags.map(({ key, value }) => [`aws:RequestTag/${key}`, value])),
  }
}

/** A tag comes with its key. */
const withKey = (own: Context, key: string): Context => {
  if (key === 'aws:TagKeys' || key.startsWith('aws:RequestTag/'))
    return { ...own, 'aws:TagKeys': ['other'], 'aws:RequestTag/other': 'orders' }
  if (key === 'kms:EncryptionContextKeys' || key.startsWith('kms:EncryptionContext:'))
    return { ...own, 'kms:EncryptionContext:team': 'x', 'kms:EncryptionContextKeys': ['aws:ssm:TargetId', 'team'] }
  return { ...own, [key]: 'arn:aws-us-gov:ecs:us-gov-east-1:111122223333:other/x' }
}

const may = (role: Largest['role'], session: unknown, action: string, resource: string, context: Context): boolean => {
  const { policies, boundary } = roleNamed(role)
  return evaluate({ identity: policies, boundary, session }, { action, resource, context }).decision === 'allowed'
}

/** Cpu and memory are those of the task definition. */
const FOLLOWS: readonly string[] = ['ecs:task-cpu', 'ecs:task-memory']

test.each(largestPlans.map(plan => [plan.command, plan.calls.map(({ action }) => action).join(', '), plan] as const))(
  'the session of %s (%s) sends its request, with no other key and no other value',
  async (_, _actions, { role, calls }) => {
    const session: unknown = JSON.parse(String(sessionPolicy(calls)))
    const open: string[] = []
    for (const call of calls) {
      const action = `${call.service}:${call.action}`
      const own = ownKeys(call)
      for (const resource of call.resources) {
        expect([action, may(role, session, action, resource, own)]).toEqual([action, true])
        for (const key of await publishedKeys(action)) {
          if (FOLLOWS.includes(key) && key in own) continue
          if (may(role, session, action, resource, withKey(own, key))) open.push(`${action} ${key}`)
        }
      }
    }
    expect(open).toEqual([])
  },
)

test('the session of a command’s channel encrypts for its session alone', async () => {
  const session: unknown = JSON.parse(channelPolicy(command, SESSION))
  const of = (id: string): Context => ({
    'kms:EncryptionContext:aws:ssm:SessionId': id,
    'kms:EncryptionContext:aws:ssm:TargetId': command.targetId,
    'kms:EncryptionContextKeys': ['aws:ssm:SessionId', 'aws:ssm:TargetId'],
  })
  const mayWith = (context: Context) => may('exec', session, 'kms:GenerateDataKey', command.key ?? '', context)
  expect(mayWith(of(SESSION))).toBe(true)
  expect(mayWith(of('ecs-execute-command-other'))).toBe(false)
  for (const key of await publishedKeys('kms:GenerateDataKey'))
    expect([key, mayWith(withKey(of(SESSION), key))]).toEqual([key, false])
})

test('a policy’s session makes alarms of its service that trigger policies, and no others', () => {
  const tracking = largestPlans.find(plan => plan.command === 'autoscale track')
  const session: unknown = JSON.parse(String(sessionPolicy(tracking?.calls ?? [])))
  const alarm = (service: string) =>
    `arn:aws-us-gov:cloudwatch:us-gov-east-1:111122223333:alarm:TargetTracking-service/${'n'.repeat(255)}/${service}-AlarmHigh-1`
  const mayPut = (service: string, context: Context) =>
    may('operator', session, 'cloudwatch:PutMetricAlarm', alarm(service), context)
  const own = 'n'.repeat(255)
  const actions = (...arns: readonly string[]) => ({ 'cloudwatch:AlarmActions': arns })
  const policy = 'arn:aws-us-gov:autoscaling:us-gov-east-1:111122223333:scalingPolicy:1:resource/ecs/x:policyName/y'
  expect(mayPut(own, actions(policy))).toBe(true)
  expect(mayPut('other', actions(policy))).toBe(false)
  expect(mayPut(own, actions('arn:aws-us-gov:lambda:us-gov-east-1:111122223333:function:x'))).toBe(false)
  expect(mayPut(own, actions(policy, 'arn:aws-us-gov:automate:us-gov-east-1:ec2:terminate'))).toBe(false)
  expect(mayPut(own, { ...actions(policy), 'aws:TagKeys': ['team'] })).toBe(false)
})

test('a deployment passes its own roles, to tasks alone', async () => {
  const deployment = largestPlans.find(({ calls: [call] }) => call !== undefined && 'passes' in call)
  const call = deployment?.calls[0]
  const passes = call !== undefined && 'passes' in call ? (call.passes ?? []) : []
  const session: unknown = JSON.parse(String(sessionPolicy(deployment?.calls ?? [])))
  expect(passes).toHaveLength(2)
  expect(await publishedKeys('iam:PassRole')).toEqual(['iam:PassedToService'])
  for (const role of passes) {
    const to = (service: string) => may('deployer', session, 'iam:PassRole', role, { 'iam:PassedToService': service })
    expect([to('ecs-tasks.amazonaws.com'), to('ecs.amazonaws.com'), to('ec2.amazonaws.com')]).toEqual([
      true,
      false,
      false,
    ])
  }
})
