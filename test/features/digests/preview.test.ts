// Who sees the trend of a digest: its numbers are of all that its owners may view.

import { expect, test } from 'vitest'
import type { Asker } from '../../../src/engine/rules/asker.ts'
import { loadPreview } from '../../../src/features/digests/load-digests.ts'
import { isRefusal } from '../../../src/model/errors.ts'

const runs = ['2026-11-16', '2026-11-23'].map(day => ({
  key: { pk: 'digest#ops', sk: `run ${day}` },
  version: 1,
  value: {
    due: `${day}T08:00:00Z`,
    at: '',
    tries: 1,
    channel: 'C1',
    result: 'posted',
    counts: { waiting: { open: 7, told: 3 } },
  },
}))

const previewFor = async (user: string) => {
  const asker = {
    config: {
      ...{ team: 'T0', people: { U0OWNER: 'owner', U0OTHER: 'other' }, access: [], accounts: [] },
      ...{ redaction: { emails: false, patterns: [] } },
      digests: [
        {
          name: 'ops',
          cron: 'cron(0 8 * * ? *)',
          zone: 'UTC',
          channel: 'C1',
          topics: ['waiting'],
          owners: ['U0OWNER'],
        },
      ],
    },
    facts: { now: '2026-11-24T09:00:00Z', groups: {} },
    who: { actor: { team: 'T0', user, name: user } },
    store: {
      list: async (pk: string, { prefix = '' } = {}) =>
        pk === 'digest#ops' && prefix === 'run ' ? runs.toReversed() : [],
    },
  } as unknown as Asker
  const preview = await loadPreview('ops', { index: async () => ({ refs: [], places: [] }) } as never, asker)
  if (isRefusal(preview)) throw new Error(preview.text)
  return preview.pictures.length
}

test('the pictures of a preview are for its owners alone', async () => {
  expect(await previewFor('U0OWNER')).toBe(1)
  expect(await previewFor('U0OTHER')).toBe(0)
})
