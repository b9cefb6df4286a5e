// A secret that its writer cut into pieces, which come look by look.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEach } from '../../../src/features/logs/log-entries.ts'
import type { LogLine } from '../../../src/features/logs/log-types.ts'
import { createLineBuffer } from '../../../src/functions/follow/line-buffer.ts'
import { createRedactedStreams } from '../../../src/functions/follow/redacted-streams.ts'

const AT = 1_790_000_000_000
const aLine = (message: string, at = AT, stream = 'app'): LogLine => ({ at, stream, message, id: '' })

const isPolled = [true, false]

/** `looks`: what is new at each. Gives what is shown, in order. */
const follow = (looks: readonly (readonly string[])[], isRepeated: boolean) => {
  const holding = createLineBuffer({ maxAgeMs: 60_000, isRepeated })
  const streams = createRedactedStreams({})
  const told: LogLine[] = []
  const shown: string[] = []
  let taken = 0
  let secrets = 0
  const silence = Array.from({ length: 8 }, () => [])
  for (const [nth, messages] of [...looks, ...silence].entries()) {
    const come = messages.map(message => aLine(message))
    told.push(...come)
    const { lines } = holding.ready(isRepeated ? told : [...holding.kept(), ...come], AT + nth * 1_000)
    const fresh = isRepeated ? lines.slice(taken) : lines
    taken += fresh.length
    const { entries, hidden } = readEach(fresh, streams.redact)
    shown.push(...entries.map(({ text }) => text))
    secrets += Object.values(hidden).reduce((sum, count) => sum + count, 0)
  }
  return { shown, secrets }
}

test.each(isPolled)('held back until a look finds no more of it; repeated: %s', isRepeated => {
  expect(follow([['using key AKIAABCD'], ['EFGHIJ'], ['KLMN'], ['OP for S3']], isRepeated)).toEqual({
    shown: ['using key ‹hidden›', '‹hidden›', '‹hidden›', '‹hidden› for S3'],
    secrets: 1,
  })
})

test.each(isPolled)('waited for some seconds where more may make it a secret; repeated: %s', isRepeated => {
  const looks = [['using key AKIAABCDEFGHIJ'], [], [], [], [], ['KLM'], [], [], [], [], [], ['NOP for S3']]
  expect(follow(looks, isRepeated)).toEqual({
    shown: ['using key ‹hidden›', '‹hidden›', '‹hidden› for S3'],
    secrets: 1,
  })
})

test.each(isPolled)('what comes much later is hidden with what was shown; repeated: %s', isRepeated => {
  const silence = Array.from({ length: 10 }, () => [])
  const looks = [['using key AKIAABCDEFGHIJ'], ...silence, ['KLMNOP for S3']]
  expect(follow(looks, isRepeated).shown).toEqual(['using key ‹hidden›', '‹hidden› for S3'])
  expect(follow([['PASSWORD=tr0ub4'], ...silence, ['dor3x']], isRepeated)).toEqual({
    shown: ['PASSWORD=‹hidden›', '‹hidden›'],
    secrets: 1,
  })
})

test.each(isPolled)('what begins no secret is shown at the look after; repeated: %s', isRepeated => {
  const holding = createLineBuffer({ maxAgeMs: 60_000, isRepeated })
  const lines = [aLine('ready')]
  expect(holding.ready(lines, AT + 1).isHeld).toBe(true)
  expect(holding.ready(lines, AT + 1_001)).toEqual({ lines, isHeld: false })
})

test.each(isPolled)('a secret in any number of pieces, over any number of looks; repeated: %s', isRepeated => {
  const secret = fc.string({
    unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'),
    minLength: 16,
    maxLength: 16,
  })
  const cuts = fc.array(fc.tuple(fc.integer({ min: 1, max: 19 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 1,
    maxLength: 8,
  })
  fc.assert(
    fc.property(secret, cuts, (rest, where) => {
      const key = `AKIA${rest}`
      const sorted = where.toSorted(([a], [b]) => a - b).filter(([at], nth, all) => at !== all[nth - 1]?.[0])
      const ends = [...sorted.map(([at]) => at), key.length]
      const pieces = ends.map((end, nth) => key.slice(ends[nth - 1] ?? 0, end))
      const looks: string[][] = [[]]
      for (const [nth, piece] of pieces.entries()) {
        const later = nth === 0 ? 0 : (sorted[nth - 1]?.[1] ?? 0)
        for (let n = 0; n < later; n += 1) looks.push([])
        looks.at(-1)?.push(piece)
      }
      const { shown } = follow(looks, isRepeated)
      expect(shown).toHaveLength(pieces.length)
      expect(shown.join('')).not.toContain(key)
      // What completes it is never shown, nor anything where it came within seconds, its first four letters at once.
      expect(shown.at(-1)).toBe('‹hidden›')
      const isSoon = looks.length <= 30 && !/(?:,0){7}/.test(looks.map(({ length }) => length).join())
      if (isSoon && (pieces[0] ?? '').length >= 4) expect(new Set(shown)).toEqual(new Set(['‹hidden›']))
    }),
  )
})

test.each(isPolled)('nothing is held back for ever; repeated: %s', isRepeated => {
  const holding = createLineBuffer({ maxAgeMs: 60_000, isRepeated })
  const told: LogLine[] = []
  for (let n = 0; n < 30; n += 1) {
    const come = aLine(`piece ${n}`)
    told.push(come)
    expect(holding.ready(isRepeated ? told : [...holding.kept(), come], AT + n * 1_000).isHeld).toBe(true)
  }
  expect(holding.ready(told, AT + 30_000).lines).toHaveLength(30)
})

test('nothing is held back that the cursor would not remember beside others', () => {
  const flood = Array.from({ length: 2_000 }, (_, n) => aLine(`${n}`, AT + 1 + n, 'other'))
  const polled = createLineBuffer({ maxAgeMs: 20_000, isRepeated: true })
  const { lines } = polled.ready([aLine('mine'), ...flood], AT + 3_000)
  expect(lines.map(({ message }) => message)).toEqual(['mine', ...flood.slice(0, -1).map(({ message }) => message)])
  expect(polled.ready([aLine('old')], AT + 21_000).isHeld).toBe(false)
  const live = createLineBuffer({ maxAgeMs: 60_000, isRepeated: false })
  live.ready([aLine('key AKIA')], AT)
  live.ready([...live.kept(), ...flood.slice(0, 500)], AT + 1_000)
  expect(live.kept().map(({ message }) => message)).toContain('key AKIA')
  const { lines: ready } = live.ready([...live.kept(), ...flood.slice(500, 1_500)], AT + 2_000)
  expect(ready.map(({ message }) => message)).toContain('key AKIA')
})
