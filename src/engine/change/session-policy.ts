// The inline session policy of a plan: its calls, on its resources, and nothing else that those calls could carry.
// There is no way in IAM to allow only a desired count, so everything else is fenced by its absence (facts: IAM's
// service authorization reference for ECS, condition keys of UpdateService).
import { type Refusal, refuse } from '../../model/errors.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Call, ExecCall } from './plan.ts'

/** The condition keys that ECS fills from a field of UpdateService. Not sent by the plan: must not be sent at all. */
const FENCES: Readonly<Record<string, readonly string[]>> = {
  taskDefinition: ['ecs:task-definition', 'ecs:task-cpu', 'ecs:task-memory'],
  capacityProviderStrategy: ['ecs:capacity-provider'],
  enableExecuteCommand: ['ecs:enable-execute-command'],
  networkConfiguration: ['ecs:subnet', 'ecs:auto-assign-public-ip'],
}

/** STS API reference, AssumeRole: an inline session policy has at most 2,048 characters. */
const MOST_CHARACTERS = 2_048

export const sessionPolicy = (calls: readonly Call[]): string | Refusal => {
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: calls
      .filter(({ service }) => service !== 'quarterdeck')
      .flatMap(call => [statement(call), ...passRole(call)]),
  })
  if (policy.length <= MOST_CHARACTERS) return policy
  return refuse(
    `This change touches too much for one session: its policy has ${policy.length.toLocaleString('en')} characters, and AWS takes 2,048.`,
    'Make it in parts.',
  )
}

/** To talk in the one session that this call has opened, and to end it; with the key that it may be encrypted with. */
export const channelPolicy = ({ resources: [cluster = ''], key, targetId }: ExecCall, session: string): string => {
  const [, partition, , region, account] = cluster.split(':')
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      // It has no resource type (service authorization reference); AWS's own samples name sessions all the same.
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
              Condition: { StringEquals: { 'kms:EncryptionContext:aws:ssm:TargetId': targetId } },
            },
          ]),
    ],
  })
}

/** To look which sessions there are. */
export const FIND_SESSIONS_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ssm:DescribeSessions', Resource: '*' }],
})

/** That tag with that value, and no other. */
const tagging = ({ action, input, resources }: Call): JsonObject => {
  const tags = (input['tags'] ?? []) as unknown as readonly { readonly key: string; readonly value: string }[]
  const keys = [...tags.map(({ key }) => key), ...((input['tagKeys'] ?? []) as readonly string[])]
  return {
    Effect: 'Allow',
    Action: `ecs:${action}`,
    Resource: [...resources],
    Condition: {
      'ForAllValues:StringEquals': { 'aws:TagKeys': keys },
      ...(tags.length > 0 && {
        StringEquals: Object.fromEntries(tags.map(({ key, value }) => [`aws:RequestTag/${key}`, value])),
      }),
    },
  }
}

const statement = (call: Call): JsonObject => {
  const { service, action, input, resources } = call
  const { taskDefinition } = input
  if (action === 'ExecuteCommand')
    return {
      Effect: 'Allow',
      Action: 'ecs:ExecuteCommand',
      Resource: [...resources],
      Condition: { StringEquals: { 'ecs:container-name': input['container'] ?? '' } },
    }
  if (action === 'TagResource' || action === 'UntagResource') return tagging(call)
  const fenced =
    action !== 'UpdateService' ? [] : Object.entries(FENCES).flatMap(([field, keys]) => (field in input ? [] : keys))
  return {
    Effect: 'Allow',
    Action: `${service}:${action}`,
    Resource: [...resources],
    ...(fenced.length > 0 && {
      Condition: {
        Null: Object.fromEntries(fenced.map(key => [key, 'true'])),
        ...(taskDefinition !== undefined && { ArnEquals: { 'ecs:task-definition': taskDefinition } }),
      },
    }),
  }
}

/** What tasks get is passed on: exactly these roles, and to tasks alone. */
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
