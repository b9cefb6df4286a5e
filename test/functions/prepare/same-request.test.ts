// Of the same request twice in one second, one operation has the claim; the other is told where the card is.
import { readFile } from 'node:fs/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import type { Ports } from '../../../src/commands/ports.ts'
import type { Approval } from '../../../src/engine/change/approval.ts'
import { approvalKey, faceKey, finalCardKey, postedKey } from '../../../src/engine/change/records.ts'
import type { Config } from '../../../src/engine/rules/config.ts'
import { pendingFrom, pendingKey } from '../../../src/functions/prepare/pending.ts'
import { claimRequest } from '../../../src/functions/prepare/same-request.ts'
import { aCard, aRef } from '../../builders.ts'
import { createMemoryStore, type MemoryStore } from '../../stories/memory-store.ts'

const START = Date.parse('2026-11-22T03:00:00Z')
const { plan, stage } = aCard()
if (stage.kind !== 'waiting') throw new Error('the card does not wait')
const { approval } = stage
const rule = { approvers: approval.approvers, expiryMinutes: 60 }
const verdict = { kind: 'consent', rule, ruleNumber: 1, corporateId: 'x', approvers: [] } as unknown as Parameters<
  typeof claimRequest
>[2]

const yaml = await readFile('quarterdeck.yaml', 'utf8')
const configOf = (text: string): Config => {
  const compiled = compileConfig(text)
  if ('problems' in compiled) throw new Error(compiled.problems.join())
  return { ...(JSON.parse(JSON.stringify(compiled.config)) as Config), channel: 'C0OPS' }
}

let config = configOf(yaml)
let now = START
let store: MemoryStore
beforeEach(() => {
  now = START
  config = configOf(yaml)
  store = createMemoryStore(() => now)
})
const claim = (operation: string, of = plan) =>
  claimRequest(of, operation, verdict, {
    channel: 'C0OPS',
    ports: {
      store,
      now: () => new Date(now).toISOString(),
      config: async () => config,
      halted: async () => undefined,
      slack: async () => ({
        isActive: async () => true,
        permalink: async () => 'https://slack.example/card',
        members: async () => ['U0REQUEST', 'U0APPROVE', 'U0SECOND'],
      }),
    } as unknown as Ports,
  })
const open = async (operation: string, more: Partial<Approval> = {}) => {
  await store.create(faceKey(operation), { plan })
  await store.create(approvalKey(operation), { ...approval, ...more })
  await store.create(pendingKey(plan.target.arn, operation), pendingFrom(plan, approval))
}
const post = (operation: string) => store.create(postedKey(operation, 'card'), { channel: 'C0OPS', ts: '1.0' })

test('the first has it, also when its step runs again', async () => {
  expect(await claim('first')).toBeUndefined()
  expect(await claim('first')).toBeUndefined()
})

test('another plan is another request', async () => {
  await claim('first')
  expect(await claim('second', { ...plan, binds: { count: 7 } })).toBeUndefined()
  expect(await claim('third', { ...plan, target: aRef({ service: 'checkout' }) })).toBeUndefined()
})

describe('the second', () => {
  beforeEach(() => claim('first'))

  test('waits while the first posts its card, then is told where it is', async () => {
    await expect(claim('second')).rejects.toMatchObject({ passing: true })
    await open('first')
    await expect(claim('second')).rejects.toMatchObject({ passing: true })
    await post('first')
    expect(await claim('second')).toMatchObject({
      text: '“Scale orders-api 6 → 0” is already open, requested by requester.',
      link: { url: 'https://slack.example/card' },
    })
  })

  test('has the claim once the first was decided, has expired, or has never posted', async () => {
    await open('first', { decision: { outcome: 'rejected', at: '2026-11-22T03:00:01.000Z' } })
    await post('first')
    expect(await claim('second')).toBeUndefined()
    await expect(claim('third')).rejects.toMatchObject({ passing: true })
    now += 180_000
    expect(await claim('third')).toBeUndefined()
    await open('third', { expiresAt: '2026-11-22T03:30:00.000Z' })
    await post('third')
    now += 30 * 60_000
    expect(await claim('fourth')).toBeUndefined()
  })

  test.each<readonly [string, () => unknown]>([
    ['has ended', () => store.create(finalCardKey('first'), {})],
    [
      'may no longer run',
      () => (config = configOf(yaml.replace('access:\n', 'access:\n  - { who: [U0REQUEST], deny: operator }\n'))),
    ],
  ])('is not refused for a first that %s', async (_, change) => {
    await open('first')
    await post('first')
    expect(await claim('second')).toMatchObject({ kind: 'refusal' })
    await change()
    expect(await claim('third')).toBeUndefined()
  })
})
