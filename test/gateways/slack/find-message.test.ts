// A card is found again by its metadata after a crash. Other apps can post the same metadata.
import type { WebClient } from '@slack/web-api'
import { expect, test } from 'vitest'
import { createMessages } from '../../../src/gateways/slack/messages.ts'

const MARK = { operation: 'op-1', what: 'card' } as const
const metadata = { event_type: 'quarterdeck_operation', event_payload: MARK }

const slackWith = (...messages: readonly object[]) =>
  createMessages({
    auth: { test: async () => ({ bot_id: 'B0OWN' }) },
    conversations: { history: async () => ({ messages }) },
  } as unknown as WebClient)

test.each([
  ['of this bot is found', [{ ts: '1.0', bot_id: 'B0OWN', metadata }], { channel: 'C1', ts: '1.0' }],
  ['of another app is not', [{ ts: '1.0', bot_id: 'B0OTHER', metadata }], undefined],
  ['of a person is not', [{ ts: '1.0', user: 'U1', metadata }], undefined],
  [
    'of another app before it does not hide it',
    [
      { ts: '2.0', bot_id: 'B0OTHER', metadata },
      { ts: '1.0', bot_id: 'B0OWN', metadata },
    ],
    { channel: 'C1', ts: '1.0' },
  ],
])('a message with the mark %s', async (_, messages, found) => {
  expect(await slackWith(...messages).find('C1', MARK)).toEqual(found)
})

test('since a time all pages are searched, to an end', async () => {
  const asked: (string | undefined)[] = []
  const slackOf = (pages: number, at: number) =>
    createMessages({
      auth: { test: async () => ({ bot_id: 'B0OWN' }) },
      conversations: {
        history: async ({ oldest, cursor = '0' }: { readonly oldest?: string; readonly cursor?: string }) => {
          asked.push(oldest)
          const page = Number(cursor)
          return {
            messages: page === at ? [{ ts: '9.0', bot_id: 'B0OWN', metadata }] : [],
            response_metadata: { next_cursor: page + 1 < pages ? `${page + 1}` : '' },
          }
        },
      },
    } as unknown as WebClient)
  const since = '2026-11-23T08:00:00.000Z'
  expect(await slackOf(5, 4).find('C1', MARK, since)).toEqual({ channel: 'C1', ts: '9.0' })
  expect(new Set(asked)).toEqual(new Set([`${Date.parse(since) / 1_000}`]))
  expect(await slackOf(5, 4).find('C1', MARK)).toBeUndefined()
  expect(await slackOf(5, 9).find('C1', MARK, since)).toBeUndefined()
  await expect(slackOf(50, 49).find('C1', MARK, since)).rejects.toMatchObject({
    code: 'too_many_messages',
    passing: false,
  })
})
