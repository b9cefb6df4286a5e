// The log lines of containers. The lines of a minute are derived from the name of the stream and the minute. The same
// minute always has the same lines, and no line is stored.

import { createRandom, type Random } from './random.ts'

export type Line = { readonly at: number; readonly message: string }

/** The life of one container, from which its log lines are derived. */
export type ContainerLife = {
  readonly stream: string
  readonly family: string
  readonly container: string
  readonly from: number
  /** When the container stopped, if it has. */
  readonly until?: number
  readonly exitCode?: number
}

const MINUTE = 60_000

/** A hash of a text (FNV-1a, 32 bits). */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  return hash
}

const ROUTES = ['GET /orders', 'GET /orders/:id', 'POST /orders', 'GET /health', 'POST /checkout', 'GET /search']
const JOBS = ['order-confirmed', 'invoice', 'digest', 'reindex', 'cleanup']

const pick = <T>(random: Random, items: readonly [T, ...T[]] | readonly T[]): T | undefined =>
  items[random.below(items.length)]

const json = (level: string, msg: string, more: object, { family, at }: { family: string; at: number }) =>
  JSON.stringify({ level, time: new Date(at).toISOString(), service: family, msg, ...more })

const trace = (family: string): readonly string[] => [
  `Error: connect ETIMEDOUT 10.0.14.7:5432`,
  `    at Pool.connect (/app/node_modules/pg-pool/index.js:45:11)`,
  `    at async load (/app/src/${family}/load.js:18:20)`,
  `    at async handle (/app/src/server.js:77:5)`,
]

type Writer = (random: Random, family: string, at: number) => readonly string[]

const fromApi: Writer = (random, family, at) => {
  const chance = random.next()
  const more = { route: pick(random, ROUTES), requestId: random.hex(12) }
  if (chance < 0.01) return [json('error', 'upstream timed out', { ...more, status: 504, ms: 5_000 }, { family, at })]
  if (chance < 0.04)
    return [json('warn', 'slow request', { ...more, status: 200, ms: 1_000 + random.below(900) }, { family, at })]
  return [json('info', 'request', { ...more, status: 200, ms: 3 + random.below(60) }, { family, at })]
}

const fromProxy: Writer = (random, _family, at) => [
  `[${new Date(at).toISOString()}] "${pick(random, ROUTES)} HTTP/1.1" 200 - 0 ${200 + random.below(4_000)} ${3 + random.below(60)}`,
]

const fromWorker: Writer = (random, family) => {
  const chance = random.next()
  if (chance < 0.01) return [`ERROR job failed: ${pick(random, JOBS)}`, ...trace(family)]
  if (chance < 0.04) return [`WARN  retrying ${pick(random, JOBS)}, attempt ${2 + random.below(3)}`]
  if (chance < 0.3) return ['INFO  queue is empty']
  return [`INFO  done ${pick(random, JOBS)} in ${5 + random.below(400)} ms`]
}

const writerOf = ({ container, family }: ContainerLife): Writer => {
  if (container === 'envoy') return fromProxy
  return /api|checkout|search|storefront/.test(family) ? fromApi : fromWorker
}

const FIRST = (family: string): readonly string[] => [
  `INFO  starting ${family}`,
  `INFO  connecting to postgres://${family}:correct-horse@db.internal:5432/${family}`,
  'INFO  listening on :8080',
]

/** The last lines of a container, written when the container exits or is stopped. */
const last = ({ exitCode, family }: ContainerLife): readonly string[] => {
  if (exitCode === 137) return ['WARN  heap is at 97% of its limit']
  if (exitCode === 1) return ['FATAL cannot start', ...trace(family)]
  return ['INFO  SIGTERM received, draining', 'INFO  stopped']
}

/** Returns the lines that a container writes at one time. All have the same millisecond. */
const written = (at: number, messages: readonly string[]): readonly Line[] => messages.map(message => ({ at, message }))

/**
 * The lines of one container in the minute that starts at `start` (epoch milliseconds): at most `perMinute` lines, plus the
 * first and last lines of the container. There are no lines if `perMinute` is 0.
 */
export const linesIn = (life: ContainerLife, start: number, perMinute: number): readonly Line[] => {
  const { stream, family, from, until = Number.POSITIVE_INFINITY } = life
  const end = start + MINUTE
  if (perMinute === 0 || end <= from || start > until) return []
  const random = createRandom(hashOf(`${stream} ${start}`))
  const write = writerOf(life)
  const usual = Array.from({ length: perMinute }, (_, n) => {
    const at = start + Math.floor(((n + random.next()) * MINUTE) / perMinute)
    return { at, messages: write(random, family, at) }
  })
  return [
    ...(from >= start && from < end ? written(from, FIRST(family)) : []),
    ...usual.filter(({ at }) => at > from && at < until).flatMap(({ at, messages }) => written(at, messages)),
    ...(until >= start && until < end ? written(until, last(life)) : []),
  ]
}
