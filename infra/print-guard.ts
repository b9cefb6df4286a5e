// Prints the policy that prevents self-granted shell access: `npm run --silent guard`.
import { tagGuard } from './people.ts'

process.stdout.write(`${JSON.stringify(tagGuard({ partition: 'aws' }), null, 2)}\n`)
