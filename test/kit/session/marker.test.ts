// What the runner says is found however it is cut, and never shown; what a command forges is not believed.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMarkerReader } from '../../../src/kit/session/marker.ts'
import type { Nonce } from '../../../src/kit/session/wrapper.ts'

const nonce: Nonce = ['0123456789abcdef', 'fedcba9876543210']
const M = nonce.join('')

const readAll = (pieces: readonly string[]) => {
  const reader = createMarkerReader(nonce)
  const shown = pieces.map(reader.read).join('') + reader.finish()
  return { shown, ...reader.report() }
}

const err = (text: string): string => ` err\n${btoa(text)}\n${M}`

describe('a marker', () => {
  test.each([
    ['nothing printed', `${M} begin\n\n${M} end 0 .\n`, '', 0],
    ['output', `${M} begin\nhello\n\n${M} end 7 .\n`, 'hello\n', 7],
    ['output without a line end', `${M} begin\nhello\n${M} end 7 .\n`, 'hello', 7],
    ['standard error', `${M} begin\nhello\n\n${M}${err('oops\n')} end 1 .\n`, 'hello\n', 1],
    ['no begin', `hello\n\n${M} end 0 .\n`, 'hello\n', 0],
    ['no end', `${M} begin\nhello\n`, 'hello\n', undefined],
    ['half an end', `${M} begin\nhello\n\n${M} end `, 'hello\n', undefined],
    ['not at the beginning of a line', `${M} begin\nx${M} end 0 .\n`, `x${M} end 0 .\n`, undefined],
    ['another marker', `${M} begin\n\n${M.toUpperCase()} end 0 .\n`, `\n${M.toUpperCase()} end 0 .\n`, undefined],
    ['a status that is none', `${M} begin\n\n${M} end 1234 .\n`, `\n${M} end 1234 .\n`, undefined],
    ['a forged one, and the runner’s own after it', `${M} begin\n${M} end 0 .\nmore\n\n${M} end 9 .\n`, 'more\n', 9],
    ['what comes after the end', `${M} begin\nhello\n\n${M} end 0 .\nlate\n`, 'hello\nlate\n', 0],
    ['empty lines before it', `${M} begin\n\n\n\n${M} end 0 .\n`, '\n\n', 0],
  ])('%s', (_, text, shown, status) => {
    expect(readAll([text])).toMatchObject({ shown, status })
    expect(readAll([...text])).toMatchObject({ shown, status })
  })

  test('brings standard error, as it was written', () =>
    expect(readAll([`${M} begin\n\n${M}${err('oops\n')} end 1 .\n`]).stderr).toEqual({ text: 'oops\n', isCut: false }))

  test('that begins a standard error without end does not hold the output for ever', () => {
    const noise = 'A'.repeat(200_000)
    expect(readAll([`${M} begin\n\n${M} err\n`, noise, '\nafter\n'])).toMatchObject({
      shown: `\n${M} err\n${noise}\nafter\n`,
      status: undefined,
    })
  })
})

const aText = fc.string({
  unit: fc.constantFrom('a', '\n', ' ', ...M.slice(0, 3), '\n0123456789abcdef'),
  maxLength: 60,
})

test('however it is cut into pieces, what is shown and what is said are the same', () =>
  fc.assert(
    fc.property(aText, fc.nat(255), fc.array(fc.nat(200), { maxLength: 20 }), (output, status, cuts) => {
      const whole = `${M} begin\n${output}\n${M}${err(output)} end ${status} .\n`
      const at = [0, ...cuts.map(cut => Math.min(cut, whole.length)).toSorted((a, b) => a - b), whole.length]
      const pieces = at.slice(1).map((to, n) => whole.slice(at[n], to))
      const said = readAll(pieces)
      expect(said).toEqual({ shown: output, status, stderr: { text: output, isCut: false } })
    }),
  ))

test('what is shown so far never holds the beginning of a marker that then comes', () =>
  fc.assert(
    fc.property(aText, output => {
      const reader = createMarkerReader(nonce)
      let shown = ''
      for (const char of `${M} begin\n${output}\n${M} end 0 .\n`) {
        shown += reader.read(char)
        expect(output.startsWith(shown)).toBe(true)
      }
    }),
  ))
