// Knobs for behaviour that AWS leaves undefined or shows rarely; tests set them.
import type { PageSize } from './pages.ts'

export type Knobs = {
  /** Every invocation is delivered twice with the same event, as Lambda may. */
  deliversTwice: boolean
  /** Which of two deliveries of one invocation answers first; the other answer is delayed until then. */
  answersFirst: 1 | 2 | undefined
  /** What a superseded invocation gets; both were seen at AWS. */
  supersedes: 'with an error' | 'without token'
  /** A change during an invocation starts another invocation at once; whether AWS does that is not known. */
  overlaps: boolean
  /** The size of the state in an invocation's event, and the maximum page of GetDurableExecutionState. */
  pageSize: PageSize
  /** Each page of the state arrives twice. */
  pagesTwice: boolean
}

export const defaultKnobs = (): Knobs => ({
  deliversTwice: false,
  answersFirst: undefined,
  supersedes: 'with an error',
  overlaps: false,
  // The size of the state in AWS's events is not documented; GetDurableExecutionState returns 100 operations by
  // default.
  pageSize: { items: 100, bytes: 1024 * 1024 },
  pagesTwice: false,
})
