// What ExecuteCommand is given comes out of the agent's splitting, and of a real shell, as it went in.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { spawn as spawnTerminal } from '@lydell/node-pty'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitCommand } from '../../../sandbox/ssm/split.ts'
import { createMarkerReader } from '../../../src/kit/session/marker.ts'
import { commandOf, createNonce, MOST_STDERR, type Nonce, quote, wrap } from '../../../src/kit/session/wrapper.ts'
import { size } from '../../seed.ts'

const whereIs = (program: string): string => spawnSync('which', [program], { encoding: 'utf8' }).stdout.trim()

type Shell = { readonly name: string; readonly file: string; readonly words: readonly string[] }

/** Of what images have for a `sh`, those that are on this machine. */
const shells = ['dash', 'bash', 'bash --posix', 'busybox sh']
  .map((name): Shell => {
    const [program = '', ...words] = name.split(' ')
    return { name, file: whereIs(program), words }
  })
  .filter(({ file }) => file !== '')

/** Whatever the path is. */
const bringsItsPrograms = ({ name }: Shell): boolean => name.startsWith('busybox')

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
      { numRuns: size(1_000) },
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

  test.each(shells)('$name reads any arguments as they went in', ({ file, words }) =>
    fc.assert(
      fc.property(anArgv, argv => {
        const script = `printf '%s\\0' ${argv.map(quote).join(' ')}`
        const { stdout } = spawnSync(file, [...words, '-c', script], { encoding: 'utf8' })
        expect(stdout.split('\0').slice(0, -1)).toEqual(argv)
      }),
      { numRuns: size(40) },
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
  ({ file, words }: Shell) =>
  (command: readonly string[] | string, env: NodeJS.ProcessEnv = {}, nonce: Nonce = createNonce()): Ran => {
    const [, ...rest] = argvOf(wrap(command, nonce))
    const options = { env: { ...process.env, ...env }, maxBuffer: 1e8 }
    const { stdout } = spawnSync(file, [...words, ...rest], { encoding: 'utf8', ...options })
    const marker = createMarkerReader(nonce)
    const shown = marker.read(stdout) + marker.finish()
    const { status, stderr } = marker.report()
    return { shown, status, stderr: stderr?.text, isCut: stderr?.isCut }
  }

describe.each(shells)('the runner in $name', shell => {
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
      { numRuns: size(30) },
    ))

  test('a runner that is killed says nothing: the status is not known', () =>
    expect(run('echo begun; kill -9 $PPID')).toMatchObject({ shown: 'begun\n', status: undefined }))

  test.skipIf(!existsSync('/proc/self/cmdline'))('a command that means to forge its status can: a known limit', () => {
    const halves = "$(tr '\\0' '\\n' </proc/$PPID/cmdline | grep -E '^[0-9a-f]{16}$')"
    const forge = `set -- ${halves}; printf '\\n%s%s end 0 .\\n' "$1" "$2"; kill -9 $PPID`
    expect(run(forge).status).toBe(0)
    expect(readFileSync('docs/limits.md', 'utf8')).toContain('can forge its own exit status')
    expect(readFileSync('SECURITY.md', 'utf8')).toContain('can report a false exit status')
  })

  test('a command of 100 kB', () => {
    const long = "'".repeat(100_000)
    expect(run(['printf', '%s', long])).toMatchObject({ status: 0, shown: long })
  })

  test.skipIf(bringsItsPrograms(shell))('where no file can be made for it, standard error stays in the output', () => {
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
    rmSync(directory, { recursive: true })
  })
})

const poll = <T>(look: () => T) => expect.poll(look, { interval: 5 })

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A command with its runner at a terminal, as the agent has them. */
const atTerminal = ({ file, words }: Shell, command: readonly string[] | string, env: NodeJS.ProcessEnv = {}) => {
  const nonce = createNonce()
  const [, ...rest] = argvOf(wrap(command, nonce))
  const terminal = spawnTerminal(file, [...words, ...rest], { cols: 300, rows: 100, env: { ...process.env, ...env } })
  const marker = createMarkerReader(nonce)
  let shown = ''
  let isOver = false
  terminal.onExit(() => {
    isOver = true
  })
  terminal.onData(text => {
    shown += marker.read(text.replaceAll('\r', ''))
  })
  return {
    terminal,
    /** All but a line end that may be a marker's. */
    shown: () => shown,
    isOver: () => isOver,
    told: async () => {
      await poll(() => marker.report().status).toBeDefined()
      return marker.report()
    },
    /** Everything shown. */
    over: async () => {
      await poll(() => isOver).toBe(true)
      return shown + marker.finish()
    },
  }
}

describe.each(shells)('the runner at a terminal, in $name', shell => {
  test('waits for Enter when it has told the status, which Ctrl-C does not change, and ends by it', async () => {
    const run = atTerminal(shell, 'echo hi; exit 7')
    expect(await run.told()).toMatchObject({ status: 7 })
    run.terminal.write('\x03')
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(run.isOver()).toBe(false)
    run.terminal.write('\n')
    expect(await run.over()).toBe('hi\n')
  })

  test.each([
    ['raw', 'raw'],
    ['without a wait for keys', '-icanon min 0 time 0'],
    ['with other line ends', 'inlcr igncr'],
    ['without echo', '-echo'],
  ])('a command that left the terminal %s changes nothing of that', async (_, mode) => {
    const run = atTerminal(shell, `stty ${mode} </dev/tty`)
    expect(await run.told()).toMatchObject({ status: 0, stderr: { text: '' } })
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(run.isOver()).toBe(false)
    run.terminal.write('\n')
    expect(await run.over()).toBe('')
  })

  test.skipIf(bringsItsPrograms(shell)).each([
    ['as it was', 'sane', '\n'],
    ['raw', 'raw -echo', ''],
  ])('in an image without stty Enter is echoed, and ends it all the same, the terminal %s', async (_, mode, echo) => {
    const run = atTerminal(shell, [whereIs('stty'), '-F', '/dev/tty', ...mode.split(' ')], { PATH: '/nonexistent' })
    await run.told()
    run.terminal.write('\n')
    expect(await run.over()).toBe(echo)
  })

  test('ends with its terminal, when nobody ever answers', async () => {
    const run = atTerminal(shell, 'true')
    await run.told()
    const { pid } = run.terminal
    ;(run.terminal as unknown as { destroy: () => void }).destroy()
    await poll(() => isAlive(pid)).toBe(false)
  })

  test('Ctrl-C ends the command, and the runner still says how', async () => {
    const run = atTerminal(shell, 'echo on; exec sleep 60')
    await poll(run.shown).toBe('on')
    run.terminal.write('\x03')
    expect(await run.told()).toMatchObject({ status: 130, stderr: { text: '' } })
    run.terminal.write('\n')
    await run.over()
  })
})
