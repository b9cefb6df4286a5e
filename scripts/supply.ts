// Lists the packages in the bundles with their licences, and writes sbom/quarterdeck.cdx.json (CycloneDX). Fails on a licence
// that is not allowed: `npm run build && npm run supply`.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { packagesIn, refusedLicences } from './supply/bundled.ts'
import { sbomOf } from './supply/sbom.ts'

const read = async (file: string) => JSON.parse(await readFile(file, 'utf8'))

const packages = await packagesIn(await read('dist/meta.json'))
const refused = refusedLicences(packages)
const byLicence = Map.groupBy(packages, ({ licence }) => licence)
for (const [licence, names] of [...byLicence].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  process.stdout.write(
    `${licence}: ${names.length} (${names.map(({ name, version }) => `${name} ${version}`).join(', ')})\n`,
  )
await mkdir('sbom', { recursive: true })
await writeFile(
  'sbom/quarterdeck.cdx.json',
  `${JSON.stringify(sbomOf(packages, await read('package.json')), null, 1)}\n`,
)
process.stdout.write(`${packages.length} packages in the bundles; sbom/quarterdeck.cdx.json\n`)
for (const one of refused) process.stderr.write(`not allowed in a bundle: ${one}\n`)
process.exitCode = refused.length === 0 ? 0 : 1
