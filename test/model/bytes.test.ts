import { describe, expect, test } from 'vitest'
import type { Face } from '../../src/engine/cards/card.ts'
import { renderCard } from '../../src/engine/cards/render-card.ts'
import { boundedOutcome, boundedRefusal } from '../../src/engine/change/bounded.ts'
import { bounded } from '../../src/functions/operation/step-bounds.ts'
import { misfits } from '../../src/kit/messages/limits.ts'
import { renderRefusal } from '../../src/kit/messages/render-refusal.ts'
import { cutBytes, jsonBytes, linesWithin, MOST_ERROR_BYTES, MOST_PAYLOAD_BYTES } from '../../src/model/bytes.ts'
import { RemoteError } from '../../src/model/errors.ts'
import { anActor, aRef } from '../builders.ts'
import { WORST } from '../worst.ts'

/** As AWS counts a string: without its quotes. */
const bytesOf = (text: string): number => jsonBytes(text) - 2

describe.each(WORST)('a text of %s', (_, worst) => {
  test.each([3, 4, 5, 6, 7, 8, 9, 100, 1_000])('is cut to %i bytes, and no character is cut through', most => {
    const cut = cutBytes(worst(2_000), most)
    expect(bytesOf(cut)).toBeLessThanOrEqual(most)
    expect(bytesOf(cut)).toBeGreaterThan(most - 9)
    expect(cut.endsWith('…')).toBe(true)
    expect(Buffer.from(cut).toString()).toBe(cut)
  })

  test('is left as it is where it fits, to the byte', () => {
    const text = worst(200)
    expect(cutBytes(text, bytesOf(text))).toBe(text)
    expect(cutBytes(text, bytesOf(text) - 1)).not.toBe(text)
  })

  test('in every field of an outcome leaves room for five of them in one', () => {
    const long = worst(300_000)
    const offer = { label: 'Again', invocation: worst(1_900) }
    const outcome = boundedOutcome({
      status: 'failed',
      text: long,
      details: Array.from({ length: 50 }, () => long),
      links: Array.from({ length: 50 }, () => ({ text: worst(500), url: worst(500) })),
      offers: Array.from({ length: 50 }, () => offer),
      drift: Array.from({ length: 50 }, () => long),
      sessions: Array.from({ length: 500 }, (_, at) => ({ id: `ecs-execute-command-${at}`, sha256: 'a'.repeat(64) })),
      ran: { status: 1, seconds: 1, line: long },
      requestIds: Array.from({ length: 500 }, () => 'r'.repeat(36)),
    })
    expect(jsonBytes(outcome) * 5).toBeLessThan(MOST_PAYLOAD_BYTES - 10_000)
    expect(outcome.text.endsWith('…')).toBe(true)
    expect(outcome.details?.at(-1)).toMatch(/^… and \d+ more$/)
    // What is cut is another invocation.
    for (const one of outcome.offers ?? []) expect(one).toEqual(offer)
  })

  test('in a refusal leaves it small enough', () => {
    const offers = Array.from({ length: 50 }, () => ({ label: 'Again', invocation: worst(1_900) }))
    const refusal = boundedRefusal({ kind: 'refusal', text: worst(300_000), hint: worst(300_000), offers })
    expect(jsonBytes(refusal)).toBeLessThan(MOST_PAYLOAD_BYTES)
    expect(refusal.text.endsWith('…')).toBe(true)
  })

  test('as the message of an error is cut to what AWS takes, and the error is still of its class', async () => {
    const error = new RemoteError(worst(100_000), { code: 'ServerException', passing: true })
    const run = bounded(() => Promise.reject(error))
    const thrown: unknown = await run().catch(caught => caught)
    expect(thrown).toBe(error)
    expect(thrown).toMatchObject({ code: 'ServerException', passing: true, name: 'PeerError' })
    const { name, message, stack = '' } = error
    const object = { ErrorType: name, ErrorMessage: message, StackTrace: stack.split('\n') }
    expect(jsonBytes(object)).toBeLessThan(MOST_ERROR_BYTES)
  })
})

test('half a character counts as what JSON writes for it', () => {
  const halves = '\ud83d'.repeat(100)
  expect(bytesOf(cutBytes(halves, 60))).toBeLessThanOrEqual(60)
})

test('lines that are left out are counted', () => {
  expect(linesWithin(['one', 'two', 'three'], 10, 14)).toEqual(['one', 'two', '… and 1 more'])
  expect(linesWithin(['one', 'two'], 2, 100)).toEqual(['…', '…'])
})

describe('a step', () => {
  test('whose result has as much as AWS takes gives it back', async () => {
    const text = 'x'.repeat(MOST_PAYLOAD_BYTES - 2)
    expect(await bounded(async () => text)()).toBe(text)
  })

  test('whose result is a byte more fails, in words', async () => {
    await expect(bounded(async () => 'x'.repeat(MOST_PAYLOAD_BYTES - 1))()).rejects.toThrow(
      'the result of the step has 262,145 bytes; AWS keeps at most 262,144',
    )
  })

  test('that throws what is no error fails with one', async () => {
    const thrown: unknown = await bounded(() => Promise.reject('x'.repeat(100_000)))().catch(caught => caught)
    expect(thrown).toBeInstanceOf(Error)
    expect(jsonBytes(String(thrown))).toBeLessThan(MOST_ERROR_BYTES)
  })
})

test.each(WORST)('a card whose outcome is of %s still says how it ended', (_, worst) => {
  const outcome = boundedOutcome({
    status: 'failed',
    text: worst(300_000),
    details: Array.from({ length: 50 }, () => worst(1_000)),
    offers: [{ label: 'Again', invocation: worst(3_000) }],
  })
  const rendered = renderCard({ ...aFace(worst), stage: { kind: 'ended', outcome, at: '2026-11-22T03:00:00.000Z' } })
  expect(misfits(rendered)).toEqual([])
  expect(JSON.stringify(rendered)).toContain('Failed · prod')
})

/** With a command as long as one may be. */
const aFace = (worst: (length: number) => string): Face => ({
  operation: '8fac260597f64d1c9a3e',
  plan: {
    kind: 'plan',
    command: 'exec',
    invocation: worst(1_900),
    target: aRef(),
    title: `Run a command in *${'s'.repeat(255)}*`,
    changes: [],
    risk: { level: 'high', reasons: ['A shell may do whatever the task role may'] },
    size: 1,
    tasks: 0,
    consequences: Array.from({ length: 10 }, () => 'c'.repeat(300)),
    offers: [],
    calls: [],
    binds: {},
    drifts: {},
    verbatim: worst(1_900),
  },
  requester: anActor({ name: worst(80) }),
  corporateId: 'requester@example.com',
  askedIn: 'C0OPS',
  rule: 'consent rule 1',
  configVersion: '1',
  reason: worst(500),
})

test.each(WORST)('a refusal of %s is one that Slack takes', (_, worst) => {
  const offers = Array.from({ length: 30 }, () => ({ label: 'Again', invocation: worst(2_000) }))
  const rendered = renderRefusal(
    boundedRefusal({ kind: 'refusal', text: worst(300_000), hint: worst(300_000), offers }),
  )
  expect(misfits(rendered)).toEqual([])
})
