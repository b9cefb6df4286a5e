// `npm start` as another user of the machine sees it: the keys and the tokens of one run are no use in another.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test } from 'vitest'

type Started = { readonly child: ChildProcess; readonly out: string }

const start = (env: Record<string, string> = {}): Promise<Started> => {
  const child = spawn(process.execPath, ['sandbox/start.ts', '--port', '0'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`sandbox/start.ts ended with ${code}: ${out}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('Ctrl-C')) resolve({ child, out })
    })
  })
}

const printed = (name: string, { out }: Started): string => new RegExp(`${name}[=:] ?(\\S+)`).exec(out)?.[1] ?? ''

const keysOf = (started: Started) => ({
  accessKeyId: printed('AWS_ACCESS_KEY_ID', started),
  secretAccessKey: printed('AWS_SECRET_ACCESS_KEY', started),
})

const whoIs = async (credentials: ReturnType<typeof keysOf>, started: Started): Promise<string | undefined> => {
  const sts = new STSClient({
    endpoint: printed('AWS_ENDPOINT_URL', started),
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  })
  const known = await sts.send(new GetCallerIdentityCommand({})).catch((error: Error) => ({ Arn: error.name }))
  return known.Arn
}

let first: Started
let second: Started
beforeAll(async () => {
  first = await start()
  second = await start({
    SANDBOX_ACCESS_KEY_ID: 'AKIACHOSENCHOSENCHOS',
    SANDBOX_SECRET_ACCESS_KEY: 'chosen-by-the-program-that-starts-it',
  })
})
afterAll(() => {
  for (const { child } of [first, second]) {
    child.removeAllListeners('exit')
    child.kill()
  }
})

test('the printed keys are good in this run, and the keys of every earlier one are not', async () => {
  expect(await whoIs(keysOf(first), first)).toBe('arn:aws:iam::111122223333:user/local')
  const wellKnown = {
    accessKeyId: 'AKIAQUARTERDECKLOCAL',
    secretAccessKey: 'quarterdeck/local/not/a/secret/AAAAAAAAA',
  }
  expect(await whoIs(wellKnown, first)).toBe('InvalidClientTokenId')
  expect(await whoIs({ ...wellKnown, accessKeyId: keysOf(first).accessKeyId }, first)).toBe('SignatureDoesNotMatch')
  expect(await whoIs(keysOf(first), second)).toBe('InvalidClientTokenId')
})

test('a program that starts the sandbox can choose the keys', async () => {
  expect(keysOf(second).accessKeyId).toBe('AKIACHOSENCHOSENCHOS')
  expect(await whoIs(keysOf(second), second)).toBe('arn:aws:iam::111122223333:user/local')
})

test('the printed link opens the page once, and the printed token opens the control API, of this run alone', async () => {
  const url = /http:\S+\?token=\S+/.exec(first.out)?.[0] ?? ''
  expect([(await fetch(url)).status, (await fetch(url)).status]).toEqual([200, 403])
  const control = (of: Started) =>
    fetch(`${new URL(url).origin}/_control/time`, {
      method: 'POST',
      headers: { 'x-quarterdeck-token': printed('x-quarterdeck-token', of) },
      body: '{}',
    })
  expect([(await control(first)).status, (await control(second)).status]).toEqual([200, 403])
})

test.skipIf(process.platform !== 'linux')('nothing secret stands in the process’s arguments', async () => {
  const args = await readFile(`/proc/${first.child.pid}/cmdline`, 'utf8')
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'x-quarterdeck-token'])
    expect(args).not.toContain(printed(name, first))
  expect(args).not.toContain('token')
})
