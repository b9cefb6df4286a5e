import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../src/commands/compile-config.ts'
import { fingerprint, type Plan } from '../../src/engine/change/plan.ts'
import type { Asker } from '../../src/engine/rules/asker.ts'
import { isProduction } from '../../src/engine/rules/config.ts'
import { loadExec } from '../../src/features/exec/load-exec.ts'
import { planExec } from '../../src/features/exec/plan-exec.ts'
import type { ExecContainer, ExecSite, ExecTask } from '../../src/features/exec/site.ts'
import { isRefusal } from '../../src/model/errors.ts'
import { aRef, aTaskRole } from '../builders.ts'

const compiled = (change: (yaml: string) => string = yaml => yaml) => {
  const result = compileConfig(change(readFileSync('quarterdeck.yaml', 'utf8')))
  if ('problems' in result) throw new Error(result.problems.join('\n'))
  return result.config
}

const aContainer = (container: Partial<ExecContainer> = {}): ExecContainer => ({
  name: 'app',
  image: 'orders:7',
  runtimeId: '0123456789abcdef0123456789abcdef-1',
  status: 'RUNNING',
  agent: { status: 'RUNNING' },
  isRootReadOnly: false,
  awsKeys: [],
  ...container,
})
const aTask = (task: Partial<ExecTask> = {}): ExecTask => {
  const { id = '0123456789abcdef0123456789abcdef' } = task
  return {
    id,
    arn: `arn:aws:ecs:us-east-1:111122223333:task/web/${id}`,
    status: 'RUNNING',
    isEnabled: true,
    isConnected: true,
    startedAt: '2026-11-22T01:00:00.000Z',
    platform: '1.4.0',
    definition: 'orders-api:7',
    isWindows: false,
    pidMode: '',
    taskRole: 'orders-task',
    taskRoleArn: 'arn:aws:iam::111122223333:role/orders-task',
    containers: [aContainer()],
    ...task,
  }
}
const aSite = (site: Partial<ExecSite> = {}): ExecSite => ({
  clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
  log: 'log group /ecs/exec',
  tasks: [aTask()],
  ...site,
})

const own = (config = compiled()) =>
  ({
    config,
    who: { corporateId: 'requester@example.com' },
    again: (values: object) => `exec ${JSON.stringify(values)}`,
  }) as unknown as Asker
const load = (
  site: ExecSite,
  asked: Parameters<typeof loadExec>[1] = { run: 'uptime' },
  config = compiled(),
  ref = aRef(),
  role = aTaskRole(),
) =>
  loadExec(ref, asked, {
    read: { execSite: async () => site, taskRole: async () => role, endpoints: async () => undefined },
    asker: own(config),
  })
const planned = async (...given: Parameters<typeof load>): Promise<Plan> => {
  const state = await load(...given)
  if (isRefusal(state)) throw new Error(state.text)
  const plan = planExec(state)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const refused = async (...given: Parameters<typeof load>) => {
  const state = await load(...given)
  if (!isRefusal(state)) throw new Error('was not refused')
  return `${state.text} ${state.hint ?? ''}${(state.offers ?? []).map(({ label }) => ` [${label}]`).join('')}`
}

test('a line for the shell is a high risk, because a shell is the task’s role', async () => {
  const plan = await planned(aSite())
  expect(plan).toMatchObject({
    verbatim: 'sh -c uptime',
    role: 'exec',
    risk: { level: 'high', reasons: [expect.stringContaining('*orders-task*')] },
    calls: [
      {
        action: 'ExecuteCommand',
        argv: ['sh', '-c', 'uptime'],
        input: { container: 'app', interactive: true },
        targetId: 'ecs:web_0123456789abcdef0123456789abcdef_0123456789abcdef0123456789abcdef-1',
        repeatable: false,
      },
    ],
  })
  expect(plan.consequences.join('\n')).toContain('as root, with the task role *orders-task*')
})

test('a command of the configuration is a low one', async () => {
  expect(await planned(aSite(), { run: 'threads' })).toMatchObject({
    risk: { level: 'low' },
    verbatim: expect.stringMatching(/ jcmd 1 Thread.print$/),
  })
})

test('consent binds to the words, the task, the container and what runs there', async () => {
  const first = fingerprint(await planned(aSite()))
  expect(fingerprint(await planned(aSite()))).toBe(first)
  const others = [
    planned(aSite(), { run: 'uptime -p' }),
    planned(aSite({ tasks: [aTask({ definition: 'orders-api:8' })] })),
    planned(aSite({ tasks: [aTask({ taskRole: 'admin' })] })),
    planned(aSite({ tasks: [aTask({ containers: [aContainer({ runtimeId: 'another' })] })] })),
    planned(aSite({ log: 'bucket audit' })),
  ]
  for (const other of others) expect(fingerprint(await other)).not.toBe(first)
})

test('of several tasks it takes the oldest that can', async () => {
  const tasks = [
    aTask({ id: 'aa', startedAt: '2026-11-22T03:00:00.000Z' }),
    aTask({ id: 'bb', startedAt: '2026-11-22T01:00:00.000Z', isEnabled: false }),
    aTask({ id: 'cc', startedAt: '2026-11-22T02:00:00.000Z' }),
  ]
  expect((await planned(aSite({ tasks }))).binds['tasks']).toEqual(['cc'])
})

describe('in every task, during a deployment', () => {
  const ids = ['aa', 'bb', 'cc'].map(id => `${id}${'0'.repeat(30)}`)
  const older = { definition: 'orders-api:7', subnet: 'subnet-1' }
  const newer: Partial<ExecTask> = {
    definition: 'orders-api:8',
    subnet: 'subnet-2',
    taskRole: 'admin',
    taskRoleArn: 'arn:aws:iam::111122223333:role/admin',
    pidMode: 'task',
    containers: [aContainer({ awsKeys: ['AWS_PROFILE'] }), aContainer({ name: 'proxy' })],
  }
  const site = aSite({
    tasks: [older, newer, older].map((task, at) => aTask({ id: ids[at] ?? '', ...task })),
  })
  const asked = { run: 'id', all: true, container: 'app' }
  const everywhere = async (there: ExecSite, endpoints: (subnet: string) => readonly string[] = () => []) => {
    const read = {
      execSite: async () => there,
      taskRole: async (_: unknown, arn: string) => aTaskRole({ name: arn.split('/').at(-1) ?? '' }),
      endpoints: async (_: unknown, subnet: string) => endpoints(subnet),
    }
    const state = await loadExec(aRef(), asked, { read, asker: own() })
    const plan = isRefusal(state) ? state : planExec(state)
    if (isRefusal(plan)) throw new Error(plan.text)
    return plan
  }

  test('each revision is said, with its task role, and each role is a risk', async () => {
    const plan = await everywhere(site)
    expect(plan.consequences[0]).toBe(
      'In container `app` of each of 3 tasks, all at once: 2 run `orders-api:7`, as root, with the task role *orders-task*; 1 runs `orders-api:8`, as root, with the task role *admin*.',
    )
    expect(plan.risk.reasons).toEqual(
      ['orders-task', 'admin'].map(
        role => `A shell has the permissions of the task role *${role}*, and can read its credentials`,
      ),
    )
  })

  test('where all are alike, once', async () => {
    const alike = aSite({ tasks: ids.map(id => aTask({ id })) })
    expect((await everywhere(alike)).consequences[0]).toBe(
      'In container `app` of each of 3 tasks, all at once, which runs `orders-api:7`, as root, with the task role *orders-task*.',
    )
  })

  test('a container that has another name in one of them is looked for anew before it runs', async () => {
    const renamed = [aTask(), aTask({ id: ids[0] ?? '', containers: [aContainer({ name: 'web' })] })]
    const plan = await planned(aSite({ tasks: renamed }), { run: 'id', all: true })
    expect(plan.consequences[0]).toContain('In container `app` or `web` of each of 2 tasks')
    expect(plan.invocation).not.toContain('"container"')
    expect((await planned(aSite({ tasks: [aTask()] }), { run: 'id', all: true })).invocation).toContain(
      '"container":"app"',
    )
  })

  test('what may be in the way of any of them is said once, of each network, too', async () => {
    const looked: string[] = []
    const plan = await everywhere(site, subnet => {
      looked.push(subnet)
      return subnet === 'subnet-2' ? ['ecs'] : []
    })
    expect(looked).toEqual(['subnet-1', 'subnet-2'])
    for (const words of ['share a process namespace', 'has VPC endpoints for `ecs`', 'has `AWS_PROFILE`'])
      expect(plan.consequences.filter(line => line.includes(words))).toHaveLength(1)
  })
})

describe('is refused, with what would help', () => {
  const broken = (container: Partial<ExecContainer>, task: Partial<ExecTask> = {}) =>
    aSite({ tasks: [aTask({ containers: [aContainer(container)], ...task })] })
  const two = aSite({ tasks: [aTask({ containers: [aContainer(), aContainer({ name: 'proxy' })] })] })
  test.each<[string, ExecSite, Parameters<typeof loadExec>[1], string]>([
    ['nothing runs', aSite({ tasks: [] }), { run: 'id' }, 'has no running task'],
    ['exec is off', broken({}, { isEnabled: false }), { run: 'id' }, 'ECS Exec was off when this task started'],
    ['the agent starts', broken({ agent: { status: 'PENDING' } }), { run: 'id' }, 'try again in half a minute'],
    [
      'the agent stopped',
      broken({ agent: { status: 'STOPPED', reason: 'no route' } }),
      { run: 'id' },
      'the agent is not running (no route)',
    ],
    [
      'keys are in the way',
      broken({ agent: { status: 'STOPPED' }, awsKeys: ['AWS_ACCESS_KEY_ID'] }),
      { run: 'id' },
      '`AWS_ACCESS_KEY_ID`',
    ],
    ['read-only', broken({ isRootReadOnly: true }), { run: 'id' }, 'its root file system is read-only'],
    ['an old platform', broken({}, { platform: '1.3.0' }), { run: 'id' }, 'platform version 1.3.0 is too old'],
    ['it stopped', broken({ status: 'STOPPED' }), { run: 'id' }, 'the container is stopped'],
    ['which container', two, { run: 'id' }, 'In which container? Task `01234567` has `app`, `proxy`. [app] [proxy]'],
    ['no such container', two, { run: 'id', container: 'db' }, 'has no container `db`'],
    [
      'the task is gone',
      aSite(),
      { run: 'id', task: 'ffff' },
      'no longer has a running task `ffff`. Choose another task: [Run in 01234567]',
    ],
    [
      'which task',
      aSite({ tasks: [aTask({ id: 'ab1' }), aTask({ id: 'ab2' })] }),
      { run: 'id', task: 'ab' },
      'begin with `ab`',
    ],
    ['no command', aSite(), {}, 'Which command?'],
    ['what its own patterns hide', aSite(), { run: 'grep CUST-12345 log' }, 'that configuration hides'],
    ['too long', aSite(), { run: 'id', timeout: 14 }, 'at most 13 minutes'],
  ])('%s', async (_, site, asked, words) => {
    expect((await refused(site, asked)).replace(/ {2,}/g, ' ')).toContain(words)
  })

  test.each([
    [
      'requester@example.com',
      'You already have shell access to this task; its card shows until when. *Revoke* it there',
    ],
    ['approver@example.com', 'approver@example.com has shell access to this task; one person at a time.'],
  ])('a task into which %s is let; a command goes on beside it', async (grantee, words) => {
    const site = aSite({ tasks: [aTask({ grantTags: [{ key: 'quarterdeck:exec', value: grantee }] })] })
    expect(await refused(site, { interactive: true })).toContain(words)
    expect((await planned(site)).kind).toBe('plan')
  })

  test.each([
    ['Quarterdeck:exec', []],
    ['QUARTERDECK:EXEC', [{ key: 'quarterdeck:exec', value: 'requester@example.com' }]],
    ['quarterdeck:Exec-Container', []],
    ['quarterdeck:exec-container', []],
  ])('a task that somebody else tagged %s: IAM finds tags without case', async (key, others) => {
    const site = aSite({ tasks: [aTask({ grantTags: [...others, { key, value: 'requester@example.com' }] })] })
    expect(await refused(site, { interactive: true })).toContain(
      `has the tag \`${key}\`, which no grant of Quarterdeck set: it may let somebody in.`,
    )
  })

  test('production without a log, unless a rule says otherwise', async () => {
    const { log: _, ...unlogged } = aSite()
    expect(await refused(unlogged)).toContain('does not log ECS Exec sessions')
    const allowed = compiled(yaml =>
      yaml.replace('  deny: [', "  unlogged: [{ targets: ['web/orders-*'] }]\n  deny: ["),
    )
    expect((await planned(unlogged, { run: 'id' }, allowed)).consequences).toContain('*ECS does not log the session.*')
    const staging = aRef({ account: 'staging', accountId: '444455556666' })
    expect((await planned(unlogged, { run: 'id' }, compiled(), staging)).kind).toBe('plan')
  })

  test.each([
    ['production', true],
    ['prod', true],
    ['PROD-eu', true],
    ['Live', true],
    ['live-us', true],
    ['staging', false],
    ['preprod', false],
    ['olive', false],
  ])('an environment called %s is production: %s', async (environment, is) => {
    expect(isProduction({ environment })).toBe(is)
    const { log: _, ...unlogged } = aSite()
    const { accounts, ...rules } = compiled()
    const config = { ...rules, accounts: accounts.map(account => ({ ...account, environment })) }
    expect(isRefusal(await load(unlogged, { run: 'id' }, config))).toBe(is)
  })

  test('an account without a role for it', async () => {
    const without = compiled(yaml => yaml.replace(/ {6}exec: arn:aws:iam::111122223333.*\n/, ''))
    expect(await refused(aSite(), { run: 'id' }, without)).toContain('has no `roles.exec` for it')
  })
})

test('sidecars of AWS are not meant', async () => {
  const site = aSite({ tasks: [aTask({ containers: [aContainer({ name: 'ecs-service-connect-x1' }), aContainer()] })] })
  expect((await planned(site)).binds['container']).toBe('app')
})

describe('the task role', () => {
  const having = (role: Parameters<typeof aTaskRole>[0]) =>
    [aSite(), undefined, compiled(), aRef(), aTaskRole(role)] as const
  const right = (action: string, by: 'silence' | 'statement' | 'boundary' | 'organization', resource = '*') => ({
    action,
    resource,
    by,
  })
  const open = right('ssmmessages:OpenDataChannel', 'silence')

  test.each<[string, Parameters<typeof aTaskRole>[0], string]>([
    [
      'may not open channels',
      { denied: [open, right('ssmmessages:CreateDataChannel', 'silence')] },
      'its task role *orders-task* may not `ssmmessages:OpenDataChannel`, `ssmmessages:CreateDataChannel`: add to its policy `{"Effect":"Allow","Action":["ssmmessages:OpenDataChannel","ssmmessages:CreateDataChannel"],"Resource":"*"}`',
    ],
    [
      'is forbidden to',
      { denied: [{ ...open, by: 'statement' }] },
      'remove the statement that denies it, and allow `{"Effect":"Allow"',
    ],
    ['has a boundary', { denied: [{ ...open, by: 'boundary' }] }, 'add to its permissions boundary `{'],
    ['is in an organization', { denied: [{ ...open, by: 'organization' }] }, 'allow in the organization’s policy'],
    [
      'is kept from the key',
      { denied: [right('kms:Decrypt', 'statement', 'arn:aws:kms:us-east-1:111122223333:key/1')] },
      '{"Effect":"Allow","Action":["kms:Decrypt"],"Resource":"arn:aws:kms:us-east-1:111122223333:key/1"}',
    ],
  ])('%s: refused, with what would allow it', async (_, role, words) => {
    expect(await refused(...having(role))).toContain(words)
  })

  test('whether a key admits it by its own policy, nobody can read: that is said, and in nobody’s way', async () => {
    const silent = { denied: [right('kms:Decrypt', 'silence', 'arn:aws:kms:us-east-1:111122223333:key/1')] }
    expect((await planned(...having(silent))).consequences.join('\n')).toContain('Unless the key’s own policy allows')
  })

  test.each<[string, Parameters<typeof aTaskRole>[0], string]>([
    ['AdministratorAccess', { policies: { names: ['AdministratorAccess'] } }, 'an administrator'],
    ['PowerUserAccess', { policies: { names: ['PowerUserAccess'] } }, 'a power user'],
    ['IAMFullAccess', { policies: { names: ['IAMFullAccess'] } }, 'effectively an administrator'],
    ['any action, by whatever policy', { mayNearlyAll: true, mayChangeRights: true }, 'an administrator'],
  ])('%s is a reason of the risk, loud on the card, and consented to', async (_, role, words) => {
    const plan = await planned(...having(role))
    expect(plan.risk.reasons.join('\n')).toContain(`The role is ${words}`)
    expect(plan.consequences.join('\n')).toContain(`*The task role orders-task is ${words}`)
    expect(fingerprint(plan)).not.toBe(fingerprint(await planned(...having({}))))
  })

  test('has its policies on the card', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const said = async (role: Parameters<typeof aTaskRole>[0]) =>
      (await planned(...having(role))).consequences.find(line => line.startsWith('The task role'))
    expect(await said({})).toBe('The task role *orders-task* has the policy `ecs-exec`.')
    expect(await said({ policies: { names: [] } })).toBe('The task role *orders-task* has no policy.')
    expect(await said({ policies: { names } })).toContain('`f` and 2 more.')
  })

  describe('that may not write the log', () => {
    const site = aSite({ log: 'bucket audit', logBucket: { name: 'audit', prefix: 'a`b' } })
    const role = aTaskRole({
      denied: [{ ...right('s3:PutObject', 'boundary', 'arn:aws:s3:::audit/a`b/*'), loses: 'bucket' }],
    })
    const staging = aRef({ account: 'staging', accountId: '444455556666' })
    const fix =
      'its task role *orders-task* may not `s3:PutObject`: add to its permissions boundary `{"Effect":"Allow","Action":["s3:PutObject"],"Resource":"arn:aws:s3:::audit/a\\u0060b/*"}`'

    test('is refused in production, unless a rule says otherwise', async () => {
      expect(await refused(site, { run: 'id' }, compiled(), aRef(), role)).toContain(`• ${fix}`)
      const allowed = compiled(yaml =>
        yaml.replace('  deny: [', "  unlogged: [{ targets: ['web/orders-*'] }]\n  deny: ["),
      )
      const plan = await planned(site, { run: 'id' }, allowed, aRef(), role)
      expect(plan.consequences).toContain(`*The session would not be logged*: ${fix}.`)
    })

    test('is said elsewhere, and consented to; nobody is sent to a log that is not there', async () => {
      const plan = await planned(site, { run: 'id' }, compiled(), staging, role)
      const writing = await planned(site, { run: 'id' }, compiled(), staging)
      expect(plan.consequences).toContain(`*The session would not be logged*: ${fix}.`)
      expect(plan.calls[0]).not.toHaveProperty('logBucket')
      expect(writing.calls[0]).toHaveProperty('logBucket')
      expect(plan.binds['log']).toBe('bucket audit, bucket audit may not be written by orders-task')
      expect(fingerprint(plan)).not.toBe(fingerprint(writing))
    })
  })

  test('that cannot be read is said, and in nobody’s way', async () => {
    const { policies: _, ...unread } = aTaskRole({ unread: ['its rights (AWS denied it)'], unsure: ['kms:Decrypt'] })
    const said = (await planned(aSite(), undefined, compiled(), aRef(), unread)).consequences.join('\n')
    expect(said).toContain('Permissions of the task role *orders-task* could not be read: its rights (AWS denied it).')
    expect(said).toContain('Unknown whether *orders-task* may `kms:Decrypt`')
  })
})
