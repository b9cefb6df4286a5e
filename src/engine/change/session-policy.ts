// The inline session policy of a plan: allows its calls, on its resources, with its parameters.
// IAM has no condition key for the desired count, so conditions require every key that the plan does not set to be absent.
import { type Refusal, refuse } from '../../model/errors.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Call, ExecCall, RegistrationCall } from './plan.ts'
import { absentKeys } from './request-keys.ts'

/** The maximum length of an inline session policy: 2,048 characters (STS API reference, AssumeRole). */
const MOST_CHARACTERS = 2_048

/** Wildcards and variables. The path of a role may contain them (IAM API reference, CreateRole). */
const PATTERN = /[*?]|\$\{/

/** All revisions of a family: the number of a new one is not known before the call. */
const ANY_REVISION = /(:task-definition\/[\w-]{1,255}):\*(?=")/g

export const sessionPolicy = (calls: readonly Call[]): string | Refusal => {
  const own = calls
    .filter(({ service }) => service !== 'quarterdeck')
    .flatMap(call => [statement(call), ...tagRegistered(call), ...passRole(call)])
  const alarms = [...new Set(calls.flatMap(call => ('alarms' in call && call.alarms) || []))]
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: once([...own, ...alarms.map(onAlarms)]) })
  if (PATTERN.test(JSON.stringify([own, alarms]).replaceAll(ANY_REVISION, '$1')))
    return refuse(
      'A name in this change contains `*`, `?` or `${`, which IAM reads as a pattern: its session could do more than the plan.',
      'Rename it, or make this change without Quarterdeck.',
    )
  if (policy.length <= MOST_CHARACTERS) return policy
  return refuse(
    `This change needs too many resources for one session: its policy has ${policy.length.toLocaleString('en')} characters, and AWS allows 2,048.`,
    'Split it into several changes.',
  )
}

/** Two calls of a plan may need the same statement. */
const once = (statements: readonly JsonObject[]): readonly JsonObject[] => [
  ...new Map(statements.map(one => [JSON.stringify(one), one])).values(),
]

/** A policy that allows using and ending the session that this call opened, and using its KMS key. */
export const channelPolicy = ({ resources: [cluster = ''], key, targetId }: ExecCall, session: string): string => {
  const [, partition, , region, account] = cluster.split(':')
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      // OpenDataChannel has no resource type (service authorization reference), so only `*` matches.
      { Effect: 'Allow', Action: 'ssmmessages:OpenDataChannel', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['ssm:ResumeSession', 'ssm:TerminateSession'],
        Resource: `arn:${partition}:ssm:${region}:${account}:session/${session}`,
      },
      ...(key === undefined
        ? []
        : [
            {
              Effect: 'Allow',
              Action: 'kms:GenerateDataKey',
              Resource: key.startsWith('arn:') ? key : `arn:${partition}:kms:${region}:${account}:key/${key}`,
              Condition: {
                StringEquals: {
                  'kms:EncryptionContext:aws:ssm:SessionId': session,
                  'kms:EncryptionContext:aws:ssm:TargetId': targetId,
                },
              },
            },
          ]),
    ],
  })
}

/** A policy that allows listing sessions. */
export const FIND_SESSIONS_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ssm:DescribeSessions', Resource: '*' }],
})

/** Allows exactly these tags with these values. */
const tagging = ({ input, resources }: Call): JsonObject => {
  const tags = (input['tags'] ?? []) as unknown as readonly { readonly key: string; readonly value: string }[]
  return {
    Effect: 'Allow',
    Action: 'ecs:TagResource',
    Resource: [...resources],
    Condition: {
      'ForAllValues:StringEquals': { 'aws:TagKeys': tags.map(({ key }) => key) },
      StringEquals: Object.fromEntries(tags.map(({ key, value }) => [`aws:RequestTag/${key}`, value])),
    },
  }
}

/** Allows to remove these tags, in every spelling, so that the policy does not grow with the spellings found. */
const untagging = ({ input, resources }: Call): JsonObject => {
  const keys = ((input['tagKeys'] ?? []) as readonly string[]).map(key => key.toLowerCase())
  return {
    Effect: 'Allow',
    Action: 'ecs:UntagResource',
    Resource: [...resources],
    Condition: { 'ForAllValues:StringEqualsIgnoreCase': { 'aws:TagKeys': [...new Set(keys)] } },
  }
}

/**
 * The ARNs of the capacity providers that a call names. ECS has an ARN for FARGATE and FARGATE_SPOT, too. Source: service
 * authorization reference, `ecs:capacity-provider`.
 */
const providersIn = ({ input, resources: [resource = ''] }: Call): readonly string[] => {
  const prefix = resource.split(':').slice(0, 5).join(':')
  const items = (input['capacityProviderStrategy'] ?? []) as unknown as readonly { readonly capacityProvider: string }[]
  const names = (input['capacityProviders'] ??
    items.map(({ capacityProvider }) => capacityProvider)) as readonly string[]
  return names.map(name => `${prefix}:capacity-provider/${name}`)
}

/** The conditions on the values that a call sets. */
const valuesOf = (call: Call): JsonObject => {
  const { taskDefinition } = call.input
  const providers = providersIn(call)
  // The task definition is the resource of RunTask, not a key of it.
  const arns = call.action === 'RunTask' ? { 'ecs:cluster': call.input['cluster'] ?? '' } : undefined
  const definition = taskDefinition === undefined ? undefined : { 'ecs:task-definition': taskDefinition }
  const equal = arns ?? definition
  return {
    ...(equal !== undefined && { ArnEquals: equal }),
    ...(providers.length > 0 && { 'ForAllValues:ArnEquals': { 'ecs:capacity-provider': [...providers] } }),
  }
}

const statement = (call: Call): JsonObject => {
  if (call.action === 'RegisterTaskDefinition') return registering(call)
  const { service, action, input, resources } = call
  if (action === 'ExecuteCommand')
    return {
      Effect: 'Allow',
      Action: 'ecs:ExecuteCommand',
      Resource: [...resources],
      Condition: { StringEquals: { 'ecs:container-name': input['container'] ?? '' } },
    }
  if (action === 'TagResource') return tagging(call)
  if (action === 'UntagResource') return untagging(call)
  const absent = absentKeys(`${service}:${action}`, input)
  return {
    Effect: 'Allow',
    Action: `${service}:${action}`,
    Resource: [...resources],
    ...conditionOf({
      ...(absent.length > 0 && { Null: Object.fromEntries(absent.map(key => [key, 'true'])) }),
      ...valuesOf(call),
    }),
  }
}

/** Allows a revision of one family with these sizes and tag keys. IAM has no condition key for images. */
const registering = ({ input, resources }: RegistrationCall): JsonObject => {
  const { cpu, memory, compatibilities, tagKeys } = input
  const sizes = { ...(cpu && { 'ecs:task-cpu': cpu }), ...(memory && { 'ecs:task-memory': memory }) }
  const lists = {
    ...(compatibilities.length > 0 && { 'ecs:compute-compatibility': compatibilities }),
    ...(tagKeys.length > 0 && { 'aws:TagKeys': tagKeys }),
  }
  const absent = ['ecs:task-cpu', 'ecs:task-memory', 'ecs:compute-compatibility', 'aws:TagKeys'].filter(
    key => !(key in sizes || key in lists),
  )
  return {
    Effect: 'Allow',
    Action: 'ecs:RegisterTaskDefinition',
    Resource: [...resources],
    Condition: {
      BoolIfExists: { 'ecs:privileged': 'false' },
      ...(Object.keys(sizes).length > 0 && { NumericEquals: sizes }),
      ...(Object.keys(lists).length > 0 && { 'ForAllValues:StringEquals': lists }),
      ...(absent.length > 0 && { Null: Object.fromEntries(absent.map(key => [key, 'true'])) }),
    },
  }
}

/** A new revision keeps the tags of the one that it is made of. */
const tagRegistered = (call: Call): readonly JsonObject[] =>
  call.action !== 'RegisterTaskDefinition' || call.input.tagKeys.length === 0
    ? []
    : [
        {
          Effect: 'Allow',
          Action: 'ecs:TagResource',
          Resource: [...call.resources],
          Condition: {
            StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' },
            'ForAllValues:StringEquals': { 'aws:TagKeys': [...call.input.tagKeys] },
          },
        },
      ]

const conditionOf = (condition: JsonObject): JsonObject =>
  Object.keys(condition).length === 0 ? {} : { Condition: condition }
/**
 * Allows to make, read and delete the alarms of a service's policies, without tags. An alarm may only trigger scaling policies;
 * requests without the key have no actions. Source: Application Auto Scaling user guide, identity-based policies.
 */
const onAlarms = (start: string): JsonObject => {
  const [, partition, , , account] = start.split(':')
  return {
    Effect: 'Allow',
    Action: ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'],
    Resource: `${start}*`,
    Condition: {
      'ForAllValues:StringLike': {
        'cloudwatch:AlarmActions': `arn:${partition}:autoscaling:*:${account}:scalingPolicy:*`,
      },
      Null: Object.fromEntries(absentKeys('cloudwatch:PutMetricAlarm', {}).map(key => [key, 'true'])),
    },
  }
}

/** A statement that allows passing exactly these roles, and only to ECS tasks. */
const passRole = (call: Call): readonly JsonObject[] =>
  !('passes' in call) || call.passes === undefined || call.passes.length === 0
    ? []
    : [
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: [...call.passes],
          Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        },
      ]
