// The packages in the bundles, from esbuild's metafiles: what is deployed, not what is installed.
import { readFile } from 'node:fs/promises'
import type { Metafile } from 'esbuild'

/** `path`: of the package from the root, as in package-lock.json. `functions`: the bundles that have code of it. */
export type Bundled = {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly path: string
  readonly integrity?: string
  readonly functions: readonly string[]
}

type Lock = { readonly packages: Readonly<Record<string, { readonly integrity?: string }>> }

/** `node_modules/@scope/name` of a file in it, with the packages around it. */
const packageOf = (file: string): string | undefined => /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]

/** The files with code in an output. What is shaken out of it is not deployed. */
const filesIn = ({ inputs }: Metafile['outputs'][string]): readonly string[] =>
  Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []))

/** The packages of all bundles, by name. `metafiles`: dist/meta.json, by function. */
export const packagesIn = async (metafiles: Readonly<Record<string, Metafile>>): Promise<readonly Bundled[]> => {
  const lock: Lock = JSON.parse(await readFile('package-lock.json', 'utf8'))
  const users = new Map<string, Set<string>>()
  for (const [name, { outputs }] of Object.entries(metafiles))
    for (const file of Object.values(outputs).flatMap(filesIn)) {
      const path = packageOf(file)
      if (path !== undefined) users.set(path, (users.get(path) ?? new Set()).add(name))
    }
  const packages = await Promise.all(
    [...users].map(async ([path, functions]) => {
      const { name, version, license } = JSON.parse(await readFile(`${path}/package.json`, 'utf8'))
      const integrity = lock.packages[path]?.integrity
      return {
        name: String(name),
        version: String(version),
        licence: typeof license === 'string' ? license : 'unknown',
        path,
        ...(integrity !== undefined && { integrity }),
        functions: [...functions].toSorted(),
      }
    }),
  )
  return packages.toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1))
}

/** Licences that ask only for their notice. Any other, such as the AGPL, needs a decision. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'] as const

export const refusedLicences = (packages: readonly Bundled[]): readonly string[] =>
  packages
    .filter(({ licence }) => !ALLOWED.some(one => one === licence))
    .map(({ name, version, licence }) => `${name} ${version}: ${licence}`)
