// Each command that may stop tasks reads the callers of the service, and its risk depends on them.
import { expect, test } from 'vitest'
import { bounds } from '../../src/commands/autoscale/bounds.ts'
import { resumeScaling } from '../../src/commands/autoscale/resume.ts'
import { suspend } from '../../src/commands/autoscale/suspend.ts'
import type { AnyMutation } from '../../src/commands/command.ts'
import { extendLease } from '../../src/commands/lease/extend.ts'
import { keepLease } from '../../src/commands/lease/keep.ts'
import { scale } from '../../src/commands/scale/scale.ts'
import type { Plan } from '../../src/engine/change/plan.ts'
import type { LeaseBook } from '../../src/engine/leases/book.ts'
import type { Asker } from '../../src/engine/rules/asker.ts'
import { isRefusal, RemoteError } from '../../src/model/errors.ts'
import type { ServiceDetail } from '../../src/model/service-detail.ts'
import { aBook, aLease, anAutoscaling, aReader, aRef, aService } from '../builders.ts'

const ENDED = { in: false, out: false, scheduled: false }
const SUSPENDED = { in: true, out: true, scheduled: false }
const detail = { connect: { namespace: 'internal', names: ['orders'] }, revisions: [] } as unknown as ServiceDetail
const leased = aBook({ tasks: 8 }, aLease({ holding: { kind: 'count', tasks: 6 } }))
const askerOf = (book: LeaseBook | undefined): Asker =>
  ({
    store: { get: async () => book && { value: book, version: 1 }, list: async () => [] },
    facts: { now: '2026-11-22T03:00:00.000Z' },
  }) as unknown as Asker

/** `desired`: the count now. Bounds are 2..6, and every plan comes to 6 tasks instead of 8. */
type Case = {
  readonly desired: number
  readonly values?: object
  readonly book?: LeaseBook
  readonly suspended?: typeof ENDED
}

const CASES: readonly (readonly [string, AnyMutation, Case])[] = [
  ['scale', scale, { desired: 8, values: { count: { kind: 'exactly', tasks: 6 } } }],
  [
    'scale, which first suspends',
    scale,
    { desired: 8, values: { count: { kind: 'exactly', tasks: 9 }, suspend: true, for: 60 } },
  ],
  [
    'scale, up from a lower lease',
    scale,
    {
      desired: 5,
      values: { count: { kind: 'exactly', tasks: 6 } },
      book: aBook({ tasks: 8 }, aLease({ holding: { kind: 'count', tasks: 5 } })),
    },
  ],
  ['autoscale bounds', bounds, { desired: 8, values: { bounds: { min: 1, max: 6 } } }],
  ['autoscale suspend', suspend, { desired: 8, values: { for: 60 } }],
  ['autoscale resume', resumeScaling, { desired: 8, suspended: SUSPENDED }],
  ['lease extend', extendLease, { desired: 6, values: { by: 60 }, book: leased }],
  ['lease keep', keepLease, { desired: 6, book: leased }],
]

const planned = async (
  command: AnyMutation,
  { desired, values = {}, book, suspended = ENDED }: Case,
  callers: () => Promise<readonly string[]>,
): Promise<Plan> => {
  const given = { service: aRef(), ...values }
  const read = aReader({
    service: async () => aService({ desired }),
    serviceDetail: async () => detail,
    autoscaling: async () => anAutoscaling({ min: 2, max: 6, suspended }),
    callers,
  })
  const plan = command.plan(given, await command.load(given, read, askerOf(book)))
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}

test.each(CASES)('%s: with callers, the risk is high', async (_, command, of) => {
  const { risk } = await planned(command, of, async () => ['web/checkout'])
  expect(risk.level).toBe('high')
  expect(risk.reasons.join()).toContain('another service calls it: web/checkout')
  expect((await planned(command, of, async () => [])).risk.level).toBe('medium')
})

test.each(CASES)('%s: callers that cannot be read do not count as none', async (_, command, of) => {
  const failing = async () => Promise.reject(new RemoteError('throttled', { code: 'Throttling', passing: true }))
  const { risk, losses } = await planned(command, of, failing)
  expect(risk.level).toBe('high')
  expect(risk.reasons).toContain('Whether other services call it could not be read')
  if (of.desired === 8) expect(losses).toContain('Whether other services call it could not be read')
})
