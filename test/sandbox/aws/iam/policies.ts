// Policies in short, for the tests of IAM.

import type { Decision } from '../../../../sandbox/aws/iam/evaluate.ts'

type Texts = string | readonly string[]

export const policy = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements })

export const allow = (Action: Texts, Resource: Texts = '*', Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
})

export const deny = (Action: Texts, Resource: Texts = '*', Condition?: object) => ({
  ...allow(Action, Resource, Condition),
  Effect: 'Deny',
})

/** The fences around a plain scale: nothing but the count of the service may be sent. */
export const fences = {
  Null: {
    'ecs:task-definition': 'true',
    'ecs:capacity-provider': 'true',
    'ecs:enable-execute-command': 'true',
    'ecs:subnet': 'true',
    'ecs:auto-assign-public-ip': 'true',
    'ecs:task-cpu': 'true',
    'ecs:task-memory': 'true',
  },
}

export const decisionOf = (decision: Decision): string =>
  decision.decision === 'allowed' ? 'allowed' : `${decision.decision} by ${decision.by}`

/** `${aws:PrincipalTag/team}`, or with a default. */
export const variable = (key: string, fallback?: string): string =>
  `\${${key}${fallback === undefined ? '' : `, '${fallback}'`}}`
