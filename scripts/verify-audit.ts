// Verifies an audit chain: reads its records from the table and reports changed, removed or added ones.
//   node scripts/verify-audit.ts <account id | hub> [--table quarterdeck] [--export <folder>]
// `--export`: also verifies the exported records in this folder (`aws s3 cp --recursive s3://quarterdeck-audit-…/ <folder>`),
// and reports where the table differs from them.
// Uses the default AWS credentials and region. Needs only dynamodb:Query on the table.
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type AuditRecord, chainKey, verifyChain } from '../src/engine/audit/audit.ts'
import { createStore } from '../src/gateways/store.ts'
import { compareExport, readExport } from './audit/exported.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { table: { type: 'string', default: 'quarterdeck' }, export: { type: 'string' } },
})
const [chain = ''] = positionals
if (!/^(\d{12}|hub)$/.test(chain)) {
  process.stderr.write(
    'Usage: node scripts/verify-audit.ts <12-digit account id | hub> [--table quarterdeck] [--export <folder>]\n',
  )
  process.exit(2)
}

const items = await createStore(values.table, new DynamoDBClient({})).list<AuditRecord>(chainKey(chain))
const records = items.map(({ value }) => value)
const problems = [...verifyChain(records)]
const last = records.at(-1)
process.stdout.write(
  `${records.length} records${last === undefined ? '' : `; last: ${last.sequence}, ${last.at}, ${last.hash}`}\n`,
)
if (values.export !== undefined) {
  const exported = await readExport(values.export, chain)
  process.stdout.write(`${exported.records.length} exported records; last: ${exported.records.at(-1)?.sequence ?? 0}\n`)
  problems.push(...exported.problems, ...compareExport(exported.records, records))
}
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exit(problems.length === 0 ? 0 : 1)
