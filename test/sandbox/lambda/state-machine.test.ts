import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Operation, Update } from '../../../sandbox/lambda/durable/execution.ts'
import { demandTransitions } from '../../../sandbox/lambda/durable/state-machine.ts'
import { size } from '../../seed.ts'
import { refusalOfAws } from './aws-validator.ts'

const refusal = (updates: readonly Update[], known: ReadonlyMap<string, Operation>): string | undefined => {
  try {
    demandTransitions(updates, known)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const TYPES = ['EXECUTION', 'STEP', 'WAIT', 'CALLBACK', 'CONTEXT', 'CHAINED_INVOKE'] as const
const ACTIONS = ['START', 'SUCCEED', 'FAIL', 'RETRY', 'CANCEL'] as const
const STATUSES = ['STARTED', 'PENDING', 'READY', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'STOPPED'] as const
/** An operation keeps its type for good: it is in its id. */
const typeOf = (id: string) => TYPES[Number(id[0])] ?? 'STEP'
const ids = TYPES.flatMap((_, index) => [`${index}a`, `${index}b`])

const operations = fc
  .array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...STATUSES)), { maxLength: 8 })
  .map(all => new Map(all.map(([Id, Status]) => [Id, { Id, Type: typeOf(Id), Status, StartTimestamp: 0 }])))
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 2 })
const updates = fc.array(
  fc
    .record({
      Id: fc.constantFrom('', ...ids),
      ParentId: maybe(fc.constantFrom(...ids)),
      Action: fc.constantFrom(...ACTIONS),
      Payload: maybe(fc.constantFrom('1')),
      Error: maybe(fc.constantFrom({ ErrorMessage: 'no' }, { ErrorMessage: 'é'.repeat(16_384) })),
      StepOptions: maybe(fc.constant({ NextAttemptDelaySeconds: 1 })),
    })
    .map(update => ({ ...update, Type: typeOf(update.Id) }) as Update),
  { minLength: 1, maxLength: 4 },
)

describe('the service refuses', () => {
  test('what AWS’s own validator refuses, in its words, and nothing else', () => {
    fc.assert(
      fc.property(updates, operations, (some, known) => {
        expect(refusal(some, known)).toBe(refusalOfAws(some, known))
      }),
      { numRuns: size(3_000) },
    )
  })

  const step = (Action: Update['Action'], more: Partial<Update> = {}): Update => ({
    Id: '1',
    Type: 'STEP',
    Action,
    ...more,
  })
  const known = (Type: Operation['Type'], Status: Operation['Status']) =>
    new Map([['1', { Id: '1', Type, Status, StartTimestamp: 0 }]])

  test.each<[string, readonly Update[], ReadonlyMap<string, Operation>, string]>([
    ['a step that starts twice', [step('START')], known('STEP', 'STARTED'), 'Invalid current STEP state to start.'],
    [
      'a step that starts as it waits',
      [step('START')],
      known('STEP', 'PENDING'),
      'Invalid current STEP state to start.',
    ],
    ['a step that ends twice', [step('SUCCEED')], known('STEP', 'SUCCEEDED'), 'Invalid current STEP state to close.'],
    [
      'a wait that is ended from inside',
      [{ Id: '1', Type: 'WAIT', Action: 'SUCCEED' }],
      known('WAIT', 'STARTED'),
      'Invalid action for the given operation type.',
    ],
    [
      'a callback that is ended from inside',
      [{ Id: '1', Type: 'CALLBACK', Action: 'FAIL' }],
      known('CALLBACK', 'STARTED'),
      'Invalid action for the given operation type.',
    ],
    ['a parent that is no context', [step('START', { ParentId: '2' })], new Map(), 'Invalid parent operation id.'],
    [
      'one operation twice in a request',
      [step('SUCCEED'), step('SUCCEED')],
      new Map(),
      'Cannot update the same operation twice in a single request.',
    ],
    [
      'an end that is not last',
      [{ Id: 'x', Type: 'EXECUTION', Action: 'SUCCEED' }, step('START')],
      new Map(),
      'EXECUTION checkpoint must be the last update.',
    ],
    ['an operation that changes its type', [step('SUCCEED')], known('WAIT', 'STARTED'), 'Invalid operation type.'],
  ])('%s', (_, some, of, text) => {
    expect(refusal(some, of)).toBe(text)
  })
})
