// Bundles each Lambda handler to dist/<name>/ for the sandbox, the benches and the deployment.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin } from 'esbuild'
import { declarations } from './src/commands/declarations.ts'
import type { Specs } from './src/kit/language/declaration.ts'

/** Ingress uses only Bolt's App: its receivers would add 1.4 MB and 100 ms of cold start. */
const APP = 'export { default as App } from "@slack/bolt/dist/App"'
const UNUSED = /\/(\w+Receiver|CustomFunction|conversation-store)$|^node:zlib$/

/** A stub that can be extended, called and destructured, so that modules load; nothing uses it at run time. */
const STUB =
  'module.exports = new Proxy(class Unused {}, { get: (target, key) => key in target ? target[key] : key === "__esModule" ? false : class Unused {} })'

const isPackageFile = (importer: string): boolean => importer.includes('node_modules')

const boltAsApp: Plugin = {
  name: 'bolt-as-app',
  setup: ({ onResolve, onLoad }) => {
    const resolveDir = import.meta.dirname
    onResolve({ filter: /^@slack\/bolt$/ }, () => ({ path: 'app', namespace: 'bolt' }))
    onLoad({ filter: /.*/, namespace: 'bolt' }, () => ({ contents: APP, resolveDir }))
    onResolve({ filter: UNUSED }, ({ importer }) =>
      isPackageFile(importer) ? { path: 'unused', namespace: 'stub' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: STUB }))
    // Bolt reads its name and version for the User-Agent header, and nothing else.
    onLoad({ filter: /@slack[/\\]bolt[/\\]package\.json$/ }, async ({ path }) => {
      const { name, version } = JSON.parse(await readFile(path, 'utf8')) as Record<string, string>
      return { contents: JSON.stringify({ name, version }), loader: 'json' }
    })
    const client = join(resolveDir, 'src/gateways/slack/web-client.ts')
    onResolve({ filter: /^@slack\/web-api$/ }, ({ importer }) => {
      if (importer === client) return { path: './web-api.cjs', external: true }
      return isPackageFile(importer) ? { path: client } : undefined
    })
  },
}

/** The declarations as code in which equal arguments and options are written once. */
const declarationsCode = (): string => {
  const specs: string[] = []
  const shared = (all: Specs): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(all).map(([name, spec]) => {
        const text = JSON.stringify(spec)
        if (!specs.includes(text)) specs.push(text)
        return [name, `spec ${specs.indexOf(text)}`]
      }),
    )
  const all = declarations.map(one => ({ ...one, args: shared(one.args), options: shared(one.options) }))
  const code = JSON.stringify(all).replace(/"spec (\d+)"/g, 'specs[$1]')
  return `const specs = [${specs.join()}]; export const declarations = ${code}`
}

/** Bundles the commands' declarations as data, so that ingress stays small. */
const declarationsAsData: Plugin = {
  name: 'declarations-as-data',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]src[/\\]commands[/\\]declarations\.ts$/ }, () => ({
      contents: declarationsCode(),
      loader: 'ts',
    }))
  },
}

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  minify: true,
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
}

const ingress: BuildOptions = {
  ...common,
  entryPoints: { index: 'handlers/ingress.ts', 'web-api': '@slack/web-api' },
  outdir: 'dist/slack',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  plugins: [boltAsApp, declarationsAsData],
}

const worker = (name: string): BuildOptions => ({
  ...common,
  entryPoints: { index: `handlers/${name}.ts` },
  outdir: `dist/${name}`,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  splitting: true,
  keepNames: true,
  mainFields: ['module', 'main'],
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
})

export const WORKERS = ['query', 'decision', 'operation', 'schedule', 'events', 'export'] as const

/** Leaves a file alone that is as it was: a process that runs the bundles meanwhile is not disturbed. */
const update = async ({ path, contents }: OutputFile): Promise<void> => {
  const before = await readFile(path).catch(() => undefined)
  if (before?.equals(contents)) return
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, contents)
}

const removeOthers = async (written: ReadonlySet<string>): Promise<void> => {
  const found = await readdir('dist', { recursive: true, withFileTypes: true })
  const paths = found.filter(one => one.isFile()).map(one => resolve(one.parentPath, one.name))
  await Promise.all(paths.filter(path => !written.has(path)).map(path => rm(path, { force: true })))
}

type Bundle = {
  readonly name: string
  readonly metafile: Metafile
  readonly outputFiles: readonly OutputFile[]
}

/** Makes all bundles in memory. */
export const bundleAll = (): Promise<readonly Bundle[]> =>
  Promise.all(
    [['slack', ingress] as const, ...WORKERS.map(name => [name, worker(name)] as const)].map(
      async ([name, options]) => {
        const { metafile, outputFiles } = await build({ ...options, write: false, metafile: true })
        return { name, metafile, outputFiles }
      },
    ),
  )

/** Returns the metafile of each bundle, for the tests of ingress's size. */
export const buildAll = async (): Promise<Readonly<Record<string, Metafile>>> => {
  const built = await bundleAll()
  const metafiles = Object.fromEntries(built.map(({ name, metafile }) => [name, metafile]))
  const files = built.flatMap(({ outputFiles }) => outputFiles)
  await Promise.all(files.map(update))
  await writeFile('dist/meta.json', JSON.stringify(metafiles))
  await removeOthers(new Set([...files.map(({ path }) => path), resolve('dist/meta.json')]))
  return metafiles
}

if (import.meta.main) await buildAll()
