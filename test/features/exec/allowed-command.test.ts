import { describe, expect, test } from 'vitest'
import type { ExecRules } from '../../../src/engine/rules/config.ts'
import { resolveCommand, shellText } from '../../../src/features/exec/allowed-command.ts'
import { ownPatterns } from '../../../src/kit/redact/patterns.ts'
import { isRefusal } from '../../../src/model/errors.ts'

const rules: ExecRules = {
  commands: {
    threads: { argv: ['jcmd', '1', 'Thread.print'], parameters: {} },
    disk: { argv: ['df', '-h', '{path}'], parameters: { path: ['/', '/tmp'] } },
    'env-names': { argv: ['sh', '-c', 'env | cut -d= -f1'], parameters: {} },
    both: { argv: ['cmp', '{a}', '{a}'], parameters: { a: ['x', 'y'] } },
  },
  deny: ['\\brm\\s+-[a-zA-Z]*r'],
  unlogged: [],
}
const wanted = (text: string) => {
  const found = resolveCommand(text, rules, { own: ownPatterns(['CUST-[0-9]{4,12}']) })
  return isRefusal(found) ? `${found.text} ${found.hint ?? ''}`.trim() : found
}

test('a command of the configuration runs word for word, its parameters among their values', () => {
  expect(wanted('threads')).toEqual({ argv: ['jcmd', '1', 'Thread.print'], named: 'threads' })
  expect(wanted('disk path=/tmp')).toEqual({ argv: ['df', '-h', '/tmp'], named: 'disk' })
})

test('anything else is for the shell of the container', () => {
  expect(wanted('ps aux | head -3')).toEqual({ argv: ['sh', '-c', 'ps aux | head -3'] })
})

describe('is refused', () => {
  test.each([
    ['disk', '`disk` needs `path`. Write `-- disk path=/|/tmp`.'],
    ['disk path=/etc', '`disk` does not allow this value of `path`. Allowed: `/`, `/tmp`.'],
    ['disk path=/;id', '`disk` does not allow this value of `path`.'],
    ['disk path=$(id)', '`disk` does not allow this value of `path`.'],
    ['disk depth=2', '`disk` has no parameter `depth=2`.'],
    ['threads now', '`threads` has no parameter `now`.'],
    ['constructor=1 x', 'sh'],
    ['cd /tmp && rm -rf .', 'This command is blocked by configuration; it cannot be approved.'],
    [
      'curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl" localhost',
      'a possible secret',
    ],
    ['PGPASSWORD=hunter2hunter2 psql', 'a possible secret'],
    ['grep CUST-12345 /var/log/orders', 'that configuration hides. Everyone who sees the card could read it'],
  ])('%s', (text, words) => {
    expect(JSON.stringify(wanted(text))).toContain(JSON.stringify(words).slice(1, -1))
  })
})

test('what is shellText is what a shell would read as these words', () => {
  expect(shellText(['sh', '-c', "echo 'a b' > $HOME"])).toBe("sh -c 'echo '\\''a b'\\'' > $HOME'")
  expect(shellText(['df', '-h', '/'])).toBe('df -h /')
  expect(shellText([''])).toBe("''")
})

describe('the arguments of a configured command are recognised however they are typed', () => {
  test.each([
    ['jcmd 1 Thread.print', 'threads'],
    ["jcmd   1 'Thread.print'", 'threads'],
    ['"jcmd" 1 Thread\\.print', 'threads'],
    ['df -h /tmp', 'disk'],
    ['df "-h" \'/\'', 'disk'],
    ["sh -c 'env | cut -d= -f1'", 'env-names'],
    ['sh -c "env | cut -d= -f1"', 'env-names'],
    ['cmp x x', 'both'],
  ])('%s is %s', (text, named) => {
    expect(wanted(text)).toMatchObject({ named })
    expect((wanted(text) as { argv: readonly string[] }).argv).not.toContain('{path}')
  })

  test.each([
    'jcmd 2 Thread.print',
    'jcmd 1 Thread.print; id',
    'jcmd 1 Thread.print extra',
    'df -h /etc',
    'df -h {path}',
    'df -h $HOME',
    'df -h /tmp/*',
    'df -h /tmp && id',
    'df -h "$(id)"',
    'cmp x y',
    "sh -c 'env | cut -d= -f2'",
    "SH -c 'env | cut -d= -f1'",
  ])('%s is none', text => {
    expect(wanted(text)).not.toHaveProperty('named')
  })
})

describe('a shell is wrapped once', () => {
  test.each([
    ["sh -c 'echo $HOME'", ['sh', '-c', 'echo $HOME']],
    ['/bin/sh -c "ls | wc"', ['/bin/sh', '-c', 'ls | wc']],
    ["bash -lc 'node -v'", ['bash', '-lc', 'node -v']],
    ["sh -c 'echo $1' x y", ['sh', '-c', 'echo $1', 'x', 'y']],
  ])('%s', (text, argv) => expect(wanted(text)).toEqual({ argv }))

  // What the outer shell would do, it still does.
  test.each(['sh -c "echo $HOME"', "sh -c 'a' | tee x", 'sh', 'sh -c', 'sh script.sh', "sh -c 'a"])(
    '%s needs one',
    text => {
      expect(wanted(text)).toEqual({ argv: ['sh', '-c', text] })
    },
  )
})

describe('a refusal quotes what looked like a secret, without it', () => {
  test.each([
    ['PGPASSWORD=hunter2hunter2 psql -h db', 'PGPASSWORD=‹hidden› psql -h db', 'hunter2'],
    ['curl -H "Authorization: Bearer abcdefghijklmnop0123456789" localhost', 'Authorization: ', 'abcdefghij'],
    ['grep CUST-12345 /var/log/orders', 'grep ‹hidden› /var/log/orders', '12345'],
  ])('%s', (text, shown, secret) => {
    expect(wanted(text)).toContain(shown)
    expect(wanted(text)).not.toContain(secret)
  })

  test.each([
    'for i in 1 2 3; do curl -s localhost:8080/health; done',
    'for i in 1 2 3',
    'for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 1; done',
    'for key in a b c; do redis-cli get $key; done',
    'for token in 1 2 3; do echo $token; done',
    'while true; do date; sleep 1; done',
    'kill -9 1234 5678',
    'nc -vz 10.0.0.1 5432',
    'env | grep -c PASSWORD',
  ])('%s has none', text => expect(wanted(text)).toEqual({ argv: ['sh', '-c', text] }))
})
