// Policies for shell access (`/ecs exec --interactive`). One is for the roles in which people sign in. The other prevents people
// from granting themselves access. For ExecuteCommand, ECS evaluates the tags of clusters and tasks, never of services.
import { CONTAINER_TAG, GRANT_TAG } from '../src/features/exec/grant.ts'
import type { Place } from './actions.ts'
import { spokeRoleName } from './names.ts'
import { allowing, type PolicyDocument, policy, type Statement } from './policy.ts'

/**
 * The condition key with a person's corporate id. Its value is an access-control attribute of IAM Identity Center, or a tag of
 * the role.
 */
const CORPORATE_ID = 'aws:PrincipalTag/corporateId'

const inEcs = ({ partition, account }: Place, kind: string) => `arn:${partition}:ecs:*:${account}:${kind}/*`

/** Allows sessions in a task that has a tag with this person's id, only in the container that the task's other tag names. */
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
    // The AWS CLI with its Session Manager plugin needs this action.
    allowing('DescribeTasks', 'ecs:DescribeTasks', inEcs(place, 'task')),
    allowing('OpenChannel', 'ssmmessages:OpenDataChannel', '*'),
    allowing('Encrypt', 'kms:GenerateDataKey', `arn:${place.partition}:kms:*:${place.account}:key/*`, {
      StringLike: { 'kms:EncryptionContext:aws:ssm:TargetId': 'ecs:*' },
    }),
    // StartSession is denied, because it would bypass the tags and the cluster's session log.
    {
      Sid: 'DenyStartSession',
      Effect: 'Deny',
      Action: 'ssm:StartSession',
      Resource: inEcs(place, 'task'),
    },
  )

/**
 * All ECS and Batch actions that set or remove tags on tasks, or on resources whose tags are copied to tasks. AWS Batch copies
 * the tags of a job to its ECS task with its service-linked role. A service control policy does not apply to this role, so the
 * actions of Batch are listed too.
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
 * The document for a service control policy or for permissions boundaries. Only the exec role may set or remove the tags of shell
 * access. Tag keys are compared without case, as in `aws:ResourceTag/…`. StartSession on tasks is denied for everybody, because
 * it would bypass the tags and the session log.
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
