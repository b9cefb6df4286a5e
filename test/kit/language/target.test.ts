import { describe, expect, test } from 'vitest'
import { parseLogTarget, printLogTarget } from '../../../src/kit/language/log-target.ts'
import {
  editDistance,
  fullName,
  parseTarget,
  printTarget,
  readAsTask,
  resolveTarget,
} from '../../../src/kit/language/target.ts'
import { aRef } from '../../builders.ts'

const index = [
  aRef(),
  aRef({ service: 'orders-worker', cluster: 'jobs' }),
  aRef({ service: 'checkout' }),
  aRef({ service: 'reports' }),
  aRef({ service: 'reports', cluster: 'jobs' }),
  aRef({ service: 'checkout', account: 'staging', accountId: '444455556666' }),
]
const found = (text: Parameters<typeof resolveTarget>[0]) => {
  const resolved = resolveTarget(text, index)
  if (resolved.kind === 'one') return fullName(resolved.ref)
  return { [resolved.kind]: (resolved.kind === 'several' ? resolved.refs : resolved.nearestServices).map(fullName) }
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
    const meant = (target: Parameters<typeof resolveTarget>[0]) => {
      const resolved = resolveTarget(target, clashing)
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
    expect(found({ service: 'ordrs' })).toEqual({
      none: ['prod.us-east-1/jobs/orders-worker', 'prod.us-east-1/web/orders-api'],
    })
    expect(found({ service: 'wroker' })).toEqual({ none: ['prod.us-east-1/jobs/orders-worker'] })
    expect(found({ service: 'zebra' })).toEqual({ none: [] })
    expect(found({ service: 'abi' })).toEqual({ none: [] })
  })
})

test('a long name that nothing resembles costs little among thousands of services', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => ({
    ...{ account: 'prod', accountId: '111122223333', region: 'us-east-1', cluster: 'web', arn: '' },
    service: `team-orders-api-worker-${at}`,
  }))
  const began = performance.now()
  expect(resolveTarget({ service: 'z'.repeat(255) }, many)).toEqual({ kind: 'none', nearestServices: [] })
  expect(performance.now() - began).toBeLessThan(1_000)
})

test.each([
  ['', 'abc', 3],
  ['orders', 'orders', 0],
  ['ordres', 'orders', 1],
  ['kitten', 'sitting', 3],
])('from %j to %j it is %i edits', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits)
})

describe('a task and a container', () => {
  const id = '3f2a91c04b5d4e6f8a9b0c1d2e3f4a5b'
  test.each([
    ['orders-api:app', { service: 'orders-api', container: 'app' }],
    ['web/orders-api:app', { cluster: 'web', service: 'orders-api', container: 'app' }],
    [id, { service: id }],
    [`web/orders-api/${id}`, { account: 'web', cluster: 'orders-api', service: id }],
    [
      `prod/web/orders-api/3f2a91:app`,
      { account: 'prod', cluster: 'web', service: 'orders-api', task: '3f2a91', container: 'app' },
    ],
  ])('%s', (text, target) => {
    expect(parseTarget(text)).toEqual(target)
    expect(printTarget(target)).toBe(text)
  })

  test('an ARN of a task is looked for as a task', () => {
    expect(parseTarget(`arn:aws:ecs:us-east-1:111122223333:task/web/${id}`)).toEqual({
      account: '111122223333',
      region: 'us-east-1',
      cluster: 'web',
      service: id,
    })
  })

  test.each(['a/b/c/d', 'orders-api:', 'orders-api:a:b', ':app', 'orders-api:a/b', 'a/b/c/3f2a91c0/d'])(
    '%s is neither',
    text => {
      expect(parseTarget(text)).toMatchObject({ kind: 'problem' })
    },
  )

  test('what reads as an account, a cluster and a service may be a cluster, a service and a task', () => {
    expect(readAsTask({ account: 'web', cluster: 'orders-api', service: id })).toEqual({
      cluster: 'web',
      service: 'orders-api',
      task: id,
    })
    expect(readAsTask({ cluster: 'orders-api', service: '3f2a91' })).toEqual({ service: 'orders-api', task: '3f2a91' })
    expect(readAsTask({ cluster: 'web', service: 'facade' })).toBeUndefined()
    expect(readAsTask({ service: id })).toBeUndefined()
  })
})

describe('a log group', () => {
  test.each([
    ['/ecs/orders-api', { group: '/ecs/orders-api' }],
    ['prod:/ecs/orders-api', { account: 'prod', group: '/ecs/orders-api' }],
    ['prod.us-east-1:/ecs/orders-api', { account: 'prod', region: 'us-east-1', group: '/ecs/orders-api' }],
    ['log-group:orders-api', { group: 'orders-api' }],
    ['log-group:web/orders-api', { group: 'web/orders-api' }],
    ['log-group:RDSOSMetrics', { group: 'RDSOSMetrics' }],
    ['prod.us-east-1:log-group:orders_api.v2', { account: 'prod', region: 'us-east-1', group: 'orders_api.v2' }],
    ['111122223333:log-group:-', { account: '111122223333', group: '-' }],
    ['orders.app', { group: 'orders.app' }],
    ['orders#blue', { group: 'orders#blue' }],
    ['#', { group: '#' }],
    ['.', { group: '.' }],
    ['API-Gateway-Execution-Logs_abc.1/prod', { group: 'API-Gateway-Execution-Logs_abc.1/prod' }],
    [
      'arn:aws:logs:us-east-1:111122223333:log-group:orders.app:*',
      { region: 'us-east-1', account: '111122223333', group: 'orders.app' },
    ],
    [`log-group:${'x'.repeat(512)}`, { group: 'x'.repeat(512) }],
  ])('%s', (text, target) => {
    const parsed = parseLogTarget(text)
    expect(parsed).toEqual(target)
    expect('group' in parsed && parseLogTarget(printLogTarget(parsed))).toEqual(target)
  })

  test.each(['/ecs/a b', 'log-group:', 'log-group:a:b', `/${'x'.repeat(512)}`, '/ecs/a?b', 'log-group:ä', 'a#b c'])(
    '%j is none',
    text => {
      expect(parseLogTarget(text)).toMatchObject({ kind: 'problem', hint: expect.stringContaining('log-group:<name>') })
    },
  )

  test.each([
    ['orders-api', { service: 'orders-api' }],
    ['web/orders-api', { cluster: 'web', service: 'orders-api' }],
    ['prod.us-east-1/web/orders-api', { account: 'prod', region: 'us-east-1', cluster: 'web', service: 'orders-api' }],
    ['orders-api:app', { service: 'orders-api', container: 'app' }],
  ])('%s stays a service', (text, target) => {
    expect(parseLogTarget(text)).toEqual(target)
  })
})
