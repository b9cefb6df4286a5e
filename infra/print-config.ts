// Prints quarterdeck.yaml as it is published, or every problem in it. `npm run --silent config -- ../quarterdeck.yaml`
import { readFile } from 'node:fs/promises'
import { compileConfig } from '../src/config-file.ts'

const file = process.argv[2] ?? '../quarterdeck.yaml'
const compiled = compileConfig(await readFile(file, 'utf8'), file)
if ('problems' in compiled) {
  process.stderr.write(`${compiled.problems.join('\n')}\n`)
  process.exitCode = 1
} else {
  process.stdout.write(JSON.stringify(compiled.config))
}
