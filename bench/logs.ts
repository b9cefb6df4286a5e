// Compares reading 100,000 log events with `aws logs filter-log-events`, then measures redaction and printing alone.
// Both use the same server and take turns. Ratios matter, not milliseconds.
import { fork, spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { readEntries } from '../src/features/logs/log-entries.ts'
import { printFile } from '../src/features/logs/render-file.ts'
import { EVENTS, GROUP, lineOf, STREAMS } from './log-lines.ts'

const ROUNDS = 5
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

await mkdir(at('../dist/bench'), { recursive: true })
await build({
  entryPoints: [at('log-tail.ts')],
  outfile: at('../dist/bench/log-tail.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  mainFields: ['module', 'main'],
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'error',
})

const server = fork(at('log-server.ts'))
const nextMessage = (): Promise<Record<string, string>> =>
  new Promise(resolve => server.once('message', resolve as () => void))
const { url = '', from = '', accessKeyId = '', secretAccessKey = '' } = await nextMessage()
const callsSince = async (): Promise<number> => {
  const answer = nextMessage()
  server.send({})
  return Number((await answer)['calls'])
}

const env = {
  ...process.env,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_PAGER: '',
}

type Run = { readonly ms: number; readonly megabytes: number; readonly calls: number }

/** Peak memory is the kernel's VmHWM, polled until the process ends. */
const measure = async (command: string, args: readonly string[]): Promise<Run> => {
  await callsSince()
  const before = performance.now()
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.resume()
  let kilobytes = 0
  const poll = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
    kilobytes = Math.max(kilobytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
  }, 20)
  const code = await new Promise(resolve => child.once('close', resolve))
  clearInterval(poll)
  if (code !== 0) throw new Error(`${command} ended with ${code}`)
  return { ms: performance.now() - before, megabytes: kilobytes / 1_024, calls: await callsSince() }
}

const CLI = ['--endpoint-url', url, 'logs', 'filter-log-events', '--log-group-name', GROUP, '--start-time', from]
const contenders: Readonly<Record<string, () => Promise<Run>>> = {
  'aws logs filter-log-events (AWS CLI v2)': () => measure('/usr/bin/aws', [...CLI, '--output', 'json']),
  'quarterdeck, all lines, redacted and printed': () =>
    measure(process.execPath, [at('../dist/bench/log-tail.mjs'), url, from, 'all']),
  'quarterdeck, the newest 1,000': () =>
    measure(process.execPath, [at('../dist/bench/log-tail.mjs'), url, from, 'newest']),
}
const runs = new Map<string, Run[]>(Object.keys(contenders).map(name => [name, []]))
for (let round = 0; round < ROUNDS; round += 1)
  for (const [name, run] of Object.entries(contenders)) runs.get(name)?.push(await run())
server.kill()

const medianOf = (name: string, what: keyof Run) => median(runs.get(name)?.map(run => run[what]) ?? [])
const [first = ''] = runs.keys()
const rows = [...runs.keys()].map(name => {
  const ms = medianOf(name, 'ms')
  return `| ${name} | ${(ms / 1_000).toFixed(2)} s | ${(ms / medianOf(first, 'ms')).toFixed(2)} × | ${medianOf(name, 'calls')} | ${medianOf(name, 'megabytes').toFixed(0)} MB |`
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Lines a second of CPU time, including garbage collection; nothing is retained between batches. */
const speed = (lines: number): { readonly perSecond: number; readonly megabytes: number } => {
  const BATCH = 1_000
  let peak = 0
  let ms = 0
  for (let n = 0; n < lines; n += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, m) => ({
      at: 1_790_000_000_000 + n + m,
      stream: `ecs/app/${(n + m) % STREAMS}`,
      message: lineOf(n + m),
      id: `${n + m}`,
    }))
    const before = process.cpuUsage()
    printFile({ name: 'x', found: readEntries(batch), lines: BATCH, from: 0, zone: 'UTC', sources: [], isCut: false })
    const { user, system } = process.cpuUsage(before)
    ms += (user + system) / 1_000
    if (n % 10_000 === 0) {
      collectGarbage()
      peak = Math.max(peak, process.memoryUsage().heapUsed)
    }
  }
  return { perSecond: (lines / ms) * 1_000, megabytes: peak / 1_048_576 }
}
speed(20_000)
const [few, many] = [speed(50_000), speed(500_000)]

process.stdout.write(`| ${EVENTS.toLocaleString('en')} events of ${STREAMS} streams | median of ${ROUNDS} | of the CLI | calls | peak memory |
|---|---|---|---|---|
${rows.join('\n')}

Redaction and printing: ${Math.round(many.perSecond).toLocaleString('en')} lines/s of CPU time, on one core; peak heap ${few.megabytes.toFixed(0)} MB over 50,000 lines, ${many.megabytes.toFixed(0)} MB over 500,000.
`)
