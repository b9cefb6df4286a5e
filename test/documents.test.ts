// The documents stay true where a machine can tell: their size, and the files that they name.
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { permissionRoles, permissionTables } from '../docs/permissions.ts'
import { runbookTable } from '../docs/runbook.ts'
import { costTable } from '../docs/running-cost.ts'
import { ALARM_TEXTS } from '../infra/alarm-texts.ts'
import { whyAllowed } from '../infra/reasons.ts'

test.each([
  ['README.md', 8 * 1024],
  ['ARCHITECTURE.md', 14 * 1024],
])('%s is short enough to be read whole', (file, most) => {
  expect(Buffer.byteLength(readFileSync(file, 'utf8'))).toBeLessThanOrEqual(most)
})

test.each([
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'docs/mechanisms.md',
  'docs/permissions.md',
  'docs/risk.md',
  'docs/runbook.md',
])('the files that %s names exist', file => {
  const text = readFileSync(file, 'utf8')
  const folder = file.startsWith('docs/') ? 'docs/' : ''
  const linked = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => `${folder}${path}`)
  const quoted = [...text.matchAll(/`((?:src|test|infra|sandbox|handlers|bench|docs)\/[\w./-]+)`/g)].map(
    ([, path = '']) => path,
  )
  expect([...linked, ...quoted].filter(path => !existsSync(path))).toEqual([])
})

test.each([
  ['docs/permissions.md', permissionTables],
  ['docs/runbook.md', runbookTable],
  ['docs/running-cost.md', costTable],
])('%s has what `npm run fix` generates', (file, generated) => {
  expect(readFileSync(file, 'utf8')).toContain(generated())
})

test('each action of each role has a reason', () => {
  const missing = permissionRoles.flatMap(({ name, policies }) =>
    policies
      .flatMap(({ Statement }) => Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => [Action].flat())
      .filter(action => whyAllowed(name, action) === undefined)
      .map(action => `${name} ${action}`),
  )
  expect(missing).toEqual([])
})

test('the cost counts all alarms', () => {
  expect(costTable()).toContain(`${Object.keys(ALARM_TEXTS).length} alarms`)
})
