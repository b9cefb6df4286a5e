// The timeline of an incident, and its review, as pure functions of the audit.
import { expect, test } from 'vitest'
import type { AuditRecord } from '../../../../src/engine/audit/audit.ts'
import type { Incident } from '../../../../src/features/incidents/incident/incident.ts'
import { markdownOf } from '../../../../src/features/incidents/incident/markdown.ts'
import { timelineOf, timesOf, tookText } from '../../../../src/features/incidents/incident/timeline.ts'
import { aRef } from '../../../builders.ts'

const ann = { team: 'T', user: 'U1', name: 'ann' }
const incident: Incident = {
  ...{ id: 'incident-1', ref: aRef(), severity: 'high', by: ann, at: '2026-11-22T03:00:00Z', place: { channel: 'C1' } },
}
const record = (of: Partial<AuditRecord>): AuditRecord => ({
  ...{ id: 'r', kind: 'intent', at: '2026-11-22T03:05:00Z', actor: ann, corporateId: 'ann', invocation: 'scale x 6' },
  ...{ target: aRef().arn, operation: 'op', configVersion: 'v', sequence: 1, previous: '', hash: '' },
  ...of,
})

test('an execution is one line with its end; a request that never ran is one line', () => {
  const entries = timelineOf(
    [
      record({ at: '2026-11-22T03:02:00Z', kind: 'ended', operation: 'other', outcome: 'rejected', text: 'no' }),
      record({}),
      record({ kind: 'outcome', at: '2026-11-22T03:06:00Z', outcome: 'failed', text: 'exited with 1' }),
    ],
    incident,
  )
  expect(entries.map(({ what, isBad }) => [what, isBad])).toEqual([
    ['/ecs scale x 6 · rejected', false],
    ['/ecs scale x 6 · failed: exited with 1', true],
  ])
})

test('what people say is a line of its own, without markup', () => {
  const [entry] = timelineOf([record({ kind: 'setting', text: 'ann opened an incident on *orders-api*' })], incident)
  expect(entry).toEqual({ at: '2026-11-22T03:05:00Z', what: 'ann opened an incident on orders-api', isBad: false })
})

test.each([
  ['2026-11-22T03:00:44Z', '44 s'],
  ['2026-11-22T03:12:10Z', '12 min'],
  ['2026-11-22T05:00:00Z', '2 h'],
  ['2026-11-22T06:05:00Z', '3 h 5 min'],
  ['2026-11-22T02:59:00Z', '0 s'],
])('until %s it took %s', (to, words) => {
  expect(tookText(incident.at, to)).toBe(words)
})

test('times count from the beginning of the problem, where it is known', () => {
  const closed = { by: ann, at: '2026-11-22T03:30:00Z', summary: 's' }
  expect(timesOf({ ...incident, closed })).toMatchObject({ resolved: '30 min', isFromProblem: false })
  expect(timesOf({ ...incident, closed, began: '2026-11-22T02:50:00Z' })).toMatchObject({
    resolved: '40 min',
    isFromProblem: true,
  })
})

test('in the review, text of others is no heading, link, table or HTML', () => {
  const closed = { by: ann, at: '2026-11-22T03:30:00Z', summary: '# x\n[a](https://evil.example) <b> | y' }
  const text = markdownOf({ ...incident, title: '# *big*', closed }, [], undefined)
  expect(text.split('\n').filter(line => line.startsWith('#'))).toEqual([
    '# \\# big',
    '## Summary',
    '## Timeline',
    '## Temporary changes that are still open',
  ])
  expect(text).not.toMatch(/(?<!\\)\[a|(?<!\\)<b/)
})
