// What the bundles may hold and weigh: ingress has to start fast, whatever the commands import.
import { readdir, readFile, stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { bundleAll } from '../../../build.ts'

type Meta = Record<
  string,
  {
    readonly inputs: Record<string, unknown>
    readonly outputs: Record<string, { readonly inputs: Record<string, unknown> }>
  }
>

const meta = async (): Promise<Meta> => JSON.parse(await readFile('dist/meta.json', 'utf8')) as Meta

test('ingress has no AWS SDK, no schema validator, no YAML, and no command in it', async () => {
  const inputs = Object.keys((await meta())['slack']?.inputs ?? {})
  expect(inputs.length).toBeGreaterThan(50)
  expect(inputs.filter(path => /node_modules\/(@aws-sdk|@aws|@smithy|zod|yaml|express|undici)\//.test(path))).toEqual(
    [],
  )
  expect(inputs.filter(path => path.startsWith('src/commands/'))).toEqual(['src/commands/declarations.ts'])
})

test('ingress has no redaction in it, and no regular expressions of the configuration', async () => {
  const inputs = Object.keys((await meta())['slack']?.inputs ?? {})
  expect(inputs.filter(path => /^src\/kit\/redact\/|node_modules\/re2js\//.test(path))).toEqual([])
})

test('ingress weighs at most 200 KB, and what a request loads that asks Slack nothing, at most 140', async () => {
  const sizeOf = async (file: string) => (await stat(`dist/slack/${file}`)).size
  expect(await readdir('dist/slack')).toEqual(['index.cjs', 'web-api.cjs'])
  expect(await sizeOf('index.cjs')).toBeLessThanOrEqual(140_000)
  expect((await sizeOf('index.cjs')) + (await sizeOf('web-api.cjs'))).toBeLessThanOrEqual(200_000)
})

test('Slack’s client is a file of its own, with nothing of Bolt in it', async () => {
  const { outputs = {} } = (await meta())['slack'] ?? {}
  const packagesIn = (file: string) =>
    new Set(Object.keys(outputs[`dist/slack/${file}`]?.inputs ?? {}).map(path => /@slack\/[a-z-]+/.exec(path)?.[0]))
  expect(packagesIn('index.cjs')).toContain('@slack/bolt')
  expect(packagesIn('index.cjs')).not.toContain('@slack/web-api')
  expect(packagesIn('web-api.cjs')).toContain('@slack/web-api')
  expect(packagesIn('web-api.cjs')).not.toContain('@slack/bolt')
})

test('pictures are drawn in a chunk of their own, loaded where one is sent', async () => {
  const { outputs = {} } = (await meta())['query'] ?? {}
  const holders = Object.entries(outputs).filter(([, { inputs }]) =>
    Object.keys(inputs).some(path => path.startsWith('src/kit/pictures/')),
  )
  expect(holders.map(([path]) => path.replace(/-\w+\.mjs$/, ''))).toEqual(['dist/query/draw'])
})

test('no bundle has a test library or the sandbox in it', async () => {
  for (const { inputs } of Object.values(await meta())) {
    expect(Object.keys(inputs).filter(path => /iam-simulate|dynalite|^sandbox\/|^test\//.test(path))).toEqual([])
  }
})

test('the same source gives the same bundles, byte for byte, and they name no path of the machine that made them', async () => {
  const again = (await bundleAll()).flatMap(({ outputFiles }) => outputFiles)
  expect(again.length).toBeGreaterThan(20)
  for (const { path, contents, text } of again) {
    expect([path, Buffer.from(contents).equals(await readFile(path))]).toEqual([path, true])
    expect(text).not.toContain(process.cwd())
  }
})
