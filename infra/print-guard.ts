// Prints the policy that prevents people from granting themselves shell access: `npm run --silent guard`.
import { tagGuard } from './people.ts'

process.stdout.write(`${JSON.stringify(tagGuard({ partition: 'aws' }), null, 2)}\n`)
