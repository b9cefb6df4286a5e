// How a command that was stopped ends.
import { expect, test } from 'vitest'
import { headlineText } from '../../../../src/engine/cards/headline.ts'
import { resultOf } from '../../../../src/functions/operation/exec/result.ts'
import { outcomeOf } from '../../../../src/functions/operation/exec/session-outcome.ts'

const run = { status: undefined, end: { kind: 'closed', reason: '' } } as unknown as Parameters<typeof outcomeOf>[0]
const stopped = (text: string, isByPerson: boolean) =>
  outcomeOf(run, { isWrapped: true, isLeft: false, why: { text, isByPerson } })
const headlineOf = (outcome: ReturnType<typeof outcomeOf>) =>
  headlineText({
    plan: { title: 'Run a command in *orders-api*', risk: { level: 'high' }, target: { account: 'prod' } },
    stage: { kind: 'ended', outcome, at: '2026-11-22T03:00:00Z' },
  } as never)

test('stopped by a person is stopped, no failure, and what may live on is said', () => {
  const outcome = stopped('Stopped by @requester.', true)
  expect(outcome.text).toBe('Stopped by @requester.')
  expect(outcome.details).toEqual(['What it started may go on, if it ignores the hang-up.'])
  expect(headlineOf(outcome)).toMatch(/^⏹ Stopped · prod · Run a command in orders-api: by @requester/)
  expect(resultOf({ input: { task: 'a/b' } } as never, outcome).status).toBe('stopped')
})

test.each(['Stopped: all changes are halted.', 'Stopped after 5 min, its time limit.'])('%s is a failure', text => {
  expect(headlineOf(stopped(text, false))).toMatch(/^❌ Failed · prod · /)
  expect(resultOf({ input: { task: 'a/b' } } as never, stopped(text, false)).status).toBe('failed')
})
