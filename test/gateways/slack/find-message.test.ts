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
