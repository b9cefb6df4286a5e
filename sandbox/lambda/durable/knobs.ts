// Settings for behaviour that AWS leaves undefined or shows rarely. Tests change them.
import type { PageSize } from './pages.ts'

export type Knobs = {
  /** Whether every invocation is delivered twice with the same event, as Lambda may do. */
  deliversTwice: boolean
  /** Which of the two deliveries of an invocation answers first. The other answer is delayed until then. */
  answersFirst: 1 | 2 | undefined
  /** The answer to a checkpoint of a superseded invocation. Both answers were seen at AWS. */
  supersedes: 'with an error' | 'without token'
  /** Whether a change during an invocation starts another invocation at once. It is unknown whether AWS does that. */
  overlaps: boolean
  /** The size of the state in the event of an invocation, and the maximum page of GetDurableExecutionState. */
  pageSize: PageSize
  /** Whether each page of the state arrives twice. */
  pagesTwice: boolean
}

export const defaultKnobs = (): Knobs => ({
  deliversTwice: false,
  answersFirst: undefined,
  supersedes: 'with an error',
  overlaps: false,
  // AWS does not document the size of the state in its events. GetDurableExecutionState returns 100 operations by
  // default.
  pageSize: { items: 100, bytes: 1024 * 1024 },
  pagesTwice: false,
})
