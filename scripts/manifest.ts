// Prints the manifest of the Slack app with the address of a deployment, and a link that creates the app from it:
//   npm run --silent manifest -- --url https://….execute-api.us-east-1.amazonaws.com/
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { manifestFor } from './manifest/manifest-for.ts'

const { values } = parseArgs({ options: { url: { type: 'string', default: '' } } })
const made = manifestFor(await readFile(new URL('../manifest.yml', import.meta.url), 'utf8'), values.url)
if ('problem' in made) {
  process.stderr.write(`${made.problem}\n`)
  process.exitCode = 2
} else {
  process.stdout.write(made.yaml)
  process.stderr.write(`Create the app from it at https://api.slack.com/apps?new_app=1, from a manifest.\n`)
}
