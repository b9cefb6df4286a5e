// The commands of the example configuration run without an approval: in real shells and terminals, in hostile environments
// and among hostile processes, they print no value.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn as spawnTerminal } from '@lydell/node-pty'
import { afterAll, describe, expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import { decodeConfig } from '../../../src/engine/rules/published/decode-config.ts'
import { resolveCommand } from '../../../src/features/exec/allowed-command.ts'
import { quote } from '../../../src/kit/session/wrapper.ts'
import { isRefusal } from '../../../src/model/errors.ts'

const compiled = compileConfig(readFileSync('quarterdeck.yaml', 'utf8'))
if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
const config = decodeConfig(JSON.stringify(compiled.config))
if (config === undefined) throw new Error('the example cannot be read')
const rules = config.exec

const argvOf = (text: string): readonly string[] => {
  const found = resolveCommand(text, rules, {})
  if (isRefusal(found) || found.named === undefined) throw new Error(`${text} is not a free command`)
  return found.argv
}

const whereIs = (program: string): string => spawnSync('which', [program], { encoding: 'utf8' }).stdout.trim()

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true })
})

/** A folder of programs as an image has them: those of this machine, with another `sh`, or busybox's alone. */
const imageOf = (shell: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'image-'))
  made.push(folder)
  for (const program of ['env', 'tr', 'sed', 'sort', 'ps', 'df', 'cat', 'sleep'])
    symlinkSync(shell === 'busybox' ? whereIs('busybox') : whereIs(program), join(folder, program))
  symlinkSync(whereIs(shell), join(folder, 'sh'))
  // As a JVM does. Source: JDK, Arguments::parse_options_environment_variable.
  const jcmd = join(folder, 'jcmd')
  writeFileSync(
    jcmd,
    `#!${folder}/sh\nfor x in "$JAVA_TOOL_OPTIONS" "$_JAVA_OPTIONS" "$JDK_JAVA_OPTIONS"; do [ -z "$x" ] || echo "Picked up $x"; done\necho "Full thread dump of $1 by $2"\n`,
  )
  chmodSync(jcmd, 0o755)
  return folder
}

/** Debian's `sh` is dash; Amazon Linux has bash; Alpine has busybox. Those that are on this machine. */
const images = ['dash', 'bash', 'busybox']
  .filter(shell => whereIs(shell) !== '')
  .map(shell => ({ shell, path: imageOf(shell) }))

const PEM = `-----BEGIN PRIVATE KEY-----\n${'hunterQ='.repeat(8)}\nhunterA/b+c==\n-----END PRIVATE KEY-----\n`
const INI = '[database]\nuser=app\npassword=hunter2\n\n; hunter3\nurl = postgres://u:hunter4@db/x?a=b'

const HOSTILE: Readonly<Record<string, string>> = {
  PLAIN: 'hunter0',
  PEM,
  INI,
  JSON: '{\n  "hunter": "=\n=hunter5"\n}',
  EMPTY: '',
  EQUALS: '=hunter=',
  CRLF: 'a\r\nhunter6=1\r\n',
  ENDS: 'hunter\n',
  ONLY_LINES: '\n\n\nhunter7\n\n',
  LONG: `${'x'.repeat(60_000)}\nhunter8=${'y'.repeat(60_000)}`,
  ESCAPES: '\\nhunter9\\0hunter=\\x3d\u001b[31m',
  JAPANESE: '設定\nhunter=設定',
  lower_case: 'hunter',
  IFS: 'hunter=\n',
  LC_ALL: 'C.UTF-8',
  JAVA_TOOL_OPTIONS: '-Dpassword=hunter',
  _JAVA_OPTIONS: '-Dpassword=hunter',
  JDK_JAVA_OPTIONS: '-Dpassword=hunter',
  PS_FORMAT: 'pid,args',
  PS_PERSONALITY: 'bsd',
  CMD_ENV: 'bsd',
  I_WANT_A_BROKEN_PS: '1',
  POSIXLY_CORRECT: '1',
  DF_BLOCK_SIZE: 'hunter',
}

/** A shell passes no such name on; the container may have it all the same. */
const BROKEN_NAME = 'BROKEN\nNAME'

/** In a terminal, as ECS Exec runs it, beside a process with a secret in its arguments, and with bytes that are no UTF-8. */
const run = (argv: readonly string[], path: string, env = HOSTILE): Promise<string> =>
  new Promise(resolve => {
    const line = `sleep 2 3>/dev/null & sh -c 'sleep 2; : hunter10' & BYTES=$(printf 'a\\377hunter11\\nb\\376=hunter12') exec env BYTES="$BYTES" dotted.name-1=hunter '${BROKEN_NAME}=hunter' ${argv.map(quote).join(' ')}`
    const terminal = spawnTerminal(join(path, 'sh'), ['-c', line], {
      env: { ...env, PATH: path },
      cols: 10_000,
      rows: 50,
    })
    let output = ''
    terminal.onData(data => {
      output += data
    })
    terminal.onExit(() => resolve(output))
  })

const names = (output: string): readonly string[] => output.split(/\r?\n/).filter(line => line !== '')

describe.each(images)('in an image with $shell', ({ path }) => {
  test('env-names lists every variable once, and no value', async () => {
    const shown = names(await run(argvOf('env-names'), path))
    for (const name of [...Object.keys(HOSTILE), 'PATH', 'BYTES', 'dotted.name-1', 'BROKEN NAME'])
      expect(shown.filter(one => one === name)).toEqual([name])
    expect(shown.filter(name => !/^[\w.-]+$/.test(name))).toEqual(['BROKEN NAME'])
    expect(shown.join(' ')).not.toMatch(/hunter/)
  })

  test('processes names programs, without their arguments and environments', async () => {
    const output = await run(argvOf('processes'), path)
    expect(output).toMatch(/PID.*PPID/)
    expect(output).toMatch(/sleep/)
    expect(output).not.toMatch(/hunter/)
  })

  test('threads starts a JVM that prints no options', async () => {
    expect(await run(argvOf('threads'), path)).toBe('Full thread dump of 1 by Thread.print\r\n')
  })

  test.each(['disk path=/', 'disk path=/tmp'])('%s shows the file system', async text => {
    const { DF_BLOCK_SIZE: _, ...env } = HOSTILE
    const output = await run(argvOf(text), path, env)
    expect(output).toMatch(/Filesystem/)
    expect(output).not.toMatch(/hunter/)
  })
})

test('every free command of the example is tried here', () => {
  expect(Object.keys(rules.commands)).toEqual(['env-names', 'processes', 'threads', 'disk'])
})
