// The relay and the agent behind it, as a client that follows the reference meets them.

import { ECSClient, ExecuteCommandCommand } from '@aws-sdk/client-ecs'
import { ResumeSessionCommand, SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../sandbox/aws/credentials.ts'
import { agentTiming } from '../../sandbox/ssm/agent.ts'
import { fair, type Weather } from '../../sandbox/ssm/weather.ts'
import { connect, type Options, type RawClient, textOf, written } from './exec-client.ts'
import { aWorld, type World } from './world.ts'

const quick = { ...agentTiming, floor: 20, readPause: 0, startFailure: 20, resend: 10 }

let world: World
let ecs: ECSClient
let ssm: SSMClient
beforeAll(async () => {
  world = await aWorld()
  const config = { endpoint: world.aws.url, region: 'us-east-1', credentials: localUser, maxAttempts: 2 }
  ecs = new ECSClient(config)
  ssm = new SSMClient(config)
})
afterAll(() => world.stop())
beforeEach(() => {
  const { exec } = world.aws
  for (const session of exec.sessions.list()) exec.terminate(session)
  exec.timing = quick
  exec.weather = fair
  exec.presigns = false
  world.aws.faults.clear()
})

const execute = async (command: string, container = 'app') => {
  const [task] = [...world.service().tasks]
  const input = { cluster: 'web', task: task?.id, container, command, interactive: true }
  return (await ecs.send(new ExecuteCommandCommand(input))).session ?? {}
}

const open = async (command: string, more: Partial<Options> = {}, container?: string): Promise<RawClient> =>
  connect(await execute(command, container), { keys: localUser, at: world.clock.now(), ...more })

const sessionOf = (id: string | undefined) => {
  const session = world.aws.exec.sessions.find(id ?? '')
  if (!session) throw new Error('no session')
  return session
}

const weather = (made: Partial<Weather>) => {
  world.aws.exec.weather = () => ({ ...fair(), ...made })
}

/** What a command wrote, once its session is over. */
const outputOf = async (command: string, container?: string): Promise<string> => {
  const client = await open(command, {}, container)
  const failure = await client.closed()
  client.socket.terminate()
  return failure === '' ? written(client) : failure
}

const shape = (client: RawClient): readonly string[] =>
  client.frames.map(({ messageType, payloadType, flags, sequenceNumber }) =>
    [messageType, payloadType ?? '112', flags, sequenceNumber].join(' '),
  )

describe('a session', () => {
  test('is, frame for frame, as the reference agent was recorded', async () => {
    const client = await open(`/bin/sh -c 'echo hello; exit 7'`)
    expect(await client.closed()).toBe('')
    expect(written(client)).toBe('hello\r\n')
    expect(shape(client)).toEqual(['start_publication 112 0 0', 'output_stream_data 1 1 0', 'channel_closed 112 0 0'])
    const [start, , closed] = client.frames
    expect(start && textOf(start)).toHaveLength(17)
    expect(closed && textOf(closed)).toMatch(
      /^\{"CreatedDate":"2026-11-22T03:00:00\.000Z","DestinationId":"ecs-execute-command-\w{26}","MessageId":"[\w-]{36}","MessageType":"channel_closed","Output":"","SchemaVersion":1,"SessionId":"ecs-execute-command-\w{26}"\}$/,
    )
  })

  test('that fails to start says why, in the agent’s words', async () => {
    const client = await open('/bin/nosuch')
    expect(await client.closed()).toBe(
      '\n----------ERROR-------\nUnable to start command: Failed to start pty: fork/exec /bin/nosuch: no such file or directory\n\n',
    )
    expect(shape(client)).toEqual(['start_publication 112 0 0', 'channel_closed 112 0 0'])
  })

  test('takes input as a terminal does, and a size', async () => {
    const client = await open('/bin/sh')
    await client.until(() => written(client).includes('# ') || written(client).includes('$ '))
    client.input(0, '{"cols":123,"rows":45}', 3)
    client.input(1, 'stty size; echo $((6*7))\r')
    await client.until(() => written(client).includes('42\r\n'))
    expect(written(client)).toContain('45 123\r\n')
    client.input(2, 'exit\r')
    expect(await client.closed()).toBe('')
  })

  test('acknowledges each message, again when it comes again, and puts them in order', async () => {
    const client = await open('cat')
    const acknowledged = () =>
      client.ofType('acknowledge').map(frame => JSON.parse(textOf(frame)).AcknowledgedMessageSequenceNumber)
    await client.until(() => client.frames.length > 0)
    client.input(1, 'b\r')
    client.input(0, 'a\r')
    await client.until(() => written(client).includes('b\r\nb\r\n') || written(client).endsWith('b\r\n'))
    client.input(0, 'a\r')
    await client.until(() => acknowledged().length === 3)
    expect(acknowledged()).toEqual([1, 0, 0])
    expect(written(client).replace(/\r\n/g, ' ')).toMatch(/^a b a b $|^a a b b $/)
    client.input(2, '\x04')
    await client.closed()
  })

  test('repeats the oldest until it is acknowledged, and waits for that no longer than it may', async () => {
    world.aws.exec.timing = { ...quick, drain: 700 }
    const client = await open('echo never', { isMute: true })
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
    expect(await outputOf(command)).toContain(expected)
  })

  test('puts parameters into commands', async () => {
    const version = { type: 'String', value: "it's 42", at: 0, by: 'test' } as const
    world.aws.parameters.put({ account: localUser.account, region: 'us-east-1' }, '/answer', version)
    expect(await outputOf(`echo "{{ssm:/answer}}"`)).toBe("it's 42\r\n")
  })

  test('finds no shell where the image has none, and runs what there is', async () => {
    expect(await outputOf('/bin/sh -c true', 'envoy')).toContain('fork/exec /bin/sh: no such file or directory')
    expect(await outputOf('bash', 'envoy')).toContain('"bash": executable file not found')
    expect(await outputOf('echo distroless', 'envoy')).toBe('distroless\r\n')
  })

  test('gives a command the environment of its container, and none of this machine’s', async () => {
    process.env['QUARTERDECK_TEST_SECRET'] = 'leaked'
    const environment = await outputOf('env')
    delete process.env['QUARTERDECK_TEST_SECRET']
    expect(environment).toContain('STAGE=production\r\n')
    expect(environment).toContain('TERM=xterm-256color\r\n')
    expect(environment).not.toContain('leaked')
    expect(environment).not.toMatch(/NODE_|VITEST|AWS_SECRET/)
    expect(await outputOf('pwd')).toMatch(/quarterdeck-exec-/)
  })

  test('cuts at characters, mangles U+FFFD, and drops what is unfinished at the end', async () => {
    const client = await open(`sh -c 'stty -opost; printf "\\303\\251 \\357\\277\\275 four \\360\\237\\230"'`)
    await client.closed()
    const bytes = Buffer.concat(client.outputs().map(({ payload }) => payload))
    expect(bytes.toString('hex')).toBe(Buffer.from('é \xef four ', 'latin1').toString('hex').replace('e920', 'c3a920'))
  })

  test('sends at most 1,027 bytes at a time, and all of them', async () => {
    const client = await open(`sh -c 'seq 1 20000'`)
    await client.closed()
    const lines = written(client).trimEnd().split('\r\n')
    expect(lines).toHaveLength(20_000)
    expect(lines.every((line, n) => line === String(n + 1))).toBe(true)
    expect(Math.max(...client.outputs().map(({ payload }) => payload.length))).toBeLessThanOrEqual(1_027)
  })
})

describe('the upgrade', () => {
  test.each<[string, () => Promise<RawClient>]>([
    ['without a signature', async () => connect(await execute('true'), { at: world.clock.now() })],
    ['signed an hour ago', () => open('true', { at: world.clock.now() - 3_600_000 })],
    ['with another secret', () => open('true', { keys: { ...localUser, secretAccessKey: 'x' } })],
    [
      'of a session that is not there',
      async () => {
        const { streamUrl = '', tokenValue } = await execute('true')
        const other = streamUrl.replace(/command-\w+/, 'command-other')
        return connect({ streamUrl: other, tokenValue }, { keys: localUser, at: world.clock.now() })
      },
    ],
  ])('%s is forbidden', async (_, attempt) => {
    expect(await (await attempt()).over()).toMatchObject({ refused: 403 })
  })

  test('may be presigned', async () => {
    world.aws.exec.presigns = true
    const client = await open('echo presigned', { keys: undefined as never })
    await client.closed()
    expect(written(client)).toBe('presigned\r\n')
  })

  test('is refused when a test says so', async () => {
    const effect = { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 403 } as const
    world.aws.faults.add({ match: { service: 'ssmmessages' }, when: 'before', effect })
    expect(await (await open('true')).over()).toMatchObject({ refused: 403 })
  })

  test('with a wrong token ends at once, and no token is good twice', async () => {
    expect(await (await open('cat', { token: 'wrong' })).over()).toMatchObject({ code: 1_008 })
    const session = await execute('cat')
    const first = connect(session, { keys: localUser, at: world.clock.now() })
    await first.until(() => first.frames.length > 0)
    const second = connect(session, { keys: localUser, at: world.clock.now() })
    expect(await second.over()).toMatchObject({ code: 1_008 })
  })

  test('is in the call log, without the token', async () => {
    const client = await open('echo logged')
    await client.closed()
    const logged = world.calls('OpenDataChannel').at(-1)
    expect(logged).toMatchObject({ service: 'ssmmessages', status: 101, arn: localUser.arn })
    expect(JSON.stringify(world.aws.callLog.list())).not.toMatch(/AAEAA|TokenValue/)
  })
})

describe('in bad weather', () => {
  const resumed = async (id: string | undefined) => {
    const { TokenValue: tokenValue, StreamUrl: streamUrl } = await ssm.send(new ResumeSessionCommand({ SessionId: id }))
    return connect({ streamUrl, tokenValue }, { keys: localUser, at: world.clock.now() })
  }

  test('nothing is lost but time: loss, duplicates and disorder, both ways', async () => {
    weather({ loss: 0.1, duplication: 0.1, reordering: 0.2 })
    const client = await open(`sh -c 'seq 1 2000'`)
    await client.closed()
    expect(written(client).trimEnd().split('\r\n')).toHaveLength(2_000)
  })

  test.each([1, 5])('a client that comes back %i times misses nothing', async times => {
    weather({ cuts: times, cutEvery: 12 })
    const { sessionId, ...session } = await execute(`sh -c 'seq 1 9000; sleep 0.3'`)
    const clients = [connect(session, { keys: localUser, at: world.clock.now() })]
    for (let n = 0; n < times; n += 1) {
      await clients.at(-1)?.over()
      clients.push(await resumed(sessionId))
    }
    expect(await clients.at(-1)?.closed()).toBe('')
    const payloads = new Map(
      clients.flatMap(client =>
        client.outputs().map(({ sequenceNumber, payload }) => [sequenceNumber, payload] as const),
      ),
    )
    const sorted = [...payloads].sort(([a], [b]) => a - b).map(([, payload]) => payload)
    expect(Buffer.concat(sorted).toString().trimEnd().split('\r\n')).toHaveLength(9_000)
  })

  test('a pause stops both, and what comes after it goes on', async () => {
    const { sessionId, ...session } = await execute('cat')
    const { channel } = sessionOf(sessionId)
    const client = connect(session, { keys: localUser, at: world.clock.now() })
    await client.until(() => client.frames.length > 0)
    channel.hold()
    client.input(0, 'lost\r')
    await client.until(() => client.ofType('pause_publication').length === 2)
    channel.release()
    client.input(0, 'heard\r')
    await client.until(() => written(client).includes('heard\r\nheard\r\n'))
    expect(written(client)).not.toContain('lost')
  })

  test('an end without a farewell is a socket that closes', async () => {
    weather({ hidesEnd: true })
    const client = await open('true')
    expect(await client.over()).toMatchObject({ code: 1_000 })
    expect(client.ofType('channel_closed')).toEqual([])
  })

  test('without a client the command stands still', async () => {
    const { sessionId, ...session } = await execute(`sh -c 'seq 1 200000; echo done'`)
    await new Promise(resolve => setTimeout(resolve, 150))
    expect(sessionOf(sessionId).endedAt).toBeUndefined()
    const client = connect(session, { keys: localUser, at: world.clock.now() })
    expect(await client.closed()).toBe('')
    expect(written(client)).toMatch(/200000\r\ndone\r\n$/)
  })
})

describe('in time', () => {
  test('an hour ends a socket, not its session', async () => {
    const { sessionId, ...session } = await execute('cat')
    const client = connect(session, { keys: localUser, at: world.clock.now() })
    await client.until(() => client.frames.length > 0)
    for (let n = 0; n < 6; n += 1) {
      world.clock.advance(9 * 60_000)
      client.input(n, `${n}\r`)
      await client.until(() => written(client).includes(`${n}\r\n${n}\r\n`))
    }
    world.clock.advance(9 * 60_000)
    expect(await client.over()).toMatchObject({ code: 1_000, reason: 'Bye' })
    expect(sessionOf(sessionId).endedAt).toBeUndefined()
  })

  test('twenty idle minutes end a session', async () => {
    const client = await open('cat')
    await client.until(() => client.frames.length > 0)
    world.clock.advance(20 * 60_000)
    expect(await client.closed()).toBe('Your session timed out due to inactivity and has been terminated.')
  })

  test('TerminateSession kills the process and closes the channel', async () => {
    const { sessionId, ...session } = await execute(`sh -c 'echo pid $$; sleep 1000'`)
    const client = connect(session, { keys: localUser, at: world.clock.now() })
    await client.until(() => /pid \d+/.test(written(client)))
    const pid = Number(/pid (\d+)/.exec(written(client))?.[1])
    await ssm.send(new TerminateSessionCommand({ SessionId: sessionId }))
    expect(await client.closed()).toBe('')
    await expect.poll(() => isAlive(pid)).toBe(false)
    expect(await ssm.send(new ResumeSessionCommand({ SessionId: sessionId }))).not.toHaveProperty('TokenValue')
  })

  test('with its task an agent is gone without a word, and each frame is answered by a pause', async () => {
    const { sessionId, ...session } = await execute('cat')
    const client = connect(session, { keys: localUser, at: world.clock.now() })
    await client.until(() => client.frames.length > 0)
    const { task } = sessionOf(sessionId).container
    world.fleet.stopTask(task, 'test')
    await world.until(() => task.executionStoppedAt !== undefined)
    client.input(0, 'hello?\r')
    await client.until(() => client.ofType('pause_publication').length >= 2)
    expect(client.ofType('channel_closed')).toEqual([])
  })
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
