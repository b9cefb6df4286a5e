// The small line below a message: plain text, in which only times have a meaning.
import { expect, test } from 'vitest'
import { context, timeMark } from '../../../src/kit/messages/markup.ts'

const plainText = (text: string) => ({ type: 'plain_text', text, emoji: false })
const AT = '2026-11-22T03:09:41.000Z'

test('a time is shown in the reader’s time zone, and nothing beside it is read as markup', () => {
  expect(context(`*As* of ${timeMark(AT)}: <!channel>`)['elements']).toEqual([
    plainText('*As* of '),
    {
      type: 'mrkdwn',
      text: '<!date^1795316940^{date_short_pretty} {time}|2026-11-22 03:09 UTC>',
      verbatim: true,
    },
    plainText(': <!channel>'),
  ])
})

test('a line that is too long, or names many times, is plain text in UTC', () => {
  const times = Array.from({ length: 5 }, () => timeMark(AT)).join(', ')
  expect(context(times)['elements']).toEqual([plainText(times.replaceAll(timeMark(AT), '2026-11-22 03:09 UTC'))])
  expect(context(`${timeMark(AT)} ${'x'.repeat(400)}`)['elements']).toEqual([
    plainText(`2026-11-22 03:09 UTC ${'x'.repeat(278)}…`),
  ])
})

test('a time that does not exist is text', () => {
  expect(context('<2026-19-45T29:00Z>')['elements']).toEqual([plainText('<2026-19-45T29:00Z>')])
  expect(context('<2026-02-31T25:00Z>')['elements']).toEqual([plainText('<2026-02-31T25:00Z>')])
})
