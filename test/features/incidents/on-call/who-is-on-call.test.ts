// Who is on call for a service, and what happens where that cannot be read.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileConfig } from '../../../../src/commands/compile-config.ts'
import type { Config, OnCallSource } from '../../../../src/engine/rules/config.ts'
import { onShift, whoIsOnCall } from '../../../../src/features/incidents/on-call/who-is-on-call.ts'
import { RemoteError } from '../../../../src/model/errors.ts'
import type { AskOnCall } from '../../../../src/model/ports/on-call.ts'
import { aRef } from '../../../builders.ts'

const NOW = '2026-11-22T03:00:00.000Z'
const EMAILS: Readonly<Record<string, string>> = { 'ann@example.com': 'UANN', 'guest@example.com': 'UGUEST' }

const compiled = compileConfig(readFileSync('quarterdeck.yaml', 'utf8'))
const example = 'config' in compiled ? compiled.config : ({} as never)
const people = { UANN: 'ann', UBOB: 'bob', UCAT: 'cat' }
const access = [{ who: ['UANN', 'UBOB', 'UGUEST'], role: 'viewer', isDenied: false }] as const

const find = (onCall: readonly OnCallSource[], pagerDuty: AskOnCall = async () => [], groups = {}) => {
  const config: Config = { ...example, people, access, onCall: ['UBOB'] }
  const whole = { ...config, incidents: { ...config.incidents, onCall } }
  const slack = async () => ({ userByEmail: async (email: string) => EMAILS[email] })
  return whoIsOnCall(aRef(), whole, { now: NOW, groups, placeLocks: [] }, { pagerDuty, slack })
}

const PAGERDUTY = { kind: 'pagerduty', schedules: ['PI7DH85'], policies: [] } as const

test('without a source, it is who the configuration names', async () => {
  expect(await find([])).toEqual({ users: ['UBOB'], left: [], source: 'the configuration' })
})

test('the first source that has the service decides', async () => {
  const found = await find(
    [
      { kind: 'group', group: 'SOTHER', targets: ['other/*'] },
      { kind: 'group', group: 'SMINE' },
      { kind: 'group', group: 'SLAST' },
    ],
    undefined,
    { SOTHER: ['UBOB'], SMINE: ['UANN'], SLAST: ['UBOB'] },
  )
  expect(found).toEqual({ users: ['UANN'], left: [], source: 'the user group SMINE' })
})

test('people who are not listed, or may not view the service, get nothing, and are named', async () => {
  const found = await find([{ kind: 'group', group: 'SMINE' }], undefined, { SMINE: ['UANN', 'UCAT', 'UGUEST'] })
  expect(found).toMatchObject({ users: ['UANN'], left: ['UCAT', 'UGUEST'] })
})

test('people of PagerDuty are found by their e-mail addresses; who has no match is no responder', async () => {
  const ask: AskOnCall = async () => [
    { name: 'Ann', email: 'ann@example.com' },
    { name: 'Zed *bold*', email: 'zed@example.com' },
    { name: 'Guest', email: 'guest@example.com' },
  ]
  expect(await find([PAGERDUTY], ask)).toEqual({ users: ['UANN'], left: ['UGUEST', 'Zed bold'], source: 'PagerDuty' })
})

test.each<[string, AskOnCall, string]>([
  ['nobody is on call', async () => [], 'PagerDuty has nobody on call now'],
  [
    'the provider does not answer',
    async () => {
      throw new RemoteError('reading PagerDuty: it answered 503', { code: 'HTTP 503', passing: true })
    },
    'reading PagerDuty: it answered 503',
  ],
])('where %s, those of the configuration are told, and why', async (_, ask, problem) => {
  expect(await find([PAGERDUTY], ask)).toEqual({ users: ['UBOB'], left: [], source: 'the configuration', problem })
})

test('a user group that Slack does not know is not nobody', async () => {
  expect(await find([{ kind: 'group', group: 'SGONE' }])).toMatchObject({
    users: ['UBOB'],
    problem: 'Slack has no user group SGONE',
  })
})

test('an error of ours is not hidden', async () => {
  await expect(find([PAGERDUTY], async () => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug')
})

test('shifts follow each other, and begin again', () => {
  const schedule = {
    kind: 'schedule',
    from: '2026-11-02T09:00:00+01:00',
    shiftMinutes: 1_440,
    who: ['U1', 'U2'],
  } as const
  expect(onShift(schedule, '2026-11-02T07:59:59Z')).toBeUndefined()
  expect(onShift(schedule, '2026-11-02T08:00:00Z')).toBe('U1')
  expect(onShift(schedule, '2026-11-03T07:59:59Z')).toBe('U1')
  expect(onShift(schedule, '2026-11-03T08:00:00Z')).toBe('U2')
  expect(onShift(schedule, '2026-11-04T08:00:00Z')).toBe('U1')
})
