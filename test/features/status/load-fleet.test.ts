// How a service is, from what was said and what was counted.
import { expect, test } from 'vitest'
import { verdictOf } from '../../../src/features/status/load-fleet.ts'
import type { Counts } from '../../../src/features/status/reads.ts'
import { ageOf, renderFleet } from '../../../src/features/status/render-fleet.ts'
import type { ServiceState } from '../../../src/features/status/service-health.ts'
import { misfits } from '../../../src/kit/messages/limits.ts'
import { aRef } from '../../builders.ts'

const at = '2026-11-22T03:00:00.000Z'
const said = (kind: ServiceState['kind'], why: string = kind): ServiceState => ({ at, stamp: '', kind, why })
const counted = (running: number, desired: number): Counts => ({ running, desired, at })

test.each([
  ['all of it runs', said('steady'), counted(4, 4), 'healthy', '4 of 4 running'],
  ['some of it does not', said('steady'), counted(3, 4), 'unhealthy', '3 of 4 running'],
  ['more than wanted runs', undefined, counted(5, 4), 'healthy', '5 of 4 running'],
  ['it deploys', said('deploying'), counted(3, 4), 'deploying', '3 of 4 running; deploying'],
  ['its deployment failed', said('failed'), counted(4, 4), 'unhealthy', '4 of 4 running; failed'],
  ['nobody counts', said('impaired', 'no room'), undefined, 'unhealthy', 'no room'],
  ['only a good word is known', said('steady'), undefined, 'healthy', 'steady'],
  ['nothing is known', undefined, undefined, 'unknown', 'no events or counts yet'],
])('%s', (_, state, counts, health, why) => expect(verdictOf(aRef(), state, counts)).toMatchObject({ health, why }))

test.each([
  ['2026-11-22T03:00:40.000Z', '40 s ago'],
  ['2026-11-22T03:12:00.000Z', '12 min ago'],
  ['2026-11-22T06:00:00.000Z', '3 h ago'],
  ['2026-11-27T03:00:00.000Z', '5 d ago'],
  ['2026-11-22T02:59:00.000Z', '0 s ago'],
])('at %s that is %s', (now, words) => expect(ageOf(at, now)).toBe(words))

test('five thousand unhealthy services with long names fit into a message', () => {
  const verdicts = Array.from({ length: 5_000 }, (_, n) => {
    const ref = aRef({ service: `${n}-${'x'.repeat(240)}`, cluster: 'c'.repeat(250) })
    return verdictOf(ref, said('impaired', 'y'.repeat(300)), counted(1, 4))
  })
  const message = renderFleet({ verdicts, now: at, counted: 5_000, isUnhealthyOnly: true, unread: [] })
  expect(misfits(message)).toEqual([])
})
