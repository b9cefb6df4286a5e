// One cold start in a fresh process: load a bundle, answer one signed slash command. Prints milliseconds.
import { aSlashCommand } from './event.ts'

const [, , bundle = '', text = 'help'] = process.argv
const event = aSlashCommand(text, process.env['BENCH_SECRET'] ?? '')
const before = performance.now()
const module = await import(bundle)
const handler = module.handler ?? module.default.handler
const answer = await handler(event, {})
const took = performance.now() - before
if (answer.statusCode !== 200) throw new Error(`answered ${JSON.stringify(answer)}`)
process.stdout.write(`${took}\n`)
process.exit(0)
