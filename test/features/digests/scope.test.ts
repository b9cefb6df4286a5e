// What a digest says of places that could not be read: nothing of those that its readers may not view.

import { expect, test } from 'vitest'
import type { Digest } from '../../../src/engine/rules/config.ts'
import { loadDigestScope } from '../../../src/features/digests/scope.ts'

const DIGEST: Digest = { name: 'all', cron: '', zone: 'UTC', channel: 'C1', topics: [], owners: [] }

const placeOf = (account: string) => ({
  ...{ account, accountId: '999988887777', region: 'eu-west-1', at: '' },
  problem: { at: '2026-12-01T00:00:00Z', text: 'access denied' },
})

test('a place that could not be read is named only to people who may view it', async () => {
  const index = async () => ({ refs: [], places: [placeOf('hidden'), placeOf('seen')] })
  const maySee = {
    service: () => false,
    place: (one: { account: string }) => one.account === 'seen',
    request: () => false,
  }
  const { unread } = await loadDigestScope(DIGEST, maySee, { index }, { list: async () => [] })
  expect(unread.map(({ text }) => text)).toEqual(['seen in eu-west-1: access denied'])
})
