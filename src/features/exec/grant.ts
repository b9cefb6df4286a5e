// Temporary shell access to one task. Tags on the task name the person and the container; people's IAM policies compare
// these tags with the person's identity and the requested container.

import type { EcsCall, Grant, Plan, SessionCall } from '../../engine/change/plan.ts'
import type { Asker } from '../../engine/rules/asker.ts'

/**
 * Tag keys for the person's corporate id and for the container. People's IAM policies compare the tags with their
 * identity and the requested container (infra/people.ts).
 */
export const GRANT_TAG = 'quarterdeck:exec'
export const CONTAINER_TAG = 'quarterdeck:exec-container'

const KEYS = [GRANT_TAG, CONTAINER_TAG]

export type GrantTag = { readonly key: string; readonly value: string }

/** IAM finds the tag of `aws:ResourceTag/…` without case (IAM user guide, tag keys in conditions): every spelling counts. */
export const isGrantKey = (key: string): boolean => KEYS.includes(key.toLowerCase())

/** Those keys that the grant did not write. */
export const otherSpellings = (found: readonly GrantTag[]): readonly string[] =>
  found.map(({ key }) => key).filter(key => !KEYS.includes(key))

/** Those of a task's tags that this plan did not set: another spelling, or another value. */
export const foreignTags = (found: readonly GrantTag[], { calls }: Pick<Plan, 'calls'>): readonly GrantTag[] => {
  const granted = calls.flatMap(({ input }) => (input['tags'] ?? []) as unknown as readonly GrantTag[])
  return found.filter(tag => !granted.some(({ key, value }) => key === tag.key && value === tag.value))
}

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

/** The call that tags the task with the requester's corporate id and the container. */
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
export const awsCommand = ({ target }: Pick<Plan, 'target'>, { task, container, isWindows }: Grant): string =>
  `aws ecs execute-command --region ${target.region} --cluster ${target.cluster} --task ${task} --container ${container} --interactive --command ${isWindows ? 'powershell.exe' : '/bin/sh'}`

/** Removes both tags when the access ends; or other spellings of them, by their keys. */
export const revokeCall = ({ taskArn }: Grant, tagKeys: readonly string[] = KEYS): EcsCall => ({
  service: 'ecs',
  action: 'UntagResource',
  input: { resourceArn: taskArn, tagKeys: [...tagKeys] },
  resources: [taskArn],
  repeatable: true,
})
