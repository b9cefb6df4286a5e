// Verifies the audit: reads a chain from the table, record by record, and says what was changed, taken out or added.
//   node scripts/verify-audit.ts <account id | hub> [--table quarterdeck]
// Credentials and region as every AWS tool finds them; it needs dynamodb:Query on the table, and nothing else.
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type AuditRecord, chainKey, verifyChain } from '../src/engine/audit/audit.ts'
import { createStore } from '../src/gateways/store.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { table: { type: 'string', default: 'quarterdeck' } },
})
const [chain = ''] = positionals
if (!/^(\d{12}|hub)$/.test(chain)) {
  process.stderr.write('Which chain? The twelve digits of an account, or hub.\n')
  process.exit(2)
}

const items = await createStore(values.table, new DynamoDBClient({})).list<AuditRecord>(chainKey(chain))
const records = items.map(({ value }) => value)
const problems = verifyChain(records)
const last = records.at(-1)
process.stdout.write(
  `${records.length} records${last === undefined ? '' : `, the last ${last.sequence} of ${last.at}, ${last.hash}`}\n`,
)
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exit(problems.length === 0 ? 0 : 1)
