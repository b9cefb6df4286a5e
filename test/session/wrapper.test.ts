// What ExecuteCommand is given comes out of the agent's splitting, and of a real shell, as it went in.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { spawn as spawnTerminal } from '@lydell/node-pty'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitCommand } from '../../sandbox/ssm/split.ts'
import { createMarkerReader } from '../../src/session/marker.ts'
import { commandOf, createNonce, MOST_STDERR, type Nonce, quote, wrap } from '../../src/session/wrapper.ts'

const shells = ['/usr/bin/dash', '/usr/bin/bash', '/usr/bin/busybox'].filter(path => existsSync(path))

const argvOf = (command: string): readonly string[] => {
  const split = splitCommand(command)
  if ('error' in split) throw new Error(split.error)
  return split.argv
}

/** Linux: MAX_ARG_STRLEN is 128 KiB. NUL cannot be in an argument. */
const anArgument = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom(...'\'"\\ \t\r\n#$`{}ssm:!*?~|&;<>()=-'), maxLength: 30 }),
)
const anArgv = fc.array(
  anArgument.map(text => text.replaceAll('\0', '')),
  { minLength: 1, maxLength: 6 },
)

describe('quoting', () => {
  test('any arguments come out of the agent’s splitting as they went in', () =>
    fc.assert(
      fc.property(anArgv, argv => {
        expect(argvOf(commandOf(argv))).toEqual(argv)
      }),
      { numRuns: 1_000 },
    ))

  test('no command holds two braces for the agent to look behind', () =>
    fc.assert(
      fc.property(anArgv, argv => {
        expect(commandOf(argv)).not.toContain('{{')
        expect(argvOf(commandOf(['{{ssm:/prod/password}}', '{{{', ...argv])).slice(0, 2)).toEqual([
          '{{ssm:/prod/password}}',
          '{{{',
        ])
      }),
    ))

  test.each(shells)('%s reads any arguments as they went in', shell =>
    fc.assert(
      fc.property(anArgv, argv => {
        const { stdout } = spawnSync(shell, ['-c', `printf '%s\\0' ${argv.map(quote).join(' ')}`], { encoding: 'utf8' })
        expect(stdout.split('\0').slice(0, -1)).toEqual(argv)
      }),
      { numRuns: 40 },
    ),
  )

  test('a NUL is refused, and so is a command that begins with no program', () => {
    expect(() => quote('a\0b')).toThrow('NUL')
    expect(() => wrap(['-c', 'x'], createNonce())).toThrow('program')
    expect(() => wrap([''], createNonce())).toThrow('program')
    expect(() => wrap(['x'], ["'; true '", 'x'])).toThrow('nonce')
  })
})

type Ran = {
  readonly shown: string
  readonly status: number | undefined
  readonly stderr: string | undefined
  readonly isCut: boolean | undefined
}

const runIn =
  (shell: string) =>
  (command: readonly string[] | string, env: NodeJS.ProcessEnv = {}, nonce: Nonce = createNonce()): Ran => {
    const [, ...rest] = argvOf(wrap(command, nonce))
    const { stdout } = spawnSync(shell, rest, { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 1e8 })
    const marker = createMarkerReader(nonce)
    const shown = marker.read(stdout) + marker.finish()
    const { status, stderr } = marker.said()
    return { shown, status, stderr: stderr?.text, isCut: stderr?.isCut }
  }

describe.each(shells)('the runner in %s', shell => {
  const run = runIn(shell)

  test.each<[string, readonly string[] | string, Partial<Ran>]>([
    ['a status', 'exit 7', { status: 7, shown: '' }],
    ['output without a line end', 'printf abc', { status: 0, shown: 'abc' }],
    ['output with one', ['printf', 'abc\\n'], { status: 0, shown: 'abc\n' }],
    ['both outputs', 'echo out; echo err >&2', { status: 0, shown: 'out\n', stderr: 'err\n' }],
    ['a command that kills itself', 'kill -9 $$', { status: 137 }],
    ['a program that is not there', ['no-such-program'], { status: 127 }],
    ['a word that a shell would take for its own', ['exit', '3'], { status: 127 }],
    ['what a shell’s own echo would change', ['echo', 'a\\nb'], { status: 0, shown: 'a\\nb\n' }],
    ['a command that reads what nobody types', ['cat'], { status: 0, shown: '' }],
    ['pipes and variables', 'printf "b\\na\\n" | sort; x=1; echo "$x"', { status: 0, shown: 'a\nb\n1\n' }],
    ['a trace', 'set -x; echo hi', { status: 0, shown: 'hi\n', stderr: '+ echo hi\n' }],
    ['quotes that nobody closed', "echo 'a", { status: 2, shown: '' }],
  ])('%s', (_, command, expected) => {
    expect(run(command)).toMatchObject(expected)
  })

  test('any arguments reach the program as they went in', () =>
    fc.assert(
      fc.property(anArgv, argv => {
        expect(run(['printf', '%s|', ...argv])).toMatchObject({
          status: 0,
          shown: argv.map(text => `${text}|`).join(''),
        })
      }),
      { numRuns: 30 },
    ))

  test('a runner that is killed says nothing: the status is not known', () =>
    expect(run('echo begun; kill -9 $PPID')).toMatchObject({ shown: 'begun\n', status: undefined }))

  test('a command of 100 kB', () => {
    const long = "'".repeat(100_000)
    expect(run(['printf', '%s', long])).toMatchObject({ status: 0, shown: long })
  })

  test('where no file can be made for it, standard error stays in the output', () => {
    // No directory can be written where no program for it is found: the same branch.
    const ran = run('echo err >&2; exit 3', { PATH: '/nonexistent' })
    expect(ran).toMatchObject({ status: 3, stderr: undefined })
  })

  test('of much standard error, the beginning is kept, and the cut is said', () => {
    const { stderr, isCut } = run('head -c 200000 /dev/zero | tr "\\0" x >&2')
    expect(stderr).toBe('x'.repeat(MOST_STDERR))
    expect(isCut).toBe(true)
  })

  test('nothing is left behind', () => {
    const directory = mkdtempSync(`${tmpdir()}/runner-`)
    run('echo err >&2', { TMPDIR: directory })
    run('kill -9 $PPID', { TMPDIR: directory })
    expect(readdirSync(directory)).toEqual([])
  })
})

test('Ctrl-C at a real terminal ends the command, and the runner still says how', async () => {
  const nonce = createNonce()
  const [program = '', ...rest] = argvOf(wrap(['sleep', '60'], nonce))
  const terminal = spawnTerminal(program, rest, { cols: 300, rows: 100 })
  const marker = createMarkerReader(nonce)
  let heard = ''
  terminal.onData(text => {
    if (heard === '') terminal.write('\x03')
    heard += text
  })
  await new Promise(resolve => terminal.onExit(resolve))
  marker.read(heard.replaceAll('\r\n', '\n'))
  expect(marker.said()).toMatchObject({ status: 130, stderr: { text: '' } })
})
