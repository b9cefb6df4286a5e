// Prints quarterdeck.yaml as published JSON, or its problems: `npm run --silent config -- ../quarterdeck.yaml`. With
// `--clusters "<names or ARNs>"`, also reports accounts that have the name of a cluster.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { compileConfig } from '../src/commands/compile-config.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { clusters: { type: 'string', default: '' } },
})
const [file = '../quarterdeck.yaml'] = positionals
const clusters = values.clusters.split(/[\s,]+/).filter(Boolean)
const compiled = compileConfig(await readFile(file, 'utf8'), { file, clusters })
if ('problems' in compiled) {
  process.stderr.write(`${compiled.problems.join('\n')}\n`)
  process.exitCode = 1
} else {
  process.stdout.write(JSON.stringify(compiled.config))
}
