import { describe, expect, test } from 'vitest'
import type { ExecRules } from '../../../src/engine/rules/config.ts'
import { resolveCommand, shellText } from '../../../src/features/exec/allowed-command.ts'
import { ownPatterns } from '../../../src/kit/redact/patterns.ts'
import { isRefusal } from '../../../src/model/errors.ts'

const rules: ExecRules = {
  commands: {
    threads: { argv: ['jcmd', '1', 'Thread.print'], parameters: {} },
    disk: { argv: ['df', '-h', '{path}'], parameters: { path: ['/', '/tmp'] } },
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
