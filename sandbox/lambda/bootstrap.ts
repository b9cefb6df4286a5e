// Runs inside a Lambda container. Replaces the machine's time with world time, then runs the built handler for one event at a
// time.
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

type Start = { readonly file: string; readonly clock: SharedArrayBuffer }
/** A message after which the container uses the clock of another sandbox. */
type Move = { readonly clock: SharedArrayBuffer }
/** A message that a sleep of `node:timers/promises` has ended. `wake`: the number of the sleep. */
type Wake = { readonly wake: number }
type Event = {
  readonly id: number
  readonly event: unknown
  readonly context: {
    readonly awsRequestId: string
    readonly deadline: number
    readonly worldDeadline: number
    readonly arn: string
  }
}

const { file, clock } = workerData as Start
const timeOf = (shared: SharedArrayBuffer) => ({
  change: new Int32Array(shared, 0, 1),
  slots: new Float64Array(shared, 8, 3),
})
let time = timeOf(clock)
const RealDate = Date

/** Returns world time (see sandbox/world/clock.ts). Reads it again if the clock changed during the read. */
const worldNow = (): number => {
  for (;;) {
    const { change, slots } = time
    const before = Atomics.load(change, 0)
    const [world = 0, real = 0, speed = 0] = slots
    if (before % 2 === 0 && Atomics.load(change, 0) === before) {
      return Math.floor(world + (performance.timeOrigin + performance.now() - real) * speed)
    }
  }
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [worldNow()] : args, newTarget) as object,
  apply: () => new RealDate(worldNow()).toString(),
  get: (target, key) => (key === 'now' ? worldNow : Reflect.get(target, key)),
})

/**
 * The sleeps of `node:timers/promises` that have not ended. They end in world time, and a sleeping container counts as idle. This
 * does not affect the SDKs, which use other timers.
 */
const sleeping = new Map<number, () => void>()
let sleeps = 0
timers.setTimeout = (<T>(ms = 0, value?: T) =>
  new Promise<T | undefined>(resolve => {
    sleeps += 1
    sleeping.set(sleeps, () => resolve(value))
    parentPort?.postMessage({ sleep: sleeps, ms })
  })) as typeof timers.setTimeout
syncBuiltinESMExports()

/**
 * Skips the waits of the SDKs between attempts while the clock is stopped. The SDKs wait with
 * `new Promise(resolve => setTimeout(resolve, ms))`, so the callback of such a wait is a native function.
 */
const realTimeout = globalThis.setTimeout
const isResolve = (f: unknown): boolean =>
  typeof f === 'function' && f.name === '' && Function.prototype.toString.call(f).includes('[native code]')
globalThis.setTimeout = Object.assign(
  (f: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
    realTimeout(f, time.slots[2] === 0 && isResolve(f) ? 0 : ms, ...args),
  realTimeout,
) as typeof globalThis.setTimeout

const wake = (nth: number): void => {
  sleeping.get(nth)?.()
  sleeping.delete(nth)
}

const describe = (error: unknown) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: 'Error', errorMessage: String(error), trace: [] }

const loading = import(file).then(
  module => (module.handler ?? module.default?.handler) as (event: unknown, context: unknown) => unknown,
)

parentPort?.on('message', (message: Event | Move | Wake) => {
  if ('wake' in message) wake(message.wake)
  else if ('clock' in message) time = timeOf(message.clock)
  else void handle(message)
})

/** Waits until all printed text has been passed on. An invocation must not end before its log lines have arrived. */
const flush = async (): Promise<void> => {
  for (const stream of [process.stdout, process.stderr])
    if (stream.writableLength > 0) await new Promise<void>(resolve => stream.write('', () => resolve()))
}

const handle = async ({ id, event, context }: Event): Promise<void> => {
  try {
    const handler = await loading
    const result = await handler(event, {
      awsRequestId: context.awsRequestId,
      invokedFunctionArn: context.arn,
      functionVersion: context.arn.split(':')[7] ?? '$LATEST',
      // While the clock is stopped, world time moves only in jumps, so the remaining time is computed from world time.
      getRemainingTimeInMillis: () =>
        time.slots[2] === 0
          ? context.worldDeadline - worldNow()
          : context.deadline - (performance.timeOrigin + performance.now()),
    })
    // As in Lambda, the part of a result that cannot be written as JSON is lost.
    const text = result === undefined ? 'null' : JSON.stringify(result)
    await flush()
    parentPort?.postMessage({ id, result: text })
  } catch (error) {
    await flush()
    parentPort?.postMessage({ id, error: describe(error) })
  }
}
