// The reference client, started by the official AWS CLI at a terminal: it knows nothing of this project. Skipped where either
// is not installed; SESSION_MANAGER_PLUGIN names the folder of one that is elsewhere.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { isOver } from '../../../sandbox/ssm/sessions.ts'
import { aWorld, type World } from '../world.ts'

const folders = [
  process.env['SESSION_MANAGER_PLUGIN'] ?? '',
  '/usr/bin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/usr/local/sessionmanagerplugin/bin',
]
const PLUGIN = 'session-manager-plugin'
const has = (program: string) => folders.some(folder => existsSync(`${folder}/${program}`))
const isThere = has('aws') && has(PLUGIN)
const patience = { timeout: 60_000 }

/** Clients older than 1.2.764 sign nothing; one that is built from source says 1.2.0.0, and signs. */
const signs = (): boolean => {
  const env = { PATH: folders.join(delimiter) }
  const version = spawnSync(PLUGIN, ['--version'], { encoding: 'utf8', env }).stdout?.trim() ?? ''
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return version === '1.2.0.0' || major > 1 || minor > 2 || patch >= 764
}

let world: World
beforeAll(async () => {
  world = await aWorld({ speed: 1, start: Date.now() })
  // One that signs does not resume a session whose URL was presigned.
  world.aws.exec.presigns = isThere && !signs()
})
afterAll(() => world.stop())

/** `typed`: each once the screen shows what comes before it. */
const atTerminal = (command: string, typed: readonly (readonly [string, string])[] = []) =>
  new Promise<string>(resolve => {
    const [task] = [...world.service().tasks]
    const line = `--endpoint-url ${world.aws.url} ecs execute-command --cluster web --task ${task?.id} --container app --interactive`
    const env = {
      PATH: folders.join(delimiter),
      HOME: tmpdir(),
      TERM: 'xterm',
      AWS_ACCESS_KEY_ID: localUser.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localUser.secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_PAGER: '',
    }
    const terminal = spawn('aws', [...line.split(' '), '--command', command], { cols: 90, rows: 30, env })
    let screen = ''
    const left = [...typed]
    terminal.onData(data => {
      screen += data
      const [next] = left
      if (next === undefined || !screen.endsWith(next[0])) return
      left.shift()
      terminal.write(next[1])
    })
    terminal.onExit(() => resolve(screen))
  })

describe.skipIf(!isThere)(`the reference client${isThere ? '' : ' (not installed here)'}`, () => {
  test('shows what a command writes, and its end', patience, async () => {
    const screen = await atTerminal(`sh -c 'seq 1 3000; exit 7'`)
    expect(screen.match(/^\d+\r*$/gm)).toHaveLength(3_000)
    expect(screen).toContain('Exiting session with sessionId: ecs-execute-command-')
  })

  test('is a terminal: sizes, what is typed, Ctrl-C', patience, async () => {
    const screen = await atTerminal('/bin/sh', [
      ['# ', 'echo $((6*7)); sleep 60\r'],
      ['42\r\r\n', '\x03'],
      ['# ', 'stty size\r'],
      ['# ', 'exit\r'],
    ])
    expect(screen).toContain('30 90')
    expect(screen).toContain('Exiting session')
  })

  test('says why a command did not start', patience, async () => {
    expect(await atTerminal('/bin/nosuch')).toContain('fork/exec /bin/nosuch: no such file or directory')
  })

  // In flight, it would lose what the agent never repeats: it acknowledges no duplicates.
  test('resumes when its socket is cut while nothing is on its way', patience, async () => {
    const screen = atTerminal(`sh -c 'seq 1 100; sleep 4; seq 101 200'`)
    const { exec } = world.aws
    const running = () => exec.sessions.list().find(session => !isOver(session) && session.channel.isConnected)
    await expect.poll(running, patience).toBeDefined()
    await new Promise(resolve => setTimeout(resolve, 2_500))
    running()?.channel.cut()
    expect((await screen).match(/^\d+\r*$/gm)).toHaveLength(200)
    expect(world.calls('ResumeSession').at(-1)).toMatchObject({ status: 200 })
  })
})
