// Who deployed, and the person behind a pipeline.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../../../src/commands/compile-config.ts'
import type { Config, Deployer } from '../../../../src/engine/rules/config.ts'
import { deployersOf, needsCall, type Traces, withKnown } from '../../../../src/features/deployments/gates/deployers.ts'
import { aRef } from '../../../builders.ts'

const compiled = compileConfig(readFileSync('quarterdeck.yaml', 'utf8'))
if (!('config' in compiled)) throw new Error('the example is not valid')
const configOf = (...deployers: readonly Deployer[]): Config => ({ ...compiled.config, gates: { deployers } })

const ROLE = 'arn:aws:iam::111122223333:role/ci/deploy-orders'
const SESSION = 'arn:aws:sts::111122223333:assumed-role/deploy-orders'
const ASKER = 'requester@example.com'
/** By default the definition ran on this service before, so that only the call counts. */
const found = (traces: Partial<Traces>, ...deployers: readonly Deployer[]) =>
  deployersOf({ ref: aRef(), calls: [], tags: {}, past: 'ran', ...traces }, configOf(...deployers))
const call = (more: object = {}) => ({ at: '2026-11-22T03:00:00Z', arn: ROLE, session: ASKER, ...more })
const PIPELINE = { role: 'arn:aws:iam::111122223333:role/ci/deploy-*', person: 'session' }

test('a pipeline that is not mapped has nobody behind it, also if its session has the name of a person', () => {
  expect(found({ calls: [call()] })).toMatchObject({ by: 'deploy-orders, person unknown', people: [], isKnown: false })
})

test.each([
  ['its session', PIPELINE, call()],
  ['its source identity', { ...PIPELINE, person: 'sourceIdentity' }, call({ session: 'b', sourceIdentity: ASKER })],
  ['its session, in another case', PIPELINE, call({ session: 'Requester@Example.com' })],
])('a mapped pipeline is for the person of %s', (_, rule, one) => {
  expect(found({ calls: [one] }, rule)).toMatchObject({
    by: 'deploy-orders for requester@example.com',
    people: [ASKER],
    isKnown: true,
  })
})

test('a mapped pipeline without a person counts as unknown', () => {
  for (const session of ['build-1842', '', 'someone@example.com', '__proto__'])
    expect(found({ calls: [call({ session })] }, PIPELINE)).toMatchObject({ people: [], isKnown: false })
  expect(found({ calls: [call()] }, { role: PIPELINE.role })).toMatchObject({ people: [], isKnown: false })
})

test('a tag counts only where the same pipeline registered the definition', () => {
  const rule = { ...PIPELINE, person: 'tag:deployed-by' }
  const tags = { 'deployed-by': ASKER }
  const own = { past: 'first', calls: [call({ session: 'b' })], tags, registeredBy: `${SESSION}/b` } as const
  expect(found(own, rule)).toMatchObject({ people: [ASKER], isKnown: true })
  const other = `${SESSION.replace('deploy-orders', 'somebody')}/b`
  expect(found({ ...own, registeredBy: other }, rule)).toMatchObject({ people: [], isKnown: false })
})

test('a tag of a definition that is deployed again says nothing about who deploys it', () => {
  const rule = { ...PIPELINE, person: 'tag:deployed-by' }
  const own = { calls: [call()], tags: { 'deployed-by': ASKER }, registeredBy: `${SESSION}/b` }
  for (const past of ['ran', 'other'] as const) expect(found({ ...own, past }, rule).isKnown).toBe(false)
})

describe('an unknown registrar', () => {
  const unknown = `${SESSION}/build-1842`

  test('makes the deployer unknown', () => {
    for (const registeredBy of [unknown, undefined, 'arn:aws:iam::111122223333:user/eve'])
      for (const past of ['first', 'other', undefined] as const)
        expect(found({ past, calls: [call()], registeredBy }, PIPELINE)).toMatchObject({
          people: [ASKER],
          isKnown: false,
        })
    expect(found({ past: 'first', calls: [call()], registeredBy: unknown }, PIPELINE).by).toBe(
      'deploy-orders for requester@example.com, unknown registrar deploy-orders',
    )
  })

  test('of a definition that ran here before does not', () => {
    expect(found({ calls: [call()], registeredBy: unknown }, PIPELINE)).toMatchObject({
      by: 'deploy-orders for requester@example.com',
      isKnown: true,
    })
  })

  test.each([
    ['a pipeline', call({ session: 'b', sourceIdentity: 'approver@example.com' }), `${SESSION}/b`],
    [
      'Quarterdeck',
      { ...call(), arn: 'arn:aws:iam::111122223333:role/quarterdeck-deployer', sourceIdentity: 'approver@example.com' },
      'arn:aws:sts::111122223333:assumed-role/quarterdeck-deployer/U0APPROVE-1',
    ],
  ])('is known by the call of %s in CloudTrail, whose source identity ECS does not keep', (_, registration, by) => {
    const rule = { ...PIPELINE, person: 'sourceIdentity' }
    const asked = { past: 'first', calls: [call({ sourceIdentity: ASKER })], registeredBy: by } as const
    expect(needsCall(by, aRef(), configOf(rule))).toBe(true)
    expect(found({ ...asked, registrations: [registration] }, rule)).toMatchObject({
      people: [ASKER, 'approver@example.com'],
      isKnown: true,
      isRead: true,
    })
    expect(found({ ...asked, registrations: [] }, rule)).toMatchObject({ isKnown: false, isRead: true })
    expect(found({ ...asked, registrations: undefined }, rule)).toMatchObject({ isKnown: false, isRead: false })
  })
})

test('who registered the definition does not approve it either, but does not make the deployer known', () => {
  expect(found({ past: 'first', registeredBy: `${SESSION}/${ASKER}` }, PIPELINE)).toMatchObject({
    by: 'unknown deployer (registered by deploy-orders)',
    people: [ASKER],
    isKnown: false,
  })
})

test('of two that deployed in the same minute, both are the deployers, and one unknown makes it unknown', () => {
  const other = call({ session: 'approver@example.com' })
  expect(found({ calls: [call(), other] }, PIPELINE).people).toEqual([ASKER, 'approver@example.com'])
  expect(found({ calls: [call(), call({ arn: `${ROLE}-x/y` })] }, PIPELINE).isKnown).toBe(false)
})

test('a deployment by Quarterdeck is of the person whose source identity its session has', () => {
  const arn = 'arn:aws:iam::111122223333:role/quarterdeck-deployer'
  expect(found({ calls: [call({ arn, session: 'U1-x', sourceIdentity: ASKER })] })).toMatchObject({
    by: 'Quarterdeck for requester@example.com',
    people: [ASKER],
    isKnown: true,
  })
})

test('a pattern is no regular expression, and a star is no slash', () => {
  const rule = { role: 'arn:aws:iam::111122223333:role/deploy.orders', person: 'session' }
  expect(found({ calls: [call()] }, rule).isKnown).toBe(false)
  expect(found({ calls: [call({ arn: 'arn:aws:iam::999999999999:role/deploy-orders' })] }, PIPELINE).isKnown).toBe(
    false,
  )
})

test('CloudTrail that does not answer leaves it unknown; what was known stays', () => {
  const now = found({ calls: undefined })
  expect(now).toMatchObject({ by: 'unknown deployer', people: [], isKnown: false })
  const known = { by: 'ci for asker', people: [ASKER], isKnown: true }
  expect(withKnown(now, known)).toEqual(known)
  expect(withKnown({ ...known, isRead: true }, now)).toEqual(known)
})

test('a call that CloudTrail reports later, of somebody unknown, makes the deployer unknown again', () => {
  const known = { by: 'ci for asker', people: [ASKER], isKnown: true }
  const later = found({ calls: [call(), call({ arn: `${ROLE}-x/y` })] }, PIPELINE)
  expect(withKnown(later, known)).toMatchObject({ people: [ASKER], isKnown: false })
})

test('a role of another path is another role; a pattern of any name does not say who registered', () => {
  const arn = 'arn:aws:iam::111122223333:role/other/deploy-orders'
  const rule = { role: 'arn:aws:iam::111122223333:role/ci/deploy-*', person: 'session' }
  expect(found({ calls: [call({ arn })] }, rule).isKnown).toBe(false)
  expect(found({ calls: [call({ arn: arn.replace('other', 'ci') })] }, rule).isKnown).toBe(true)
  const any = { role: 'arn:aws:iam::111122223333:role/ci/*', person: 'session' }
  const registeredBy = `arn:aws:sts::111122223333:assumed-role/other/${ASKER}`
  expect(found({ calls: undefined, registeredBy }, any).people).toEqual([])
})
