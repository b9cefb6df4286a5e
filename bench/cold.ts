// Measures one cold start in a new process: loads a bundle and answers one signed slash command. Prints milliseconds.
import { aSlashCommand } from './event.ts'

const [, , bundle = '', text = 'help'] = process.argv
const event = aSlashCommand(text, process.env['BENCH_SECRET'] ?? '')
const before = performance.now()
const module = await import(bundle)
const handler = module.handler ?? module.default.handler
const answer = await handler(event, {})
const duration = performance.now() - before
if (answer.statusCode !== 200) throw new Error(`answered ${JSON.stringify(answer)}`)
process.stdout.write(`${duration}\n`)
process.exit(0)
