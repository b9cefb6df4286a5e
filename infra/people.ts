// What people's own roles need so that they can be let into one task (`/ecs exec --interactive`), and what keeps everybody
// from letting themselves in. ECS evaluates the tags of clusters and tasks for ExecuteCommand, never those of services.
import { CONTAINER_TAG, GRANT_TAG } from '../src/features/exec/grant.ts'
import type { Place } from './actions.ts'
import { allowing, type PolicyDocument, policy, type Statement } from './policy.ts'
import { spokeRoleName } from './roles.ts'

/** Of IAM Identity Center's access-control attributes, or of the role: the corporate id that the configuration says. */
const CORPORATE_ID = 'aws:PrincipalTag/corporateId'

const inEcs = ({ partition, account }: Place, kind: string) => `arn:${partition}:ecs:*:${account}:${kind}/*`

/** Into the one task whose tag is this person, and the container that its other tag names. */
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
    // What the AWS CLI asks on its way, and what its plugin speaks.
    allowing('Look', 'ecs:DescribeTasks', inEcs(place, 'task')),
    allowing('Talk', 'ssmmessages:OpenDataChannel', '*'),
    allowing('Encrypt', 'kms:GenerateDataKey', `arn:${place.partition}:kms:*:${place.account}:key/*`, {
      StringLike: { 'kms:EncryptionContext:aws:ssm:TargetId': 'ecs:*' },
    }),
    // The way into a container that no tag guards, and no cluster logs.
    {
      Sid: 'NoSideDoor',
      Effect: 'Deny',
      Action: 'ssm:StartSession',
      Resource: inEcs(place, 'task'),
    },
  )

/** For a service control policy, or a boundary of everybody else: nobody but our exec role sets or removes these tags. */
export const tagGuard = ({ partition }: Pick<Place, 'partition'>): PolicyDocument =>
  policy({
    Sid: 'GrantsAreQuarterdecks',
    Effect: 'Deny',
    Action: [
      'ecs:TagResource',
      'ecs:UntagResource',
      'ecs:RunTask',
      'ecs:StartTask',
      'ecs:CreateService',
      'ecs:UpdateService',
    ],
    Resource: '*',
    Condition: {
      'ForAnyValue:StringLike': { 'aws:TagKeys': ['quarterdeck:*'] },
      ArnNotLike: { 'aws:PrincipalArn': `arn:${partition}:iam::*:role/${spokeRoleName('exec')}` },
    },
  })
