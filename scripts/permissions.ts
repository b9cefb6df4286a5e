// Adds what the roles used in a run of the tests to the table that the proof of permissions reads:
//   RECORD_CALLS=/tmp/calls npx vitest run --project world <files>; npm run permissions -- /tmp/calls
import { readFile, writeFile } from 'node:fs/promises'
import { kindOf, type UsedPermission } from '../test/world/used-permission.ts'

const TABLE = 'test/fixtures/used-permissions.ndjson'

const read = async (file: string): Promise<readonly UsedPermission[]> =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))

const [file = ''] = process.argv.slice(2)
const known = await read(TABLE).catch(() => [])
const all = new Map([...(await read(file)), ...known].map(one => [kindOf(one), one]))
const lines = [...all].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => `${JSON.stringify(one)}\n`)
await writeFile(TABLE, lines.join(''))
process.stdout.write(`${all.size - known.length} added, ${all.size} in all\n`)
