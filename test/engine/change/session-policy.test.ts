import { expect, test } from 'vitest'
import type { Call, EcsCall } from '../../../src/engine/change/plan.ts'
import { sessionPolicy } from '../../../src/engine/change/session-policy.ts'
import { setBounds, setCount, setExpressBounds } from '../../../src/features/scaling/scaling-calls.ts'
import { isRefusal } from '../../../src/model/errors.ts'
import { anAutoscaling, aRef } from '../../builders.ts'

const anEcsCall = (
  input: Call['input'],
  resources: readonly string[] = ['arn:aws:ecs:us-east-1:111122223333:service/web/orders-api'],
): EcsCall => ({
  service: 'ecs',
  action: 'UpdateService',
  input,
  resources,
  repeatable: true,
})
const policyOf = (...calls: readonly Call[]) => {
  const policy = sessionPolicy(calls)
  if (isRefusal(policy)) throw new Error(policy.text)
  return JSON.parse(policy) as {
    Statement: { Action: string; Resource: string[]; Condition?: { Null: Record<string, string> } }[]
  }
}

test('allows the calls of the plan on their resources, each with a fence around what it does not send', () => {
  const { Statement } = policyOf(anEcsCall({ desiredCount: 6 }))
  expect(Statement).toHaveLength(1)
  expect(Statement[0]).toMatchObject({
    Action: 'ecs:UpdateService',
    Resource: ['arn:aws:ecs:us-east-1:111122223333:service/web/orders-api'],
  })
  expect(Object.keys(Statement[0]?.Condition?.Null ?? {})).toEqual([
    'ecs:task-definition',
    'ecs:task-cpu',
    'ecs:task-memory',
    'ecs:capacity-provider',
    'ecs:enable-execute-command',
    'ecs:subnet',
    'ecs:auto-assign-public-ip',
    'ecs:propagate-tags',
    'ecs:enable-ecs-managed-tags',
    'ecs:enable-service-connect',
    'ecs:namespace',
    'ecs:enable-vpc-lattice',
    'ecs:enable-ebs-volumes',
  ])
})

test('takes a fence down only for what the plan sends', () => {
  const fenced = (strategy: readonly object[]) => {
    const { Statement } = policyOf(anEcsCall({ capacityProviderStrategy: strategy, forceNewDeployment: true } as never))
    return Object.keys(Statement[0]?.Condition?.Null ?? {})
  }
  expect(fenced([{ capacityProvider: 'FARGATE' }])).not.toContain('ecs:capacity-provider')
  expect(fenced([{ capacityProvider: 'FARGATE' }])).toContain('ecs:task-definition')
  // IAM treats a key without values as absent.
  expect(fenced([])).toContain('ecs:capacity-provider')
})

test('a policy longer than AWS takes is refused with its length, before anything is assumed', () => {
  const resources = Array.from(
    { length: 30 },
    (_, n) => `arn:aws:ecs:us-east-1:111122223333:service/web/service-with-a-long-name-${n}`,
  )
  expect(sessionPolicy([anEcsCall({ desiredCount: 6 }, resources)])).toMatchObject({
    kind: 'refusal',
    text: expect.stringMatching(/has [\d,]+ characters, and AWS allows 2,048/),
  })
})

test.each(['role/*/orders', 'role/orders-?', `role/\${aws:username}/orders`])(
  'a name that IAM would read as a pattern is refused: %s',
  role => {
    const call: Call = { ...anEcsCall({ taskDefinition: 'x' }), passes: [`arn:aws:iam::111122223333:${role}`] }
    expect(sessionPolicy([call])).toMatchObject({
      kind: 'refusal',
      text: expect.stringContaining('IAM reads as a pattern'),
    })
    expect(sessionPolicy([{ ...call, passes: ['arn:aws:iam::111122223333:role/team/orders'] }])).toContain(
      'role/team/orders',
    )
  },
)

test('bounds and suspensions are about their target alone, with fences of their own', () => {
  const { arn } = anAutoscaling()
  const { Statement } = policyOf(setBounds(aRef(), arn, { min: 4, max: 12 }), setCount(aRef(), 12))
  expect(Statement).toMatchObject([
    { Action: 'application-autoscaling:RegisterScalableTarget', Resource: [arn] },
    { Action: 'ecs:UpdateService', Resource: [aRef().arn] },
  ])
  expect(Statement[0]?.Condition).toEqual({ Null: { 'aws:TagKeys': 'true' } })
  expect(Statement[1]?.Condition?.Null).toHaveProperty('ecs:task-definition')
})

test('the bounds of an Express service are a call about the service, which cannot deploy it', () => {
  expect(policyOf(setExpressBounds(aRef(), { min: 4, max: 12 })).Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'ecs:UpdateExpressGatewayService',
      Resource: [aRef().arn],
      Condition: {
        Null: Object.fromEntries(
          ['ecs:task-definition', 'ecs:task-cpu', 'ecs:task-memory', 'ecs:subnet'].map(key => [key, 'true']),
        ),
      },
    },
  ])
})

test('what is changed in our own store needs nothing of AWS', () => {
  const own: Call = {
    service: 'quarterdeck',
    action: 'KeepLease',
    input: { lease: 'x' },
    resources: [aRef().arn],
    repeatable: true,
  }
  expect(policyOf(own).Statement).toEqual([])
  expect(policyOf(own, anEcsCall({ desiredCount: 6 })).Statement).toHaveLength(1)
})
