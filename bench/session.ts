// Measures exec sessions: encoding and decoding of frames, then whole sessions with the sandbox's agent in its own process.
// The agent first reads a command's output one second after its start.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { GCProfiler, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ECSClient, ExecuteCommandCommand } from '@aws-sdk/client-ecs'
import { agentTiming } from '../sandbox/ssm/agent.ts'
import { createSessionPorts } from '../src/gateways/exec/exec-session.ts'
import { isDigest } from '../src/kit/session/digest.ts'
import { decodeFrame, encodeFrame, type Frame } from '../src/kit/session/frame.ts'
import { runCommand } from '../src/kit/session/run.ts'
import { createNonce, wrap } from '../src/kit/session/wrapper.ts'
import type { Conditions } from './exec-agent.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const count = (value: number): string => Math.round(value).toLocaleString('en')

const FRAMES = 100_000
const REQUIRED = 200_000
const frame: Frame = {
  messageType: 'output_stream_data',
  schemaVersion: 1,
  createdDate: 1_700_000_000_123,
  sequenceNumber: 5,
  flags: 0,
  messageId: '01020304-0506-4708-890a-0b0c0d0e0f10',
  payloadType: 1,
  payload: new Uint8Array(1_024).fill(65),
}
const bytes = encodeFrame(frame)

/** Calls a second of CPU time, including garbage collection. */
const perSecond = (work: () => unknown): number => {
  const before = process.cpuUsage()
  for (let n = 0; n < FRAMES; n += 1) work()
  const { user, system } = process.cpuUsage(before)
  return (FRAMES / (user + system)) * 1e6
}

/** Bytes of buffers for each frame; few enough that no collection runs meanwhile. */
const buffered = (work: () => unknown): number => {
  const SOME = 1_000
  const kept: unknown[] = new Array(SOME).fill(undefined)
  // Twice: the second collection waits for memory that the first frees in the background.
  collectGarbage()
  collectGarbage()
  const before = process.memoryUsage().arrayBuffers
  for (let n = 0; n < SOME; n += 1) kept[n] = work()
  return (process.memoryUsage().arrayBuffers - before) / SOME
}

/** Bytes of heap for each frame: its growth, plus what each collection freed. */
const allocated = (work: () => unknown): number => {
  collectGarbage()
  const profiler = new GCProfiler()
  profiler.start()
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < FRAMES; n += 1) work()
  const grown = process.memoryUsage().heapUsed - before
  const freed = profiler
    .stop()
    ?.statistics.map(
      ({ beforeGC, afterGC }) => beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
    )
  return (freed ?? []).reduce((sum, size) => sum + size, grown) / FRAMES
}

/** As the socket delivers it. */
const received = Buffer.from(bytes)

const codec = {
  'copy of the payload alone': () => frame.payload.slice(),
  'SHA-256 of the payload alone': () => isDigest(frame.payload, bytes, 80),
  'encode, 1,024 bytes': () => encodeFrame(frame),
  'decode, 1,024 bytes': () => decodeFrame(received),
}
const speeds = new Map<string, number[]>(Object.keys(codec).map(name => [name, []]))
for (let round = 0; round < 7; round += 1)
  for (const [name, work] of Object.entries(codec)) speeds.get(name)?.push(perSecond(work))
const codecRows = Object.entries(codec).map(([name, work]) => {
  const speed = median(speeds.get(name)?.slice(2) ?? [])
  const cells = [
    count(speed),
    `${(speed / REQUIRED).toFixed(2)} ×`,
    `${count(buffered(work))} B`,
    `${count(allocated(work))} B`,
  ]
  return `| ${name} | ${cells.join(' | ')} |`
})
process.stdout.write(`| a frame | per second | of the required 200,000 | buffers | heap |
|---|---|---|---|---|
${codecRows.join('\n')}

`)

const agent = fork(fileURLToPath(new URL('exec-agent.ts', import.meta.url)))
const nextMessage = (): Promise<Record<string, string>> =>
  new Promise(resolve => agent.once('message', resolve as () => void))
const { url = '', task = '', accessKeyId = '', secretAccessKey = '' } = await nextMessage()
const keys = { accessKeyId, secretAccessKey }
const ecs = new ECSClient({ endpoint: url, region: 'us-east-1', credentials: keys })
const credentials = { ...keys, sessionToken: '', expiration: new Date(0) }

const FAIR: Conditions = { loss: 0, readPause: agentTiming.readPause }

const session = async (command: readonly string[] | string, conditions: Conditions) => {
  const confirmed = nextMessage()
  agent.send(conditions)
  await confirmed
  const nonce = createNonce()
  const { session: started } = await ecs.send(
    new ExecuteCommandCommand({
      cluster: 'web',
      task,
      container: 'app',
      command: wrap(command, nonce),
      interactive: true,
    }),
  )
  const { sessionId = '', streamUrl = '', tokenValue = '' } = started ?? {}
  const ports = createSessionPorts({ AWS_ENDPOINT_URL: url }, 'us-east-1', credentials)
  const startedAt = performance.now()
  const before = process.cpuUsage()
  let letters = 0
  let chunks = 0
  let peak = 0
  const onOutput = (text: string): void => {
    letters += text.length
    chunks += 1
    if (chunks % 2_000 !== 0) return
    collectGarbage()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    peak = Math.max(peak, heapUsed + arrayBuffers)
  }
  const request = { sessionId, streamUrl, token: tokenValue }
  const { status } = await runCommand(request, { nonce, isWrapped: true, onOutput }, ports)
  const ms = performance.now() - startedAt
  const { user, system } = process.cpuUsage(before)
  return { ms, letters, status, cpu: (user + system) / 1_000 / ms, megabytes: peak / 1_048_576 }
}

const ROUNDS = 10
const shots: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  const { ms, status } = await session(['true'], FAIR)
  if (status !== 0) throw new Error(`true ended with ${status}`)
  shots.push(ms - agentTiming.floor)
}
process.stdout.write(`One-shot \`true\`: median of ${ROUNDS}, ${median(shots).toFixed(0)} ms over the agent’s own second, from ExecuteCommand’s answer to the parsed status (at most ${Math.max(...shots).toFixed(0)} ms).

| output | lost | arrived | status | seconds | MB/s | client CPU | peak memory |
|---|---|---|---|---|---|---|---|
`)

/** A command that prints this many megabytes of text; line ends arrive as `\r\n`. */
const printing = (megabytes: number): string => `yes ${'0123456789abcdef'.repeat(6)} | head -c ${megabytes * 1_000_000}`
const rows: readonly (readonly [number, Conditions, string])[] = [
  [3, FAIR, '0 %'],
  // Takes a minute: the agent resends one message each tenth of a second.
  [3, { ...FAIR, loss: 0.1 }, '10 % either way'],
  [50, { ...FAIR, readPause: 0 }, '0 %, agent unpaused'],
]
for (const [megabytes, conditions, words] of rows) {
  const { ms, letters, status, cpu, megabytes: peak } = await session(printing(megabytes), conditions)
  const arrived = letters === megabytes * 1_000_000 ? 'all' : `${count(letters)} of ${count(megabytes * 1_000_000)}`
  process.stdout.write(
    `| ${megabytes} MB | ${words} | ${arrived} | ${status} | ${(ms / 1e3).toFixed(1)} | ${(letters / 1e3 / (ms - agentTiming.floor)).toFixed(3)} | ${(cpu * 100).toFixed(0)} % | ${peak.toFixed(0)} MB |\n`,
  )
}
agent.kill()
process.exit(0)
