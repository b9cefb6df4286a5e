// Prints the policy that keeps people from granting themselves a way into tasks: `npm run --silent guard`.
import { tagGuard } from './people.ts'

process.stdout.write(`${JSON.stringify(tagGuard({ partition: 'aws' }), null, 2)}\n`)
