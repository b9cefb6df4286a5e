import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import type { Config } from '../../../src/engine/rules/config.ts'
import { createNames } from '../../../src/functions/ingress/picker-names.ts'

const compiled = compileConfig(await readFile('quarterdeck.yaml', 'utf8'), { clusters: [] })
if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
const config: Config = JSON.parse(JSON.stringify(compiled.config))

const names = createNames({
  store: { list: async () => [], get: async () => undefined },
  config: async () => config,
  members: async group => (group === 'S0ONCALL' ? ['U0REQUEST'] : []),
  now: () => 0,
})
const offered = async (user: string, team = config.team) =>
  (await names.offer('', { team, user, name: user }, 'C0OPS', 'commands')).map(({ value }) => value)

test('configured commands are offered to people of this workspace who may run commands', async () => {
  expect(await offered('U0REQUEST')).toContain('env-names')
  expect(await offered('U0GUEST')).toEqual([])
  expect(await offered('U0APPROVE')).toEqual([])
  expect(await offered('U0REQUEST', 'T0PARTNER')).toEqual([])
})
