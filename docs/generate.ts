// Writes what the registry knows into README.md and manifest.yml; `npm run fix` runs it, and a test fails where it lags.
import { readFile, writeFile } from 'node:fs/promises'
import { declarations } from '../src/commands/declarations.ts'
import { usage } from '../src/kit/language/invocation.ts'

const rows = declarations.map(
  declaration => `| \`${usage(declaration).replaceAll('|', '\\|')}\` | ${declaration.summary} |`,
)
const table = ['| Command | What it does |', '|---|---|', ...rows].join('\n')

const rewrite = async (file: string, pattern: RegExp, replacement: string): Promise<void> => {
  const before = await readFile(file, 'utf8')
  if (!pattern.test(before)) throw new Error(`${file} has no place for what is generated`)
  await writeFile(
    file,
    before.replace(pattern, () => replacement),
  )
}

await rewrite(
  'README.md',
  /<!-- commands -->[\s\S]*<!-- \/commands -->/,
  `<!-- commands -->\n${table}\n<!-- /commands -->`,
)
await rewrite('manifest.yml', /usage_hint: .*/, `usage_hint: ${declarations.map(({ name }) => name).join(' | ')}`)
