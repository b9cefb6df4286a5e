// Prints quarterdeck.yaml as published JSON, or its problems: `npm run --silent config -- ../quarterdeck.yaml`.
// With `--clusters "<names or ARNs>"`, also reports accounts that have the name of a cluster.
import { parseArgs } from 'node:util'
import { compileFile } from '../scripts/config/compile-file.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { clusters: { type: 'string', default: '' } },
})
const [file = '../quarterdeck.yaml'] = positionals
const compiled = await compileFile(file, values.clusters)
if ('problems' in compiled) {
  process.stderr.write(`${compiled.problems.join('\n')}\n`)
  process.exitCode = 1
} else {
  process.stdout.write(JSON.stringify(compiled.config))
}
