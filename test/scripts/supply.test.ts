import { describe, expect, test } from 'vitest'
import { type Bundled, packagesIn, refusedLicences } from '../../scripts/supply/bundled.ts'
import { sbomOf } from '../../scripts/supply/sbom.ts'

const aPackage = (more: Partial<Bundled> = {}): Bundled => ({
  name: '@slack/bolt',
  version: '5.1.0',
  licence: 'MIT',
  path: 'node_modules/@slack/bolt',
  integrity: `sha512-${Buffer.from('hash').toString('base64')}`,
  functions: ['slack'],
  ...more,
})

describe('the licences of the bundles', () => {
  test.each(['AGPL-3.0', 'AGPL-3.0-or-later', 'GPL-3.0', 'SSPL-1.0', 'UNLICENSED', 'unknown', 'MIT OR AGPL-3.0'])(
    '%s is refused, and named',
    licence => {
      expect(refusedLicences([aPackage(), aPackage({ name: 'other', licence })])).toEqual([`other 5.1.0: ${licence}`])
    },
  )

  test.each(['MIT', 'Apache-2.0', 'ISC', '0BSD', 'BSD-3-Clause'])('%s is allowed', licence => {
    expect(refusedLicences([aPackage({ licence })])).toEqual([])
  })
})

describe('the bill of materials', () => {
  test('has each package of a bundle once, with the functions that have code of it', async () => {
    const inputs = (...files: readonly string[]) => {
      const bytesInOutput = (file: string) => (file.includes('shaken') ? 0 : 1)
      const used = Object.fromEntries(files.map(file => [file, { bytesInOutput: bytesInOutput(file) }]))
      return { inputs: {}, outputs: { 'index.mjs': { bytes: 1, imports: [], exports: [], inputs: used } } }
    }
    const packages = await packagesIn({
      slack: inputs('src/a.ts', 'node_modules/@slack/bolt/dist/App.js', 'node_modules/@slack/bolt/dist/errors.js'),
      query: inputs(
        'node_modules/shaken/index.js',
        'node_modules/zod/v4/core.js',
        'node_modules/@slack/bolt/dist/App.js',
      ),
    })
    expect(packages.map(({ name, licence, functions }) => [name, licence, functions])).toEqual([
      ['@slack/bolt', 'MIT', ['query', 'slack']],
      ['zod', 'MIT', ['query']],
    ])
    for (const { integrity } of packages) expect(integrity).toMatch(/^sha512-/)
  })

  test('is the same for the same bundles, with URLs, hashes and licences as CycloneDX has them', () => {
    const product = { name: 'quarterdeck', version: '0.1.0' }
    expect(sbomOf([aPackage()], product)).toEqual(sbomOf([aPackage()], product))
    expect(sbomOf([aPackage()], product)).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: [
        {
          purl: 'pkg:npm/%40slack/bolt@5.1.0',
          licenses: [{ license: { id: 'MIT' } }],
          hashes: [{ alg: 'SHA-512', content: Buffer.from('hash').toString('hex') }],
        },
      ],
    })
  })
})
