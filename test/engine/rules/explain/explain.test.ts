import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { runConfig } from '../../../../scripts/config/run-config.ts'
import { compileConfig } from '../../../../src/commands/compile-config.ts'
import { schema } from '../../../../src/engine/rules/config-schema.ts'
import { explain } from '../../../../src/engine/rules/explain/explain.ts'
import { decodeConfig } from '../../../../src/engine/rules/published/decode-config.ts'
import { aRef } from '../../../builders.ts'
import { GROUPS, oracle, questions } from '../teams/questions.ts'

const run = async (example: string, ...args: readonly string[]) => {
  const out: string[] = []
  const terminal = { env: {}, out: (line: string) => out.push(line), log: () => {}, sleep: async () => {} }
  return { code: await runConfig([`docs/examples/${example}.yaml`, ...args], terminal), out }
}

test('says the team, the access rule, and the approval rule for each risk', async () => {
  const line = 'U0PERSON00,team:checkout scale prod.us-east-1/web/checkout-api 6'
  expect(await run('several-teams', '--explain', line)).toEqual({
    code: 0,
    out: [
      'Team: checkout, user group S0CHECKOUT.',
      'Access: operator, by access rule 2.',
      'Low risk: no approval, by approval rule 2.',
      'Medium risk: 1 approval of S0CHECKOUT or S0PLATFORM, not of the requester, in C0CHECKOUT, by approval rule 3.',
      'High risk: 1 approval of S0CHECKOUT or S0PLATFORM, not of the requester, in C0CHECKOUT, by approval rule 3.',
    ],
  })
})

test('counts tasks for rules about the size', async () => {
  const line = 'person01@example.com,S0ONCALL scale prod.us-east-1/web/orders 6'
  const at = async (...tasks: readonly string[]) =>
    (await run('several-accounts', '--explain', line, ...tasks)).out.at(-1)
  expect(await at()).toBe('High risk: 1 approval of operators, not of the requester, by approval rule 4.')
  expect(await at('--tasks', '50')).toBe(
    'High risk: 2 approvals of operators, not of the requester, with a reason, by approval rule 3.',
  )
})

test('says why a person is refused, and that a service has no team', async () => {
  const refused = await run(
    'several-teams',
    '--explain',
    'U0PERSON00,team:search restart prod.us-east-1/web/checkout-api',
  )
  expect(refused.out).toEqual([
    'Team: checkout, user group S0CHECKOUT.',
    'Refused: No rule lets U0PERSON00,team:search change checkout-api in prod.',
  ])
  const lost = await run('several-teams', '--explain', 'U0PERSON00,S0PLATFORM restart prod.us-east-1/web/lost')
  expect(lost.out).toContain('No team owns the service: the rules of all teams apply.')
  expect(lost.out.at(-1)).toBe(
    'High risk: 2 approvals of people whom each of the rules names, not of the requester, with a reason, by approval rules 1 and 3.',
  )
})

test.each<[string, string]>([
  ['restart', 'write --explain "<who> <command>"'],
  ['U0NOBODY restart prod.us-east-1/web/a', 'U0NOBODY is not a person under `people`'],
  ['U0PERSON00 restart a', 'name one service in full'],
  ['U0PERSON00 whoami', 'whoami changes nothing'],
  ['U0PERSON00 nonsense', 'nonsense'],
])('a line that cannot be read is refused: %s', async (line, problem) => {
  const { code, out } = await run('several-teams', '--explain', line)
  expect(code).toBe(1)
  expect(out.join('\n')).toContain(problem)
})

test('says of 1,000 random questions what is decided', () => {
  const compiled = compileConfig(readFileSync('docs/examples/sixty-teams.yaml', 'utf8'))
  const config = 'config' in compiled ? decodeConfig(JSON.stringify(compiled.config)) : undefined
  if (config === undefined) throw new Error('not a configuration')
  for (const one of questions(1_000)) {
    const { user, service, account, risk, command, at } = one
    const accountId = account === 'prod' ? '111122223333' : '444455556666'
    const actor = { team: 'T0QUARTER', user, name: user }
    const ref = aRef({ service, account, accountId })
    const asked = { actor, command, also: [], role: 'operator', ref, size: 1 } as const
    const lines = explain(asked, config, { now: at, groups: GROUPS, placeLocks: [] })
    const answer = oracle({ ...one, tasks: 1, reason: true })
    const line = lines.find(text => text.toLowerCase().startsWith(risk)) ?? ''
    const isRefused = lines.some(text => text.startsWith('Refused'))
    if (isRefused) expect(answer).toBe('no')
    else if (answer === 'free') expect(line).toContain('no approval, by')
    else if (answer !== 'no') expect(line).toContain(`${answer[0]} approval`)
  }
})

test('the JSON schema for editors is that of the compiler', () => {
  const generated = { title: 'quarterdeck.yaml', ...z.toJSONSchema(schema, { io: 'input' }) }
  expect(JSON.parse(readFileSync('docs/quarterdeck.schema.json', 'utf8'))).toEqual(generated)
  expect(Object.keys(generated.properties ?? {})).toEqual(expect.arrayContaining(['teams', 'approvals', 'access']))
  expect(generated.additionalProperties).toBe(false)
})
