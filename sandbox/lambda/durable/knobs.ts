// What AWS leaves open, or does seldom: a test sets it, and the engine does it.
import type { PageSize } from './pages.ts'

export type Knobs = {
  /** Every invocation is delivered twice with the same event, as Lambda may. */
  deliversTwice: boolean
  /** Of two deliveries of one invocation, the one whose answer the engine gets first; the other's is held back until then. */
  answersFirst: 1 | 2 | undefined
  /** What an invocation is told that a newer one has superseded: both were seen of AWS. */
  supersedes: 'with an error' | 'without token'
  /** Whatever moves while an invocation runs starts another at once; whether AWS does that is not known. */
  overlaps: boolean
  /** Of the state in an invocation's event, and of one page of GetDurableExecutionState at most. */
  pageSize: PageSize
  /** Each page of the state arrives twice. */
  pagesTwice: boolean
}

export const knobsAtRest = (): Knobs => ({
  deliversTwice: false,
  answersFirst: undefined,
  supersedes: 'with an error',
  overlaps: false,
  // How much state AWS puts into an event is not told; GetDurableExecutionState has 100 operations unless asked for more.
  pageSize: { items: 100, bytes: 1024 * 1024 },
  pagesTwice: false,
})
