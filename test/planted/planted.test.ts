// The search for planted secrets finds them, names the place, and prints none.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { demandNone, leaksIn } from './demand-none.ts'
import { createFinder, type Secret } from './find-secrets.ts'
import type { Place } from './places.ts'

const secret = (value: string, kind: Secret['kind'] = 'bot token'): Secret => ({ kind, value })
const aSecret = fc.string({ unit: fc.constantFrom(...'abAB01+/=:-'), minLength: 12, maxLength: 40 })

test('each secret is found in every place, and nothing else', () =>
  fc.assert(
    fc.property(fc.uniqueArray(aSecret, { minLength: 1, maxLength: 20 }), fc.string(), fc.string(), (values, a, b) => {
      const find = createFinder(values.map(value => secret(value)))
      for (const value of values) {
        const text = `${a}${value}${b}`
        const expected = values.filter(one => text.includes(one) || text.includes(encodeURIComponent(one)))
        expect(
          find(Buffer.from(text))
            .map(({ value: found }) => found)
            .toSorted(),
        ).toEqual(expected.toSorted())
      }
    }),
  ))

test('a secret in a URL is found', () => {
  const value = 'abc+def/ghi=jkl'
  expect(createFinder([secret(value)])(Buffer.from(`?token=${encodeURIComponent(value)}&x=1`))).toHaveLength(1)
})

test('a value that is too short to be distinctive is refused', () => {
  expect(() => createFinder([secret('short')])).toThrow('too short')
})

const place = (over: Partial<Place>): Place => ({ kind: 'store', where: 'item a', text: '', ...over })

test('the failure names kind and place, and never the secret', () => {
  const value = 'xoxb-0123456789abcdef'
  const places = [place({ text: `{"x":"${value}"}` }), place({ where: `item ${value}`, text: value }), place({})]
  expect(() => demandNone(places, [secret(value)])).toThrow(
    'Secrets were kept:\nbot token in store: item a\nbot token in store: item ‹secret›',
  )
  expect(leaksIn(places, [secret(value)]).join()).not.toContain(value)
})

test('what only earlier versions kept is exempt only where one runs', () => {
  const url = secret('http://slack.example/response/0123', 'response URL')
  const stored = [place({ text: url.value })]
  expect(leaksIn(stored, [url], { hasEarlierVersion: true })).toEqual([])
  expect(leaksIn(stored, [url])).toEqual(['response URL in store: item a'])
})

test('what is exempt in one place is not exempt in another', () => {
  const url = secret('http://slack.example/response/0123', 'response URL')
  expect(leaksIn([place({ kind: 'durable history', text: url.value })], [url])).toEqual([])
  expect(leaksIn([place({ kind: 'logs', text: url.value })], [url])).toEqual(['response URL in logs: item a'])
})
