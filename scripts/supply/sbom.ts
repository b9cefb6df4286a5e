// The bill of materials of the bundles, as CycloneDX 1.6 (ECMA-424). It has no time and no random number: the same bundles give
// the same document.
import type { Bundled } from './bundled.ts'

const purlOf = ({ name, version }: Pick<Bundled, 'name' | 'version'>): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`

/** The hash of package-lock.json (`sha512-<base64>`) as CycloneDX has it. */
const hashesOf = ({ integrity }: Bundled) => {
  const base64 = /^sha512-(.+)$/.exec(integrity ?? '')?.[1]
  return base64 === undefined
    ? {}
    : { hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }] }
}

const componentOf = (one: Bundled) => ({
  type: 'library',
  'bom-ref': purlOf(one),
  name: one.name,
  version: one.version,
  purl: purlOf(one),
  licenses: [{ license: { id: one.licence } }],
  ...hashesOf(one),
  properties: one.functions.map(value => ({ name: 'quarterdeck:function', value })),
})

/** `product`: the name and version of package.json. */
export const sbomOf = (
  packages: readonly Bundled[],
  product: { readonly name: string; readonly version: string },
): object => ({
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: {
    component: {
      type: 'application',
      'bom-ref': purlOf(product),
      ...{ name: product.name, version: product.version, purl: purlOf(product) },
      licenses: [{ license: { id: 'Apache-2.0' } }],
    },
  },
  components: packages.map(componentOf),
  dependencies: [{ ref: purlOf(product), dependsOn: packages.map(purlOf) }],
})
