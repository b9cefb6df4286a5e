// Bundles each Lambda handler to dist/<name>/: the same files that the sandbox runs, the benches measure and the
// infrastructure deploys.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import { declarations } from './src/declarations.ts'

/** Bolt's own receivers, and what only they need: 1.6 MB and 100 ms of a cold start that Lambda never uses. */
const UNUSED =
  /Receiver(\.js)?$|HTTPModuleFunctions|HTTPResponseAck|^express$|^@slack\/(oauth|socket-mode)$|^raw-body$|^(node:)?(https?|zlib)$/

/** A stub that can be extended, called and destructured, so that modules load; nothing may ever use it. */
const STUB =
  'module.exports = new Proxy(class Unused {}, { get: (target, key) => key in target ? target[key] : key === "__esModule" ? false : class Unused {} })'

const withoutUnused: Plugin = {
  name: 'without-unused',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: UNUSED }, ({ importer }) =>
      importer.includes('node_modules') ? { path: 'unused', namespace: 'stub' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: STUB, loader: 'js' }))
  },
}

/** Ingress knows the commands by their declarations alone, so it stays small whatever they import. */
const declarationsAsData: Plugin = {
  name: 'declarations-as-data',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]src[/\\]declarations\.ts$/ }, () => ({
      contents: `export const declarations = ${JSON.stringify(declarations)}`,
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
  entryPoints: { index: 'handlers/slack.ts' },
  outdir: 'dist/slack',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  plugins: [withoutUnused, declarationsAsData],
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

export const WORKERS = ['query', 'decision', 'operation', 'schedule', 'events'] as const

/** Returns what went into each bundle, for the tests that keep ingress small. */
export const buildAll = async (): Promise<Readonly<Record<string, Metafile>>> => {
  await rm('dist', { recursive: true, force: true })
  await mkdir('dist', { recursive: true })
  const built = await Promise.all(
    [['slack', ingress] as const, ...WORKERS.map(name => [name, worker(name)] as const)].map(
      async ([name, options]) => {
        const { metafile } = await build(options)
        return [name, metafile ?? { inputs: {}, outputs: {} }] as const
      },
    ),
  )
  const metafiles = Object.fromEntries(built)
  await writeFile('dist/meta.json', JSON.stringify(metafiles))
  return metafiles
}

if (import.meta.main) await buildAll()
