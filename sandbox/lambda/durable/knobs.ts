// Settings for behavior that AWS does not define, or that is rare at AWS. Tests change these settings.
import type { PageSize } from './pages.ts'

export type Knobs = {
  /** Whether every invocation is delivered twice with the same event, as Lambda may do. */
  deliversTwice: boolean
  /** Which of the two deliveries of an invocation answers first. The answer of the other delivery is delayed until then. */
  answersFirst: 1 | 2 | undefined
  /** The answer to a checkpoint of an invocation that a newer one has replaced. AWS has been seen to give both answers. */
  supersedes: 'with an error' | 'without token'
  /** Whether a change during an invocation starts another invocation at once. It is not known whether AWS does this. */
  overlaps: boolean
  /** The maximum size of the state in the event of an invocation, and of a page of GetDurableExecutionState. */
  pageSize: PageSize
  /** Whether each page of the state is returned twice. */
  pagesTwice: boolean
}

export const defaultKnobs = (): Knobs => ({
  deliversTwice: false,
  answersFirst: undefined,
  supersedes: 'with an error',
  overlaps: false,
  // AWS does not document the size of the state in an event. For GetDurableExecutionState, the default is 100 operations.
  pageSize: { items: 100, bytes: 1024 * 1024 },
  pagesTwice: false,
})
