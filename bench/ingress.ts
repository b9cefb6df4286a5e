// Compares ingress with stock Bolt and slack-edge, cold and warm, and writes the table into bench/README.md.
// Ratios matter, not milliseconds: each cold start is compared with stock Bolt's of the same round.
import { execFile } from 'node:child_process'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { aSlashCommand } from './event.ts'

const SECRET = 'bench-signing-secret'
const ROUNDS = 20
const WARM = 2_000
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const run = promisify(execFile)

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0

/** Minimal SSM, Lambda and Slack: Quarterdeck's cold start includes reading its secrets from here. */
const peers = createServer((req, res) => {
  req.resume()
  if (req.url?.startsWith('/2015-03-31')) return void res.writeHead(202).end()
  if (req.url === '/api/views.open')
    return void res.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  const parameters = { 'signing-secret': SECRET, 'bot-token': 'xoxb-1', 'bot-identity': 'B1 U1' }
  const body = {
    Parameters: Object.entries(parameters).map(([name, Value]) => ({ Name: `/quarterdeck/slack/${name}`, Value })),
  }
  res.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
})
await new Promise<void>(resolve => peers.listen(0, '127.0.0.1', resolve))
const endpoint = `http://127.0.0.1:${(peers.address() as AddressInfo).port}`

await mkdir(at('../dist/bench'), { recursive: true })
for (const peer of ['stock-bolt', 'slack-edge']) {
  await build({
    entryPoints: [at(`peers/${peer}.ts`)],
    outfile: at(`../dist/bench/${peer}.cjs`),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    logLevel: 'error',
  })
}

type Contender = { readonly name: string; readonly bundle: string; readonly text: string }
const ours = at('../dist/slack/index.cjs')
const stock = 'stock Bolt, hello'
const contenders: readonly Contender[] = [
  { name: 'quarterdeck, /ecs help, secrets read from SSM', bundle: ours, text: 'help' },
  { name: 'quarterdeck, /ecs status, SSM and Lambda Invoke', bundle: ours, text: 'status orders-api' },
  { name: 'quarterdeck, /ecs, SSM and a form opened at Slack', bundle: ours, text: '' },
  { name: stock, bundle: at('../dist/bench/stock-bolt.cjs'), text: 'hello' },
  { name: 'slack-edge, hello', bundle: at('../dist/bench/slack-edge.cjs'), text: 'hello' },
]

const env = {
  ...process.env,
  BENCH_SECRET: SECRET,
  AWS_ENDPOINT_URL: endpoint,
  SLACK_API_URL: `${endpoint}/api/`,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
  QUERY_FUNCTION: 'q',
  DECISION_FUNCTION: 'd',
  OPERATION_FUNCTION: 'o',
}

const cold = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { name, bundle, text } of contenders) {
    const { stdout } = await run(process.execPath, [at('cold.ts'), bundle, text], { env })
    cold.get(name)?.push(Number(stdout))
  }
}

Object.assign(process.env, env)
const warm = new Map<string, number[]>()
for (const { name, bundle, text } of contenders) {
  const module = await import(bundle)
  const handler = module.handler ?? module.default.handler
  const durations: number[] = []
  for (let n = 0; n < WARM + 200; n += 1) {
    const event = aSlashCommand(text, SECRET)
    const before = performance.now()
    await handler(event, {})
    if (n >= 200) durations.push(performance.now() - before)
  }
  warm.set(name, durations)
}
peers.close()
peers.closeAllConnections()

const size = async (bundle: string) => `${Math.round((await stat(bundle)).size / 1000)} KB`
const [coldOfStock = [], warmOfStock = []] = [cold.get(stock), warm.get(stock)]
const ratio = (value: number) => `${value.toFixed(2)} ×`
const rows = await Promise.all(
  contenders.map(async ({ name, bundle }) => {
    const [colds, warms] = [cold.get(name) ?? [], warm.get(name) ?? []]
    const ofStock = median(colds.map((duration, round) => duration / (coldOfStock[round] ?? Number.NaN)))
    return `| ${name} | ${await size(bundle)} | ${median(colds).toFixed(1)} ms | ${ratio(ofStock)} | ${median(warms).toFixed(2)} ms | ${ratio(median(warms) / median(warmOfStock))} | ${percentile(warms, 0.99).toFixed(2)} ms |`
  }),
)
const table = `| | bundle | cold, median of ${ROUNDS} | of stock Bolt | warm, median of ${WARM} | of stock Bolt | warm p99 |
|---|---|---|---|---|---|---|
${rows.join('\n')}`
process.stdout.write(`\n${table}\n`)
const page = at('README.md')
const markers = /<!-- bench -->[\s\S]*<!-- \/bench -->/
await writeFile(
  page,
  (await readFile(page, 'utf8')).replace(markers, () => `<!-- bench -->\n${table}\n<!-- /bench -->`),
)
process.exit(0)
