import { expect, test } from 'vitest'
import { elements, moment, plain } from '../../../src/kit/messages/markup.ts'
import { codeText, plainName } from '../../../src/kit/messages/text.ts'

const AT = '2026-11-22T08:45:00.000Z'

test('a time becomes a date of Slack, and a UTC time where there is none', () => {
  expect(elements(`*at* ${moment(AT)}, \`x\``)).toEqual([
    { type: 'text', text: 'at', style: { bold: true } },
    { type: 'text', text: ' ' },
    {
      type: 'date',
      timestamp: Date.parse(AT) / 1_000,
      format: '{date_short_pretty} {time}',
      fallback: '2026-11-22 08:45 UTC',
    },
    { type: 'text', text: ', ' },
    { type: 'text', text: 'x', style: { code: true } },
  ])
  expect(plain(`at ${moment(AT)}`)).toBe('at 2026-11-22 08:45 UTC')
})

test('a text from AWS makes no time, and one that is no date stays text', () => {
  expect(plainName(moment(AT))).toBe(AT)
  expect(codeText(`*a*\`b${moment(AT)}`)).toBe(`\`*a*b${AT}\``)
  expect(elements(moment('2026-99-99T99:99Z')).map(({ type }) => type)).toEqual(['text'])
})
