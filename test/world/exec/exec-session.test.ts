// Our client of a session at the sandbox's agent: a real shell behind a real relay, in all its weathers.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { createSessionPorts } from '../../../src/gateways/exec/exec-session.ts'
import { type RunOptions, runCommand } from '../../../src/kit/session/run.ts'
import { createNonce, wrap } from '../../../src/kit/session/wrapper.ts'
import { policy } from '../../sandbox/aws/iam/policies.ts'
import type { Keys } from './exec-client.ts'
import { anExecWorld, clientsOf, type ExecWorld, quick, type Where } from './exec-world.ts'

let the: ExecWorld
beforeAll(async () => {
  the = await anExecWorld()
})
afterAll(() => the.world.stop())
beforeEach(() => {
  the.clear()
  // The sandbox's clock stands still, and signatures are looked at by it.
  vi.useFakeTimers({ toFake: ['Date'], now: the.world.clock.now() })
})
afterEach(() => vi.useRealTimers())

type Over = Partial<RunOptions> & {
  readonly token?: string
  /** Who asks for the command; and whoever opens its channel, but for the secret. */
  readonly keys?: Keys
  readonly secret?: string
  readonly where?: Where
}

const begin = async (
  command: readonly string[] | string,
  { token, keys = localUser, secret, where, ...over }: Over = {},
) => {
  const nonce = createNonce()
  const {
    sessionId = '',
    streamUrl = '',
    tokenValue = '',
  } = await the.execute(wrap(command, nonce), where, clientsOf(the.world, keys).ecs)
  const secretAccessKey = secret ?? keys.secretAccessKey
  const credentials = { sessionToken: '', expiration: new Date(0), ...keys, secretAccessKey }
  const ports = createSessionPorts({ AWS_ENDPOINT_URL: the.world.aws.url }, 'us-east-1', credentials)
  let shown = ''
  const request = {
    sessionId,
    streamUrl,
    token: token ?? tokenValue,
    targetId: the.sessionOf(sessionId).container.target,
  }
  const show = (text: string): void => {
    shown += text
  }
  const options = { nonce, isWrapped: true, onOutput: show, ...over }
  return { sessionId, running: runCommand(request, options, ports), shown: () => shown }
}

const run = async (command: readonly string[] | string, over?: Over) => {
  const { running, shown, sessionId } = await begin(command, over)
  return { ...(await running), shown: shown(), isOver: the.sessionOf(sessionId).endedAt !== undefined }
}

describe('a command in a container', () => {
  test('gives its output, its standard error and its status', async () =>
    expect(await run('echo out; echo err >&2; exit 7')).toMatchObject({
      status: 7,
      shown: 'out\n',
      stderr: 'err\n',
      end: { kind: 'closed', reason: '' },
      isOver: true,
    }))

  test('any words reach the program as they are', async () => {
    const words = ["it's", '{{ssm:/prod/password}}', '$HOME', 'a\\nb', '', '  ', '"', '#', 'é☃']
    expect(await run(['printf', '%s|', ...words])).toMatchObject({
      status: 0,
      shown: words.map(word => `${word}|`).join(''),
    })
  })

  test('that is not there: 127', async () => expect(await run(['no-such-program'])).toMatchObject({ status: 127 }))

  test('that kills its runner: not known', async () =>
    expect(await run('echo half; kill -9 $PPID')).toMatchObject({
      status: undefined,
      shown: 'half\n',
      end: { kind: 'closed' },
    }))

  test('of 100 kB', async () => {
    const long = `${"'\\{{".repeat(25_000)}`
    expect(await run(['printf', '%s', long])).toMatchObject({ status: 0, shown: long })
  })

  test('that is stopped ends by Ctrl-C, and its runner says so', async () => {
    const stop = new AbortController()
    const { running } = await begin('echo on; sleep 60', {
      signal: stop.signal,
      onOutput: () => stop.abort(),
    })
    expect(await running).toMatchObject({ status: 130, end: { kind: 'closed' } })
  })

  test('that never ends is ended by the deadline, with its process', async () => {
    const deadline = the.world.clock.now() + 400
    const ran = await run('echo on; sleep 60', { deadline })
    expect(ran).toMatchObject({
      status: undefined,
      end: { kind: 'incomplete', reason: 'its deadline passed', isTerminated: true },
      isOver: true,
    })
  })
})

describe('where the cluster has a key for it', () => {
  const account = '444455556666'
  const operator = (may: object) => {
    const { roles, credentials } = the.world.aws
    const role = roles.add({ account, name: 'op', trustPolicy: {}, policies: [] })
    roles.add({ ...role, policies: [policy({ Effect: 'Allow', Action: '*', Resource: '*' }), policy(may)] })
    const arn = `arn:aws:sts::${account}:assumed-role/op/someone`
    return credentials.issue({ account, arn, userId: `${role.id}:someone`, roleArn: role.arn })
  }
  const encrypted = (may: object): Over => {
    const { clusters } = the.world.fleet.site({ account, region: 'us-east-1' })
    const [task] = [...(clusters.get('web')?.services.get('catalog-api')?.tasks ?? [])]
    return { keys: operator(may), where: { task: task?.id ?? '' } }
  }

  test('all of it goes through encrypted', async () =>
    expect(
      await run('echo out; echo err >&2; exit 7', encrypted({ Effect: 'Allow', Action: 'kms:*', Resource: '*' })),
    ).toMatchObject({ status: 7, shown: 'out\n', stderr: 'err\n', end: { kind: 'closed', reason: '' } }))

  test('whoever may not use the key hears that', async () =>
    expect(await run('echo hi', encrypted({ Effect: 'Deny', Action: 'kms:*', Resource: '*' }))).toMatchObject({
      status: undefined,
      shown: '',
      end: { kind: 'closed', reason: expect.stringMatching(/KMS could not generate .*AccessDenied/) },
    }))
})

describe('in bad weather', () => {
  const many = 'seq 1 20000'
  const expected = Array.from({ length: 20_000 }, (_, n) => `${n + 1}\n`).join('')

  test.each([
    ['loss', { loss: 0.05 }],
    ['loss, duplicates and disorder', { loss: 0.02, duplication: 0.1, reordering: 0.2 }],
    ['one cut', { cuts: 1, cutEvery: 12 }],
    ['five cuts', { cuts: 5, cutEvery: 30 }],
  ])('%s: nothing is lost', async (_, weather) => {
    the.weather(weather)
    const ran = await run(many)
    expect({ status: ran.status, shown: ran.shown === expected }).toEqual({ status: 0, shown: true })
  })

  test('an agent that waits a fifth of a second for what is missing, and needs one: nothing is lost', async () => {
    the.world.aws.exec.timing = { ...quick, drain: 200 }
    the.weather({ loss: 0.1 })
    const ran = await run('seq 1 60000')
    expect({ status: ran.status, end: ran.end.kind, length: ran.shown.length }).toEqual({
      status: 0,
      end: 'closed',
      length: 348_894,
    })
  })

  test('an end that nobody tells: the status is known, the end is not', async () => {
    the.weather({ hidesEnd: true })
    expect(await run('echo hi')).toMatchObject({
      status: 0,
      shown: 'hi\n',
      end: { kind: 'incomplete', reason: expect.stringContaining('ended before it could be resumed') },
    })
  })

  test('a task that stops is lost after the pause', async () => {
    const { running, sessionId } = await begin('sleep 60', { pauseMs: 200 })
    setTimeout(() => the.sessionOf(sessionId).channel.lose(), 100)
    expect(await running).toMatchObject({
      status: undefined,
      end: { reason: expect.stringContaining('probably stopped') },
    })
  })

  test('a signature that is wrong is 403, said as what it is', async () => {
    const ran = await run('sleep 60', { secret: 'wrong' })
    expect(ran).toMatchObject({
      status: undefined,
      end: { kind: 'incomplete', reason: expect.stringContaining('403') },
    })
  })

  test('a token that is wrong is made good by resuming', async () =>
    expect(await run('echo hi; sleep 0.5', { token: 'wrong' })).toMatchObject({ status: 0, shown: 'hi\n' }))
})

test('three hundred kilobytes come whole, byte for byte', async () => {
  const ran = await run('head -c 225000 /dev/urandom | base64 -w 0')
  expect(ran).toMatchObject({ status: 0, end: { kind: 'closed' } })
  expect(ran.shown.length).toBe(300_000)
})
