import { describe, expect, test } from 'vitest'
import { editDistance, fullName, resolve } from '../src/target.ts'
import { aRef } from './builders.ts'

const index = [
  aRef(),
  aRef({ service: 'orders-worker', cluster: 'jobs' }),
  aRef({ service: 'checkout' }),
  aRef({ service: 'reports' }),
  aRef({ service: 'reports', cluster: 'jobs' }),
  aRef({ service: 'checkout', account: 'staging', accountId: '444455556666' }),
]
const found = (text: Parameters<typeof resolve>[0]) => {
  const resolved = resolve(text, index)
  if (resolved.kind === 'one') return fullName(resolved.ref)
  return { [resolved.kind]: (resolved.kind === 'several' ? resolved.refs : resolved.nearest).map(fullName) }
}

describe('a target', () => {
  test('is found by the least that names it alone', () => {
    expect(found({ service: 'orders-api' })).toBe('prod.us-east-1/web/orders-api')
    expect(found({ cluster: 'jobs', service: 'reports' })).toBe('prod.us-east-1/jobs/reports')
    expect(found({ account: 'staging', cluster: 'web', service: 'checkout' })).toBe('staging.us-east-1/web/checkout')
    expect(found({ account: '444455556666', cluster: 'web', service: 'checkout' })).toBe(
      'staging.us-east-1/web/checkout',
    )
  })

  test('that names several is every one of them', () => {
    expect(found({ service: 'reports' })).toEqual({
      several: ['prod.us-east-1/web/reports', 'prod.us-east-1/jobs/reports'],
    })
  })

  test('whose cluster is named like an account is every one that it could mean', () => {
    const clashing = [...index, aRef({ cluster: 'staging' }), aRef({ service: 'checkout', cluster: 'staging' })]
    const meant = (target: Parameters<typeof resolve>[0]) => {
      const resolved = resolve(target, clashing)
      return resolved.kind === 'several' ? resolved.refs.map(fullName) : resolved
    }
    expect(meant({ cluster: 'staging', service: 'checkout' })).toEqual([
      'staging.us-east-1/web/checkout',
      'prod.us-east-1/staging/checkout',
    ])
    expect(meant({ cluster: 'staging', service: 'orders-api' })).toMatchObject({
      kind: 'one',
      ref: { account: 'prod' },
    })
    expect(meant({ account: 'staging', service: 'checkout' })).toMatchObject({ ref: { account: 'staging' } })
    expect(meant({ cluster: 'staging', service: 'reports' })).toMatchObject({ kind: 'none' })
  })

  test('that names none gives the nearest, half a name included', () => {
    expect(found({ service: 'orders-ap' })).toEqual({ none: ['prod.us-east-1/web/orders-api'] })
    expect(found({ service: 'ordres-api' })).toEqual({ none: ['prod.us-east-1/web/orders-api'] })
    expect(found({ service: 'orders' })).toEqual({
      none: ['prod.us-east-1/jobs/orders-worker', 'prod.us-east-1/web/orders-api'],
    })
    expect(found({ service: 'zebra' })).toEqual({ none: [] })
  })
})

test.each([
  ['', 'abc', 3],
  ['orders', 'orders', 0],
  ['ordres', 'orders', 1],
  ['kitten', 'sitting', 3],
])('from %j to %j it is %i edits', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits)
})
