// Properties draw the same cases in each run, so that a red run is about the change. SEED draws others, RUNS more of them.
import fc from 'fast-check'

fc.configureGlobal({
  seed: Number(process.env['SEED'] ?? 1),
  ...(process.env['RUNS'] !== undefined && { numRuns: Number(process.env['RUNS']) }),
})
