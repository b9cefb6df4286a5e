import { expect, test } from 'vitest'
import { callersText, loadCallers } from '../../../src/features/status/callers.ts'
import { RemoteError } from '../../../src/model/errors.ts'
import type { ServiceDetail } from '../../../src/model/service-detail.ts'
import { aReader, aRef } from '../../builders.ts'

const AT = '2026-11-22T03:00:00.000Z'
const failing = async () => Promise.reject(new RemoteError('AWS refused it', { code: 'AccessDenied', passing: false }))
const detail = { connect: { namespace: 'internal', names: ['orders'] } } as unknown as ServiceDetail
const unconnected = { events: [] } as unknown as ServiceDetail

test.each([
  [[], ''],
  [['checkout'], 'checkout calls it'],
  [['checkout', 'web'], 'checkout and web call it'],
  [['a', 'b', 'c'], 'a, b and c call it'],
  [['checkout', 'web', 'x', 'y', 'z'], 'checkout, web and 3 more call it'],
  [['*<!channel>*\n`x`'], '<!channel>x calls it'],
])('%j: %s', (callers, text) => {
  expect(callersText(callers)).toBe(text)
})

test('the callers of the Service Connect names; none without names; unknown if a read fails', async () => {
  const callers = async (_: unknown, names: readonly string[]) => names.map(name => `${name}-client`)
  const serviceDetail = async () => detail
  expect(await loadCallers(aRef(), aReader({ serviceDetail, callers }), AT)).toEqual(['orders-client'])
  expect(await loadCallers(aRef(), aReader({ serviceDetail: async () => unconnected, callers }), AT)).toEqual([])
  expect(await loadCallers(aRef(), aReader({ callers }), AT)).toBeUndefined()
  expect(await loadCallers(aRef(), aReader({ serviceDetail, callers: failing }), AT)).toBeUndefined()
  expect(await loadCallers(aRef(), aReader({ serviceDetail: failing }), AT)).toBeUndefined()
})
