// ExecuteCommand and what Session Manager and KMS know of it, asked by the real SDK clients.

import {
  DescribeTasksCommand,
  ECSClient,
  ExecuteCommandCommand,
  type ExecuteCommandRequest,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  DescribeSessionsCommand,
  type DescribeSessionsRequest,
  ResumeSessionCommand,
  SSMClient,
  TerminateSessionCommand,
} from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import type { Task } from '../../../sandbox/world/state.ts'
import { allow, policy, variable } from '../../sandbox/aws/iam/policies.ts'
import { refusal } from '../../sandbox/aws/peer.ts'
import { aWorld, type World } from '../world.ts'
import { connect, type Keys } from './exec-client.ts'

const STAGING = '444455556666'
const DISABLED =
  "InvalidParameterException: The execute command failed because execute command was not enabled when the task was run or the execute command agent isn't running. Wait and try again or run a new task with execute command enabled and try again."
const NOT_CONNECTED =
  'TargetNotConnectedException: The execute command failed due to an internal error. Try again later.'

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())
beforeEach(() => {
  for (const session of world.aws.exec.sessions.list()) world.aws.exec.terminate(session)
})

const clients = (credentials: Keys = localUser, region = 'us-east-1') => {
  const config = { endpoint: world.aws.url, region, credentials, maxAttempts: 2 }
  return { ecs: new ECSClient(config), ssm: new SSMClient(config), kms: new KMSClient(config) }
}

const tasksOf = (name: string, account: string = localUser.account, region = 'us-east-1'): readonly Task[] => {
  const [cluster = '', service = ''] = name.split('/')
  return [...(world.fleet.site({ account, region }).clusters.get(cluster)?.services.get(service)?.tasks ?? [])]
}

const taskOf = (name = 'web/orders-api', account?: string, region?: string): Task => {
  const [task] = tasksOf(name, account, region)
  if (!task) throw new Error(`no task of ${name}`)
  return task
}

/** Somebody of an account with that role, and nothing but its policy. */
const holderOf = (name: string, document: object, account: string = localUser.account, tags = {}) => {
  const role = world.aws.roles.add({ account, name, trustPolicy: {}, policies: [document] })
  return world.aws.credentials.issue({
    account,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/someone`,
    userId: `${role.id}:someone`,
    roleArn: role.arn,
    tags,
  })
}

const admin = (account: string) => holderOf('admin', policy(allow('*')), account)

const execute = (input: Partial<ExecuteCommandRequest> = {}, { ecs } = clients()) =>
  ecs.send(
    new ExecuteCommandCommand({
      cluster: 'web',
      container: 'app',
      command: 'cat',
      interactive: true,
      ...input,
      task: input.task ?? taskOf().id,
    }),
  )

describe('ExecuteCommand', () => {
  test('begins a session, and says where', async () => {
    const { id, arn } = taskOf()
    const answer = await execute()
    expect(answer).toMatchObject({ containerName: 'app', interactive: true, taskArn: arn })
    const { sessionId = '', streamUrl = '', tokenValue = '' } = answer.session ?? {}
    expect(sessionId).toMatch(/^ecs-execute-command-[0-9a-z]{26}$/)
    expect(streamUrl).toMatch(
      /^ws:\/\/127\.0\.0\.1:\d+\/v1\/data-channel\/ecs-execute-command-\w+\?role=publish_subscribe&cell-number=[^&]*\+[^&]*\/[^&]*$/,
    )
    expect(tokenValue.length).toBeGreaterThan(200)
    expect(world.aws.exec.sessions.find(sessionId)?.container.target).toBe(`ecs:web_${id}_${id}-1000000000`)
    expect(JSON.stringify(world.aws.callLog.list())).not.toContain(tokenValue)
    expect(world.calls('ExecuteCommand').at(-1)?.output).toMatchObject({
      session: { sessionId, tokenValue: '<redacted>', streamUrl: '<redacted>' },
    })
  })

  test.each<[string, () => Partial<ExecuteCommandRequest>, string]>([
    ['no cluster', () => ({ cluster: 'nope' }), 'ClusterNotFoundException: Cluster not found.'],
    [
      'one-way',
      () => ({ interactive: false }),
      'InvalidParameterException: Interactive is the only mode supported currently.',
    ],
    [
      'a task id of no length',
      () => ({ task: 'abc' }),
      'InvalidParameterException: taskId length should be one of [32,36]',
    ],
    ['no task', () => ({ task: 'f'.repeat(32) }), 'InvalidParameterException: The referenced task was not found.'],
    [
      'no such container',
      () => ({ container: 'nope' }),
      'InvalidParameterException: The container nope was not found in the task.',
    ],
    [
      'one of two containers, unnamed',
      () => ({ container: undefined as never }),
      'InvalidParameterException: A container name must be specified when the task has more than one container.',
    ],
    ['not switched on', () => ({ task: taskOf('web/checkout').id }), DISABLED],
  ])('refuses: %s', async (_, input, expected) => {
    expect(await refusal(execute(input()))).toBe(expected)
  })

  test('refuses where the agent stands still, cannot write, or has keys of its own', async () => {
    const eu = clients(localUser, 'eu-west-1')
    const stopped = taskOf('web/checkout', localUser.account, 'eu-west-1')
    expect(await refusal(execute({ task: stopped.id }, eu))).toBe(DISABLED)
    const staging = clients(admin(STAGING))
    expect(await refusal(execute({ task: taskOf('web/reports', STAGING).id }, staging))).toBe(NOT_CONNECTED)
    const keys = { cluster: 'jobs', task: taskOf('jobs/reports', STAGING).id }
    expect(await refusal(execute(keys, staging))).toBe(NOT_CONNECTED)
    const { tasks = [] } = await eu.ecs.send(new DescribeTasksCommand({ cluster: 'web', tasks: [stopped.arn] }))
    expect(tasks[0]?.containers?.[0]?.managedAgents).toMatchObject([
      { name: 'ExecuteCommandAgent', lastStatus: 'STOPPED', reason: 'The agent has exited' },
    ])
  })

  test('refuses where the task role reaches no channel', async () => {
    const { roles } = world.aws
    const role = roles.add({ account: localUser.account, name: 'orders-worker-task', trustPolicy: {}, policies: [] })
    const worker = { cluster: 'jobs', task: taskOf('jobs/orders-worker').id }
    expect(await refusal(execute(worker))).toBe(NOT_CONNECTED)
    roles.remove(role.arn)
    expect((await execute(worker)).session?.sessionId).toBeDefined()
  })

  test('has two slots a container, and gives back those of sessions that are over', async () => {
    const first = await execute()
    await execute()
    expect(await refusal(execute())).toBe(NOT_CONNECTED)
    await execute({ container: 'envoy' })
    await clients().ssm.send(new TerminateSessionCommand({ SessionId: first.session?.sessionId }))
    await execute()
  })

  test('has one slot where containers share their processes', async () => {
    const staging = clients(admin(STAGING))
    const task = taskOf('web/checkout', STAGING)
    await execute({ task: task.id }, staging)
    expect(
      await refusal(execute({ task: task.id, container: `ecs-service-connect-${task.id.slice(0, 6)}` }, staging)),
    ).toBe(NOT_CONNECTED)
  })

  test('works in tasks of the deployment that switched it on', async () => {
    const on = { cluster: 'web', service: 'checkout', enableExecuteCommand: true, forceNewDeployment: true }
    await clients().ecs.send(new UpdateServiceCommand(on))
    expect(taskOf('web/checkout').executeCommand).toBe(false)
    await world.until(() => tasksOf('web/checkout').some(task => task.executeCommand && task.lastStatus === 'RUNNING'))
    const made = tasksOf('web/checkout').find(task => task.executeCommand && task.lastStatus === 'RUNNING')
    expect(await refusal(execute({ task: made?.id ?? '' }))).toBe(DISABLED)
    world.clock.advance(5_000)
    expect((await execute({ task: made?.id ?? '' })).session?.sessionId).toBeDefined()
  })
})

describe('who may', () => {
  const clusters = 'arn:aws:ecs:us-east-1:111122223333:cluster/web'
  const tasks = 'arn:aws:ecs:us-east-1:111122223333:task/web/*'
  const attempt = (document: object, input: Partial<ExecuteCommandRequest> = {}, tags = {}) =>
    refusal(execute(input, clients(holderOf('someone', document, localUser.account, tags))))

  test('is asked of the cluster and of the task, with the container', async () => {
    const only = (condition: object) => policy(allow('ecs:ExecuteCommand', [clusters, tasks], condition))
    const named = only({ StringEquals: { 'ecs:container-name': 'app' } })
    expect(await attempt(policy(allow('ecs:ExecuteCommand', [clusters])))).toMatch(
      /AccessDeniedException: .*:task\/web\//,
    )
    expect(await attempt(policy(allow('ecs:ExecuteCommand', [tasks])))).toMatch(
      /AccessDeniedException: .*:cluster\/web /,
    )
    expect(await attempt(named)).toBe('not refused')
    expect(await attempt(named, { container: 'envoy' })).toMatch(/^AccessDeniedException/)
    expect(await attempt(only({ ArnEquals: { 'ecs:task': taskOf().arn } }))).toBe('not refused')
    expect(await attempt(only({ ArnEquals: { 'ecs:task': `${taskOf().arn}0` } }))).toMatch(/^AccessDeniedException/)
    expect(await attempt(only({ ArnEquals: { 'ecs:cluster': clusters } }))).not.toMatch(/^AccessDenied/)
  })

  test('is who the task’s tag names, for as long as it does', async () => {
    const { ecs } = clients()
    const { arn } = taskOf()
    const standing = policy(
      allow('ecs:ExecuteCommand', clusters),
      allow('ecs:ExecuteCommand', tasks, {
        StringEquals: {
          'aws:ResourceTag/quarterdeck:exec': variable('aws:PrincipalTag/corporateId'),
          'ecs:container-name': 'app',
        },
        Null: { 'aws:PrincipalTag/corporateId': 'false' },
      }),
    )
    const as = (corporateId: string | undefined, container = 'app') =>
      attempt(standing, { container }, corporateId === undefined ? {} : { corporateId })
    expect(await as('ada')).toMatch(/^AccessDenied/)
    await ecs.send(new TagResourceCommand({ resourceArn: arn, tags: [{ key: 'quarterdeck:exec', value: 'ada' }] }))
    expect(await as('ada')).toBe('not refused')
    expect(await as('eve')).toMatch(/^AccessDenied/)
    expect(await as(undefined)).toMatch(/^AccessDenied/)
    expect(await as('ada', 'envoy')).toMatch(/^AccessDenied/)
    const tagging = refusal(
      clients(holderOf('someone', standing, localUser.account, { corporateId: 'eve' })).ecs.send(
        new TagResourceCommand({ resourceArn: arn, tags: [{ key: 'quarterdeck:exec', value: 'eve' }] }),
      ),
    )
    expect(await tagging).toMatch(/^AccessDenied/)
    await ecs.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['quarterdeck:exec'] }))
    expect(await as('ada')).toMatch(/^AccessDenied/)
  })

  test('opens the channel needs ssmmessages:OpenDataChannel', async () => {
    const { session = {} } = await execute()
    const keys = holderOf('without', policy(allow('ecs:*')))
    expect(await connect(session, { keys, at: world.clock.now() }).over()).toMatchObject({ refused: 403 })
    const may = holderOf('with', policy(allow('ssmmessages:OpenDataChannel')))
    const client = connect(session, { keys: may, at: world.clock.now() })
    await client.until(() => client.ofType('start_publication').length === 1)
  })
})

describe('Session Manager', () => {
  test('lists what runs, and what is over', async () => {
    const { ssm } = clients()
    const list = async (State: 'Active' | 'History', more: Partial<DescribeSessionsRequest> = {}) =>
      (await ssm.send(new DescribeSessionsCommand({ State, ...more }))).Sessions ?? []
    const ids = [await execute(), await execute({ container: 'envoy' })].map(({ session }) => session?.sessionId)
    const active = await list('Active')
    expect(active.map(({ SessionId }) => SessionId).sort()).toEqual([...ids].sort())
    expect(active[0]).toMatchObject({
      Target: `ecs:web_${taskOf().id}_${taskOf().id}-1000000000`,
      Status: 'Connecting',
      DocumentName: 'AmazonECS-ExecuteInteractiveCommand',
      Owner: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForECS/ecs-execute-command',
    })
    const target = [{ key: 'Target' as const, value: active[0]?.Target }]
    expect(await list('Active', { Filters: target })).toHaveLength(1)
    const page = await ssm.send(new DescribeSessionsCommand({ State: 'Active', MaxResults: 1 }))
    expect(page.Sessions).toHaveLength(1)
    expect(await list('Active', { MaxResults: 1, NextToken: page.NextToken })).toHaveLength(1)
    await ssm.send(new TerminateSessionCommand({ SessionId: ids[0] }))
    expect(await list('Active')).toHaveLength(1)
    expect((await list('History')).find(({ SessionId }) => SessionId === ids[0])).toMatchObject({
      Status: 'Terminated',
    })
    expect(await refusal(ssm.send(new DescribeSessionsCommand({ State: 'Active', MaxResults: 201 })))).toMatch(
      /^ValidationException/,
    )
  })

  test('resumes and ends what the caller may, by its name', async () => {
    const { session } = await execute()
    const own = `arn:aws:ssm:us-east-1:111122223333:session/${session?.sessionId}`
    const { ssm } = clients(holderOf('pinned', policy(allow(['ssm:ResumeSession', 'ssm:TerminateSession'], own))))
    expect(await ssm.send(new ResumeSessionCommand({ SessionId: session?.sessionId }))).toMatchObject({
      SessionId: session?.sessionId,
      StreamUrl: session?.streamUrl,
    })
    const other = await execute()
    expect(await refusal(ssm.send(new TerminateSessionCommand({ SessionId: other.session?.sessionId })))).toMatch(
      /^AccessDeniedException: .*not authorized to perform: ssm:TerminateSession on resource: arn:aws:ssm:us-east-1:111122223333:session\/ecs-execute-command-/,
    )
    await ssm.send(new TerminateSessionCommand({ SessionId: session?.sessionId }))
    expect(await refusal(clients().ssm.send(new ResumeSessionCommand({ SessionId: 'ecs-execute-command-x' })))).toMatch(
      /^DoesNotExistException/,
    )
  })
})

describe('KMS', () => {
  const context = { 'aws:ssm:SessionId': 's', 'aws:ssm:TargetId': 'ecs:web_t_r' }

  test('makes data keys that open in their context alone', async () => {
    const { kms } = clients()
    const key = world.aws.kms.add({ account: localUser.account, region: 'us-east-1' }, { alias: 'alias/exec' })
    const request = { KeyId: 'alias/exec', NumberOfBytes: 64, EncryptionContext: context }
    const { Plaintext, CiphertextBlob, KeyId } = await kms.send(new GenerateDataKeyCommand(request))
    expect([Plaintext?.length, KeyId]).toEqual([64, key.arn])
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context }))
    expect(opened.Plaintext).toEqual(Plaintext)
    expect(await refusal(kms.send(new DecryptCommand({ CiphertextBlob })))).toMatch(/^InvalidCiphertextException/)
    expect(await refusal(kms.send(new GenerateDataKeyCommand({ ...request, KeyId: 'alias/none' })))).toBe(
      'NotFoundException: Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found.',
    )
  })

  test('asks IAM with the context', async () => {
    const key = world.aws.kms.add({ account: localUser.account, region: 'us-east-1' })
    const pinned = policy(
      allow('kms:GenerateDataKey', key.arn, {
        StringLike: { 'kms:EncryptionContext:aws:ssm:TargetId': 'ecs:web_*' },
      }),
    )
    const { kms } = clients(holderOf('sealer', pinned))
    const make = (EncryptionContext: Record<string, string>) =>
      refusal(kms.send(new GenerateDataKeyCommand({ KeyId: key.arn, NumberOfBytes: 64, EncryptionContext })))
    expect(await make(context)).toBe('not refused')
    expect(await make({ ...context, 'aws:ssm:TargetId': 'ecs:jobs_t_r' })).toMatch(/^AccessDeniedException/)
    expect(await make({})).toMatch(/^AccessDeniedException/)
    key.admits = ['arn:aws:iam::111122223333:role/another']
    expect(await make(context)).toMatch(/because no resource-based policy allows the kms:GenerateDataKey action$/)
    key.isEnabled = false
    key.admits = ['arn:aws:iam::111122223333:role/sealer']
    expect(await make(context)).toBe(`DisabledException: ${key.arn} is disabled.`)
  })
})
