// Writes what the registry knows into README.md, docs/commands.md, docs/permissions.md,
// docs/runbook.md, docs/running-cost.md and manifest.yml, and the schema of quarterdeck.yaml; `npm run fix` runs it, and a test fails
// where a file lags.
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { declarations } from '../src/commands/declarations.ts'
import { schema } from '../src/engine/rules/config-schema.ts'
import type { Declaration } from '../src/kit/language/declaration.ts'
import { usage } from '../src/kit/language/invocation.ts'
import { permissionTables } from './permissions.ts'
import { runbookTable } from './runbook.ts'
import { costTable } from './running-cost.ts'

const tableOf = (usageOf: (declaration: Declaration) => string): string =>
  [
    '| Command | What it does |',
    '|---|---|',
    ...declarations.map(one => `| \`${usageOf(one).replaceAll('|', '\\|')}\` | ${one.summary} |`),
  ].join('\n')

const firstWord = ({ name }: Declaration): string => name.split(' ')[0] ?? ''

/** A row for each first word; its other commands are named. docs/commands.md has all of them. */
const shortTable = (): string =>
  [
    '| Command | What it does |',
    '|---|---|',
    ...[...new Set(declarations.map(firstWord))].map(word => {
      const [first, ...others] = declarations.filter(one => firstWord(one) === word)
      if (first === undefined) return ''
      const more = others.map(({ name }) => `\`${name}\``).join(', ')
      const usageText = usage({ ...first, options: {} }).replaceAll('|', '\\|')
      return `| \`${usageText}\` | ${first.summary}${more === '' ? '' : `; ${more}`} |`
    }),
  ].join('\n')

const rewrite = async (file: string, pattern: RegExp, replacement: string): Promise<void> => {
  const before = await readFile(file, 'utf8')
  if (!pattern.test(before)) throw new Error(`${file} has no place for what is generated`)
  await writeFile(
    file,
    before.replace(pattern, () => replacement),
  )
}

const COMMANDS = /<!-- commands -->[\s\S]*<!-- \/commands -->/
const between = (table: string): string => `<!-- commands -->\n${table}\n<!-- /commands -->`
const PERMISSIONS = /<!-- permissions -->[\s\S]*<!-- \/permissions -->/

await rewrite('README.md', COMMANDS, between(shortTable()))
await rewrite('docs/commands.md', COMMANDS, between(tableOf(usage)))
await rewrite('docs/permissions.md', PERMISSIONS, `<!-- permissions -->\n${permissionTables()}\n<!-- /permissions -->`)
await rewrite(
  'docs/runbook.md',
  /<!-- alarms -->[\s\S]*<!-- \/alarms -->/,
  `<!-- alarms -->\n${runbookTable()}\n<!-- /alarms -->`,
)
await rewrite(
  'docs/running-cost.md',
  /<!-- cost -->[\s\S]*<!-- \/cost -->/,
  `<!-- cost -->\n${costTable()}\n<!-- /cost -->`,
)
await rewrite(
  'manifest.yml',
  /usage_hint: .*(\n +usage_hint: .*)*/,
  `usage_hint: ${declarations.map(({ name }) => name).join(' | ')}`,
)

const jsonSchema = { title: 'quarterdeck.yaml', ...z.toJSONSchema(schema, { io: 'input' }) }
await writeFile('docs/quarterdeck.schema.json', `${JSON.stringify(jsonSchema, null, 2)}\n`)
