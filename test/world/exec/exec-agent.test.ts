// The relay and the agent behind it, as a client that follows the reference meets them.

import type { ExecuteCommandLogConfiguration } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { connect, jsonOf, type RawClient, recorded, shapesOf, textOf, written } from './exec-client.ts'
import { anExecWorld, type ExecWorld, quick, type Where } from './exec-world.ts'

let the: ExecWorld
beforeAll(async () => {
  the = await anExecWorld()
})
afterAll(() => the.world.stop())
beforeEach(() => the.clear())

describe('a session', () => {
  test('is, frame for frame, as the reference agent was recorded', async () => {
    const client = await the.open(`/bin/sh -c 'echo hello; sleep 0.2; exit 7'`)
    await client.until(() => written(client) === 'hello\r\n')
    client.input(0, '{"cols":300,"rows":100}', 3)
    expect(await client.closed()).toBe('')
    expect(shapesOf(client.raw)).toEqual(recorded('plain_exit7'))
    const [start, , , closed] = client.frames
    expect(start && textOf(start)).toBe('start_publication')
    expect(closed && jsonOf(closed)).toMatchObject({ CreatedDate: '2026-11-22T03:00:00.000Z', Output: '' })
  })

  test('that fails to start says why, in the agent’s words', async () => {
    the.world.aws.exec.timing = { ...quick, startFailure: 300 }
    const client = await the.open('/bin/nosuch')
    expect(await client.closed()).toBe(
      '\n----------ERROR-------\nUnable to start command: Failed to start pty: fork/exec /bin/nosuch: no such file or directory\n\n',
    )
    expect(shapesOf(client.raw)).toEqual(recorded('start_failure'))
  })

  test('takes input as a terminal does, and a size', async () => {
    const client = await the.open('/bin/sh')
    await client.until(() => written(client).includes('# ') || written(client).includes('$ '))
    client.input(0, '{"cols":123,"rows":45}', 3)
    client.input(1, 'stty size; echo $((6*7))\r')
    await client.until(() => written(client).includes('42\r\n'))
    expect(written(client)).toContain('45 123\r\n')
    client.input(2, 'exit\r')
    expect(await client.closed()).toBe('')
  })

  test('acknowledges each message, again when it comes again, and puts them in order', async () => {
    const client = await the.open('cat')
    const acknowledged = () =>
      client.ofType('acknowledge').map(frame => JSON.parse(textOf(frame)).AcknowledgedMessageSequenceNumber)
    await client.until(() => client.frames.length > 0)
    client.input(1, 'b\r')
    client.input(0, 'a\r')
    await client.until(() => written(client).length === 'a\r\nb\r\n'.length * 2)
    client.input(0, 'a\r')
    await client.until(() => acknowledged().length === 3)
    expect(acknowledged()).toEqual([1, 0, 0])
    expect(written(client).split('\r\n')[0]).toBe('a')
    client.input(2, '\x04')
    await client.closed()
  })

  test('repeats the oldest until it is acknowledged, and waits for that no longer than it may', async () => {
    the.world.aws.exec.timing = { ...quick, drain: 700 }
    const client = await the.open('echo never', { isMute: true })
    expect(await client.closed()).toBe('')
    const sent = client.ofType('output_stream_data')
    expect(sent.length).toBeGreaterThanOrEqual(2)
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1)
  })
})

describe('the agent', () => {
  test.each<[string, string, string]>([
    ['knows no shell', `echo a | cat; echo $HOME`, 'a | cat; echo $HOME\r\n'],
    ['splits words', `printf '%s|' 'a b' "c d" e\\ f ''`, 'a b|c d|e f||'],
    ['finds programs in the path alone', 'nosuch', 'exec: "nosuch": executable file not found in $PATH'],
    ['runs no text', '/etc/passwd', 'fork/exec /etc/passwd: permission denied'],
    ['refuses open quotes', `"open`, 'Failed to parse commands input: EOF found when expecting closing quote'],
    ['refuses nothing but space', '  ', 'Commands cannot be empty for session type InteractiveCommands'],
    ['leaves other braces', 'echo {{ x }} {{y}}', '{{ x }} {{y}}\r\n'],
    ['fails where a parameter is not there', 'echo {{ssm:nothing}}', 'Failed to resolve parameters'],
    ['says how large a terminal is that nobody measured', 'stty size', '0 0\r\n'],
  ])('%s', async (_, command, expected) => {
    expect(await the.outputOf(command)).toContain(expected)
  })

  test('puts parameters into commands', async () => {
    const version = { type: 'String', value: "it's 42", at: 0, by: 'test' } as const
    the.world.aws.parameters.put({ account: localUser.account, region: 'us-east-1' }, '/answer', version)
    expect(await the.outputOf(`echo "{{ssm:/answer}}"`)).toBe("it's 42\r\n")
  })

  test('finds no shell where the image has none, and runs what there is', async () => {
    const envoy = { container: 'envoy' }
    expect(await the.outputOf('/bin/sh -c true', envoy)).toContain('fork/exec /bin/sh: no such file or directory')
    expect(await the.outputOf('bash', envoy)).toContain('"bash": executable file not found')
    expect(await the.outputOf('echo distroless', envoy)).toBe('distroless\r\n')
  })

  test('gives a command the environment of its container, and none of this machine’s', async () => {
    process.env['QUARTERDECK_TEST_SECRET'] = 'leaked'
    const environment = await the.outputOf('env')
    delete process.env['QUARTERDECK_TEST_SECRET']
    expect(environment).toContain('STAGE=production\r\n')
    expect(environment).toContain('TERM=xterm-256color\r\n')
    expect(environment).not.toContain('leaked')
    expect(environment).not.toMatch(/NODE_|VITEST|AWS_SECRET/)
    expect(await the.outputOf('pwd')).toMatch(/quarterdeck-exec-/)
  })

  test('cuts at characters, mangles U+FFFD, and drops what is unfinished at the end', async () => {
    const client = await the.open(`sh -c 'stty -opost; printf "\\303\\251 \\357\\277\\275 four \\360\\237\\230"'`)
    await client.closed()
    const bytes = Buffer.concat(client.outputs().map(({ payload }) => payload))
    expect(bytes.toString('hex')).toBe(Buffer.from('é \xef four ', 'latin1').toString('hex').replace('e920', 'c3a920'))
  })

  test('sends at most 1,027 bytes at a time, and all of them', async () => {
    const client = await the.open(`sh -c 'seq 1 20000'`)
    await client.closed()
    const lines = written(client).trimEnd().split('\r\n')
    expect(lines).toHaveLength(20_000)
    expect(lines.every((line, n) => line === String(n + 1))).toBe(true)
    expect(Math.max(...client.outputs().map(({ payload }) => payload.length))).toBeLessThanOrEqual(1_027)
  })
})

describe('what a session showed', () => {
  const kept = (id: string | undefined, name: string) => {
    const place = { account: localUser.account, region: 'us-east-1' }
    const group = the.world.aws.logs.find(place, name)
    const stream = group?.streams.get(id ?? '')
    return [...(stream?.added.values() ?? [])].flat().map(({ message }) => message)
  }
  const run = async (where?: Where) => {
    const session = await the.execute(`sh -c 'echo one; echo two'`, where)
    const client = the.join(session)
    const reason = await client.closed()
    return { id: session.sessionId, reason }
  }

  test('is kept where its container writes, in a stream of its name', async () => {
    const { id } = await run()
    await expect.poll(() => kept(id, '/ecs/orders-api')).toEqual(['one', 'two'])
  })

  test('is kept nowhere where the cluster says so', async () => {
    const [task] = [...the.world.service('jobs/orders-worker').tasks]
    const { id } = await run({ cluster: 'jobs', task: task?.id ?? '' })
    expect(kept(id, '/ecs/orders-worker')).toEqual([])
  })

  const place = { account: localUser.account, region: 'us-east-1' }
  /** A cluster that keeps its sessions so, with one task of orders-api. */
  const taskIn = (cluster: string, logConfiguration: ExecuteCommandLogConfiguration): Required<Where> => {
    const { fleet } = the.world
    const configuration = { executeCommandConfiguration: { logging: 'OVERRIDE' as const, logConfiguration } }
    const { name, createdBy, deployments, settings } = the.world.service()
    const spec = deployments[0]?.revision.spec
    if (!spec) throw new Error('no spec')
    const made = fleet.createCluster(place, cluster, { configuration })
    const service = fleet.createService(made, { name, createdBy, spec, settings, desired: 1, isSettled: true })
    return { cluster, task: [...service.tasks][0]?.id ?? '', container: 'app' }
  }

  const denying = (actions: readonly string[]) => {
    const role = { account: localUser.account, name: 'orders-api-task', trustPolicy: {} }
    const { policies = [] } = the.world.aws.roles.find(`arn:aws:iam::${role.account}:role/${role.name}`) ?? {}
    const statement = { Effect: 'Deny', Action: ['iam:PassRole', ...actions], Resource: '*' }
    the.world.aws.roles.add({ ...role, policies: [...policies, { Version: '2012-10-17', Statement: statement }] })
    return () => void the.world.aws.roles.add({ ...role, policies })
  }

  test.each([['logs:CreateLogStream'], ['logs:PutLogEvents']])(
    'is nowhere where the task role may not %s, and nobody is told',
    async right => {
      const allow = denying([right])
      the.world.aws.buckets.add(place, 'beside')
      const where = { s3BucketName: 'beside', cloudWatchLogGroupName: '/exec/denied' }
      const { id, reason } = await run(taskIn(`without-${right.slice(5)}`, where))
      const objects = the.world.aws.buckets.find('beside').objects
      await expect.poll(() => objects.has(`${id}.log`)).toBe(true)
      allow()
      expect(reason).toBe('')
      expect(kept(id, '/exec/denied')).toEqual([])
    },
  )

  test('needs no right to describe groups and streams', async () => {
    const allow = denying(['logs:DescribeLogGroups', 'logs:DescribeLogStreams'])
    const { id } = await run()
    await expect.poll(() => kept(id, '/ecs/orders-api')).toEqual(['one', 'two'])
    allow()
  })

  test('is not begun where the log is to be encrypted and is not', async () => {
    const sealed = { cloudWatchLogGroupName: '/exec', cloudWatchEncryptionEnabled: true }
    const { reason } = await run(taskIn('sealed', sealed))
    expect(reason).toMatch(/^We couldn't start the session because encryption is not set up/)
  })

  describe('in a bucket', () => {
    const objects = (bucket: string) => [...the.world.aws.buckets.find(bucket).objects.entries()]
    test('is an object under the prefix, by the name of the session, beside the stream of the group', async () => {
      the.world.aws.buckets.add(place, 'audit')
      const where = { s3BucketName: 'audit', s3KeyPrefix: 'exec/web/', cloudWatchLogGroupName: '/exec/both' }
      const { id } = await run(taskIn('bucketed', where))
      await expect.poll(() => kept(id, '/exec/both')).toEqual(['one', 'two'])
      const [[key, { bytes }] = ['', { bytes: Buffer.from('') }], ...others] = objects('audit')
      expect([key, Buffer.from(bytes).toString(), others]).toEqual([`exec/web/${id}.log`, 'one\r\ntwo\r\n', []])
    })

    test.each([
      ['may not be written to', 'denied', ['s3:PutObject']],
      ['is not there', 'nowhere', []],
      ['is another account’s', 'foreign', []],
    ])('that %s, it is nowhere, and nobody is told', async (_, bucket, denied) => {
      if (bucket !== 'nowhere')
        the.world.aws.buckets.add({ ...place, ...(bucket === 'foreign' && { account: '444455556666' }) }, bucket)
      const allow = denying(denied)
      const { id, reason } = await run(
        taskIn(`to-${bucket}`, { s3BucketName: bucket, cloudWatchLogGroupName: '/exec/x' }),
      )
      await expect.poll(() => kept(id, '/exec/x')).toEqual(['one', 'two'])
      allow()
      expect(reason).toBe('')
      if (bucket !== 'nowhere') expect(objects(bucket)).toEqual([])
    })

    test.each([
      ['may not be read', 'audit', ['s3:GetEncryptionConfiguration'], 'AccessDenied: Access Denied'],
      ['cannot be read', 'nowhere', [], 'NoSuchBucket: The specified bucket does not exist'],
    ])('whose encryption is demanded and %s, no session begins', async (how, bucket, denied, words) => {
      the.world.aws.buckets.add(place, 'audit')
      const allow = denying(denied)
      const cluster = `sealed-${how.replaceAll(' ', '-')}`
      const { reason } = await run(taskIn(cluster, { s3BucketName: bucket, s3EncryptionEnabled: true }))
      allow()
      expect(reason).toBe(
        `Couldn't start the session because we are unable to validate encryption on Amazon S3 bucket. Error: ${words}`,
      )
    })
  })
})

describe('the upgrade', () => {
  test.each<[string, () => Promise<RawClient>]>([
    ['without a signature', async () => connect(await the.execute('true'), { at: the.world.clock.now() })],
    ['signed an hour ago', () => the.open('true', { at: the.world.clock.now() - 3_600_000 })],
    ['with another secret', () => the.open('true', { keys: { ...localUser, secretAccessKey: 'x' } })],
    [
      'of a session that is not there',
      async () => {
        const { streamUrl = '', tokenValue } = await the.execute('true')
        const other = streamUrl.replace(/command-\w+/, 'command-other')
        return connect({ streamUrl: other, tokenValue }, { keys: localUser, at: the.world.clock.now() })
      },
    ],
  ])('%s is forbidden', async (_, attempt) => {
    expect(await (await attempt()).over()).toMatchObject({ refused: 403 })
  })

  test('may be presigned', async () => {
    the.world.aws.exec.presigns = true
    const client = await the.open('echo presigned', { keys: undefined as never })
    await client.closed()
    expect(written(client)).toBe('presigned\r\n')
  })

  test('is refused when a test says so', async () => {
    const effect = { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 403 } as const
    the.world.aws.faults.add({ match: { service: 'ssmmessages' }, when: 'before', effect })
    expect(await (await the.open('true')).over()).toMatchObject({ refused: 403 })
  })

  test('with a wrong token ends at once, and no token is good twice', async () => {
    expect(await (await the.open('cat', { token: 'wrong' })).over()).toMatchObject({ code: 1_008 })
    const session = await the.execute('cat')
    const first = the.join(session)
    await first.until(() => first.frames.length > 0)
    const second = the.join(session)
    expect(await second.over()).toMatchObject({ code: 1_008 })
  })

  test('is in the call log, without the token', async () => {
    const client = await the.open('echo logged')
    await client.closed()
    const logged = the.world.calls('OpenDataChannel').at(-1)
    expect(logged).toMatchObject({ service: 'ssmmessages', status: 101, arn: localUser.arn })
    expect(JSON.stringify(the.world.aws.callLog.list())).not.toMatch(/AAEAA|TokenValue/)
  })
})
