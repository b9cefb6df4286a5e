// AWS's own validator of checkpoints, out of its local runner, beside the sandbox's: what it refuses, the sandbox must not accept.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Operation, Update } from '../../../sandbox/lambda/durable/execution.ts'

type Validate = (
  updates: readonly Update[],
  known: ReadonlyMap<string, { readonly operation: Pick<Operation, 'Type' | 'Status'> }>,
) => void

const load = (): Validate => {
  const require = createRequire(import.meta.url)
  const main = require.resolve('@aws/durable-execution-sdk-js-testing')
  const file = createRequire(main).resolve('./checkpoint-server/index.js')
  const within = createRequire(file)
  // Without a parent, the file does not begin to serve as a worker.
  const given = (name: string): unknown => (name === 'node:worker_threads' ? { parentPort: null } : within(name))
  const evaluate = new Function('require', `${readFileSync(file, 'utf8')}\nreturn validateCheckpointUpdates`)
  return evaluate(given) as Validate
}

let validate: Validate | undefined

/** Why AWS's validator refuses these updates; undefined where it accepts them. */
export const refusalOfAws = (updates: readonly Update[], known: ReadonlyMap<string, Operation>): string | undefined => {
  validate ??= load()
  try {
    validate(updates, new Map([...known].map(([id, operation]) => [id, { operation }])))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
