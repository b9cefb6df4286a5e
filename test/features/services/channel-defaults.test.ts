import { describe, expect, test } from 'vitest'
import { type ChannelDefaults, isElsewhere, preferredIn } from '../../../src/features/services/channel-defaults.ts'
import { fullName } from '../../../src/kit/language/target.ts'
import { aRef } from '../../builders.ts'

const staging = { account: 'staging', accountId: '444455556666' }
const inWeb = aRef({ service: 'reports' })
const inJobs = aRef({ service: 'reports', cluster: 'jobs' })
const elsewhere = aRef({
  service: 'reports',
  ...staging,
  arn: 'arn:aws:ecs:us-east-1:444455556666:service/web/reports',
})
const all = [inWeb, inJobs, elsewhere]
const by = { team: 'T', user: 'U', name: 'Ada' }
const here = (set: Partial<ChannelDefaults>): ChannelDefaults => ({
  favourites: [],
  by,
  at: '2026-11-22T03:00:00Z',
  ...set,
})
const prod = { scope: { accountId: '111122223333' }, name: 'prod', account: 'prod' }
const jobs = {
  scope: { accountId: '111122223333', region: 'us-east-1', cluster: 'jobs' },
  name: 'prod.us-east-1/jobs',
  account: 'prod',
}

describe('a bare name means', () => {
  test.each<[string, ChannelDefaults | undefined, readonly string[]]>([
    ['all of them where nothing is set', undefined, all.map(fullName)],
    ['those of the default account', here({ place: prod }), [inWeb, inJobs].map(fullName)],
    ['those of the default cluster', here({ place: jobs }), [inJobs].map(fullName)],
    [
      'a favourite before what is merely there',
      here({ place: jobs, favourites: [elsewhere] }),
      [elsewhere].map(fullName),
    ],
    [
      'the favourite of the default cluster',
      here({ place: jobs, favourites: [elsewhere, inJobs] }),
      [inJobs].map(fullName),
    ],
    ['all of them where none is', here({ place: { ...prod, scope: { accountId: '1' } } }), all.map(fullName)],
  ])('%s', (_name, set, names) => {
    expect(preferredIn(all, set).map(fullName)).toEqual(names)
  })
})

test('what is neither in the default place nor a favourite is elsewhere', () => {
  expect(isElsewhere(elsewhere, here({ place: prod }))).toBe(true)
  expect(isElsewhere(elsewhere, here({ place: prod, favourites: [elsewhere] }))).toBe(false)
  expect(isElsewhere(inWeb, here({ place: prod }))).toBe(false)
  expect(isElsewhere(elsewhere, undefined)).toBe(false)
})
