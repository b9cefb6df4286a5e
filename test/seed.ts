// Properties draw the same cases in each run, so that a red run is about the change. SEED draws others, RUNS more of them;
// QUICK=1, as in `npm test`, draws fewer, and gives less to chew on where time is what is tested.
import fc from 'fast-check'

/** What takes seconds is left to a whole run, as CI's is: `test.skipIf(isQuick)`. */
export const isQuick = process.env['QUICK'] === '1'

/** How many cases, or how large a one: a tenth of the whole where it is to be quick. */
export const size = (whole: number): number => (isQuick ? Math.ceil(whole / 10) : whole)

fc.configureGlobal({
  seed: Number(process.env['SEED'] ?? 1),
  numRuns: Number(process.env['RUNS'] ?? (isQuick ? 30 : 100)),
})
