// The names of an incident's channel, as Slack takes them.
import { expect, test } from 'vitest'
import { channelNames } from '../../../../src/features/incidents/incident/channel-name.ts'
import type { Incident } from '../../../../src/features/incidents/incident/incident.ts'
import { aRef } from '../../../builders.ts'

const names = (service: string, template = 'inc-{date}-{service}') =>
  channelNames({ ref: aRef({ service }), at: '2026-11-22T03:00:00Z', severity: 'high' } as Incident, template)

test('the name, then with -2 to -5', () => {
  expect(names('orders-api')).toEqual([
    'inc-2026-11-22-orders-api',
    'inc-2026-11-22-orders-api-2',
    'inc-2026-11-22-orders-api-3',
    'inc-2026-11-22-orders-api-4',
    'inc-2026-11-22-orders-api-5',
  ])
})

test.each(['Orders_API', 'o'.repeat(255), 'a.b/c', 'ü', '-x-', '{severity}', '$&'])(
  '%s is a name that Slack takes',
  service => {
    for (const name of names(service)) expect(name).toMatch(/^[a-z0-9_-]{1,80}$/)
    expect(new Set(names(service)).size).toBe(5)
  },
)

test('the placeholders of a service’s name are not replaced', () => {
  expect(names('{severity}')[0]).toBe('inc-2026-11-22--severity')
})
