// Policies for shell access (`/ecs exec --interactive`): one that people's roles need, and one that prevents people
// from granting themselves access. For ExecuteCommand, ECS evaluates the tags of clusters and tasks, never of services.
import { CONTAINER_TAG, GRANT_TAG } from '../src/features/exec/grant.ts'
import type { Place } from './actions.ts'
import { spokeRoleName } from './names.ts'
import { allowing, type PolicyDocument, policy, type Statement } from './policy.ts'

/**
 * The condition key for a person's corporate id: an access-control attribute of IAM Identity Center, or a tag of the
 * role.
 */
const CORPORATE_ID = 'aws:PrincipalTag/corporateId'

const inEcs = ({ partition, account }: Place, kind: string) => `arn:${partition}:ecs:*:${account}:${kind}/*`

/** Allows access to a task whose tag names this person, in the container that the task's other tag names. */
const granted = (sid: string, place: Place, who: string, key: string): Statement =>
  allowing(sid, 'ecs:ExecuteCommand', inEcs(place, 'task'), {
    StringEquals: {
      [`aws:ResourceTag/${GRANT_TAG}`]: `\${${who}}`,
      'ecs:container-name': `\${aws:ResourceTag/${CONTAINER_TAG}}`,
    },
    Null: { [key]: 'false', [`aws:ResourceTag/${GRANT_TAG}`]: 'false', 'ecs:container-name': 'false' },
  })

export const peoplePolicy = (place: Place): PolicyDocument =>
  policy(
    allowing('Clusters', 'ecs:ExecuteCommand', inEcs(place, 'cluster')),
    granted('GrantedByTag', place, CORPORATE_ID, CORPORATE_ID),
    granted('GrantedBySourceIdentity', place, 'aws:SourceIdentity', 'aws:SourceIdentity'),
    // The AWS CLI and its Session Manager plugin need this action.
    allowing('DescribeTasks', 'ecs:DescribeTasks', inEcs(place, 'task')),
    allowing('OpenChannel', 'ssmmessages:OpenDataChannel', '*'),
    allowing('Encrypt', 'kms:GenerateDataKey', `arn:${place.partition}:kms:*:${place.account}:key/*`, {
      StringLike: { 'kms:EncryptionContext:aws:ssm:TargetId': 'ecs:*' },
    }),
    // StartSession is denied, because it would bypass both the tags and the cluster's session log.
    {
      Sid: 'DenyStartSession',
      Effect: 'Deny',
      Action: 'ssm:StartSession',
      Resource: inEcs(place, 'task'),
    },
  )

/**
 * Every action of ECS that takes tags: on tasks, or on what hands its tags on to tasks. AWS Batch hands the tags of a job on
 * to its ECS task in its service-linked role, which no service control policy reaches.
 */
export const TAGGING_ACTIONS = [
  'ecs:CreateCapacityProvider',
  'ecs:CreateCluster',
  'ecs:CreateDaemon',
  'ecs:CreateExpressGatewayService',
  'ecs:CreateService',
  'ecs:CreateTaskSet',
  'ecs:RegisterContainerInstance',
  'ecs:RegisterDaemonTaskDefinition',
  'ecs:RegisterTaskDefinition',
  'ecs:RunTask',
  'ecs:StartTask',
  'ecs:TagResource',
  'ecs:UntagResource',
  'batch:RegisterJobDefinition',
  'batch:SubmitJob',
  'batch:TagResource',
] as const

/**
 * For a service control policy or permissions boundaries: only the exec role may set or remove these tags. Compares without
 * case, as `aws:ResourceTag/…` does. Nobody starts sessions on tasks: that would bypass the tags and the session log.
 */
export const tagGuard = ({ partition }: Pick<Place, 'partition'>): PolicyDocument =>
  policy(
    {
      Sid: 'OnlyQuarterdeckGrants',
      Effect: 'Deny',
      Action: TAGGING_ACTIONS,
      Resource: '*',
      Condition: {
        'ForAnyValue:StringEqualsIgnoreCase': { 'aws:TagKeys': [GRANT_TAG, CONTAINER_TAG] },
        ArnNotLike: { 'aws:PrincipalArn': `arn:${partition}:iam::*:role/${spokeRoleName('exec')}` },
      },
    },
    {
      Sid: 'NoSessionsOnTasks',
      Effect: 'Deny',
      Action: 'ssm:StartSession',
      Resource: `arn:${partition}:ecs:*:*:task/*`,
    },
  )
