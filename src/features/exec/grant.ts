// Letting a person into one task for a while, with their own identity: the task's tags name them and the container, and
// their standing policy lets nobody else in.

import type { EcsCall, Grant, Plan, SessionCall } from '../../engine/change/plan.ts'
import type { Asker } from '../../engine/rules/asker.ts'

/** What the policies of people compare with who they are, and with the container that they ask for (infra/people.ts). */
export const GRANT_TAG = 'quarterdeck:exec'
export const CONTAINER_TAG = 'quarterdeck:exec-container'

/** Ends one session; the ARN of the service says where it is. */
export const endingOf = (serviceArn: string, id: string): SessionCall => {
  const [, partition, , region, account] = serviceArn.split(':')
  return {
    service: 'ssm',
    action: 'TerminateSession',
    input: { SessionId: id },
    resources: [`arn:${partition}:ssm:${region}:${account}:session/${id}`],
    repeatable: true,
  }
}

/** Of who lets themselves in: the tag is their corporate id. */
export const grantingOf = ({ taskArn, container }: Grant, { who }: Pick<Asker, 'who'>): EcsCall => ({
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

/** What to type in a terminal, once it is granted. */
export const lineOf = ({ target }: Pick<Plan, 'target'>, { task, container }: Grant): string =>
  `aws ecs execute-command --region ${target.region} --cluster ${target.cluster} --task ${task} --container ${container} --interactive --command /bin/sh`

/** At its end. */
export const ungrantingOf = ({ taskArn }: Grant): EcsCall => ({
  service: 'ecs',
  action: 'UntagResource',
  input: { resourceArn: taskArn, tagKeys: [GRANT_TAG, CONTAINER_TAG] },
  resources: [taskArn],
  repeatable: true,
})
