// Temporary shell access to one task: tags on the task name the person and the container, and IAM policies of people
// compare themselves with those tags.

import type { EcsCall, Grant, Plan, SessionCall } from '../../engine/change/plan.ts'
import type { Asker } from '../../engine/rules/asker.ts'

/** Tags that people's IAM policies compare with their identity and the requested container (infra/people.ts). */
export const GRANT_TAG = 'quarterdeck:exec'
export const CONTAINER_TAG = 'quarterdeck:exec-container'

/** Terminates one session, in the account and region of the service's ARN. */
export const terminateCall = (serviceArn: string, id: string): SessionCall => {
  const [, partition, , region, account] = serviceArn.split(':')
  return {
    service: 'ssm',
    action: 'TerminateSession',
    input: { SessionId: id },
    resources: [`arn:${partition}:ssm:${region}:${account}:session/${id}`],
    repeatable: true,
  }
}

/** Tags the task with the requester's corporate id and the container. */
export const grantCall = ({ taskArn, container }: Grant, { who }: Pick<Asker, 'who'>): EcsCall => ({
  service: 'ecs',
  action: 'TagResource',
  input: {
    resourceArn: taskArn,
    tags: [
      { key: GRANT_TAG, value: who.corporateId },
      { key: CONTAINER_TAG, value: container },
    ],
  },
  resources: [taskArn],
  repeatable: true,
})

/** The AWS CLI command that opens the session, for the requester's terminal. */
export const awsCommand = ({ target }: Pick<Plan, 'target'>, { task, container }: Grant): string =>
  `aws ecs execute-command --region ${target.region} --cluster ${target.cluster} --task ${task} --container ${container} --interactive --command /bin/sh`

/** Removes both tags when the access ends. */
export const revokeCall = ({ taskArn }: Grant): EcsCall => ({
  service: 'ecs',
  action: 'UntagResource',
  input: { resourceArn: taskArn, tagKeys: [GRANT_TAG, CONTAINER_TAG] },
  resources: [taskArn],
  repeatable: true,
})
