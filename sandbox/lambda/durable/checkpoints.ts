// CheckpointDurableExecution. Checks the token, accepts or refuses the whole request, and counts the operations and bytes that
// AWS meters.
import type { Clock } from '../../world/clock.ts'
import type { End } from './ending.ts'
import type { Execution, Operation, Update } from './execution.ts'
import type { Knobs } from './knobs.ts'
import { bytesOf, demandSizes, excessOf, meteredBy } from './limits.ts'
import { demandTransitions, invalid } from './state-machine.ts'
import { epochSeconds, onWire } from './wire.ts'

export type Checkpoint = {
  readonly CheckpointToken?: string
  readonly Updates?: readonly Update[]
  readonly ClientToken?: string
}

/** Hooks for tests. `onCheckpoint`: before the validation of each request. `onAccepted`: before accepted updates are applied. */
export type Hooks = {
  onCheckpoint: (execution: Execution, updates: readonly Update[]) => void
  onAccepted: (updates: readonly Update[], known: ReadonlyMap<string, Operation>) => void
}

type Parts = {
  readonly clock: Clock
  readonly knobs: Pick<Knobs, 'supersedes'>
  readonly hooks: Hooks
  readonly end: End
  readonly apply: (execution: Execution, update: Update) => void
}

export const staleToken = () => invalid('Invalid checkpoint token')

export const createCheckpoints = ({ clock, knobs, hooks, end, apply }: Parts) => {
  const take = (execution: Execution, update: Update): void => {
    execution.metered += meteredBy(update, execution.operations.get(update.Id))
    execution.bytes += bytesOf(update)
    if (update.Type === 'EXECUTION') {
      const { Payload, Error: error } = update
      end(execution, update.Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED', {
        ...(Payload !== undefined && { result: Payload }),
        ...(error !== undefined && { error }),
      })
    } else apply(execution, update)
    const excess = excessOf(execution)
    if (excess === undefined) return
    end(execution, 'FAILED', { error: excess })
    throw invalid(excess.ErrorMessage ?? '')
  }

  /** Returns the operations that have changed since the function last received the state. */
  const changedOperations = (execution: Execution): object => {
    const moved = [...execution.operations.values()].filter(({ changeCount }) => changeCount > execution.sentUpTo)
    execution.sentUpTo = execution.changeCount
    return { Operations: moved.map(operation => onWire(operation, epochSeconds)) }
  }

  return (execution: Execution, { CheckpointToken, Updates, ClientToken }: Checkpoint): object => {
    const updates = Updates ?? []
    const earlierAnswer = execution.tokens.earlierAnswer(ClientToken, clock.now())
    if (earlierAnswer !== undefined) return earlierAnswer
    hooks.onCheckpoint(execution, updates)
    if (!CheckpointToken) throw invalid('Checkpoint token is required')
    const statusOf = execution.tokens.statusOf(CheckpointToken)
    if (execution.status === 'RUNNING' && statusOf === 'superseded' && knobs.supersedes === 'without token')
      return { NewExecutionState: { Operations: [] } }
    if (execution.status !== 'RUNNING' || statusOf !== 'current') throw staleToken()
    demandSizes(updates)
    demandTransitions(updates, execution.operations)
    hooks.onAccepted(updates, execution.operations)
    for (const update of updates) take(execution, update)
    const answer = {
      // A checkpoint that ends the execution returns no new token.
      ...(execution.status === 'RUNNING' && { CheckpointToken: execution.tokens.next() }),
      NewExecutionState: changedOperations(execution),
    }
    execution.tokens.remember(ClientToken, answer, clock.now())
    return answer
  }
}
