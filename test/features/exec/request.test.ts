// What an exec request without a command, and a shell on Windows, are told.
import { expect, test } from 'vitest'
import type { Asker } from '../../../src/engine/rules/asker.ts'
import { awsCommand } from '../../../src/features/exec/grant.ts'
import { askForCommand } from '../../../src/features/exec/request.ts'
import { aRef } from '../../builders.ts'

const asker = (commands: Asker['config']['exec']['commands']) =>
  ({
    config: { exec: { commands, deny: [], unlogged: [] } },
    again: ({ run }: { run?: string }) => `exec a -- ${run}`,
  }) as unknown as Asker

test('without a command, the configured ones are listed as they are written', () => {
  const { hint, offers } = askForCommand(
    asker({
      threads: { argv: ['jcmd', '1'], parameters: {} },
      disk: { argv: ['df', '{path}'], parameters: { path: ['/', '/tmp'] } },
    }),
  )
  expect(hint).toBe('Write it after `--`, for example `-- ps aux`. Configured: `threads`, `disk path=/|/tmp`.')
  expect(offers).toEqual([{ label: 'threads', invocation: 'exec a -- threads' }])
  expect(askForCommand(asker({})).hint).toBe('Write it after `--`, for example `-- ps aux`.')
})

test('shell access to a Windows container opens PowerShell', () => {
  const grant = { minutes: 30, task: 't', taskArn: 'arn', container: 'app' }
  expect(awsCommand({ target: aRef() }, grant)).toMatch(/--command \/bin\/sh$/)
  expect(awsCommand({ target: aRef() }, { ...grant, isWindows: true })).toMatch(/--command powershell\.exe$/)
})
