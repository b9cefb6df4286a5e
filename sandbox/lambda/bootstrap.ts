// What runs inside a container: the world's time in place of the machine's, then the built handler, one event at a time.
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

type Start = { readonly file: string; readonly clock: SharedArrayBuffer }
/** To another world, in its time. */
type Move = { readonly clock: SharedArrayBuffer }
/** A sleep of `node:timers/promises` is over. */
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

/** World time: see sandbox/world/clock.ts. Reads again when the clock was moved in the middle. */
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

/** Sleeps last as long as the world says, and while it sleeps a container is at rest. SDKs have timers of their own kind. */
const sleeping = new Map<number, () => void>()
let sleeps = 0
timers.setTimeout = (<T>(ms = 0, value?: T) =>
  new Promise<T | undefined>(resolve => {
    sleeps += 1
    sleeping.set(sleeps, () => resolve(value))
    parentPort?.postMessage({ sleep: sleeps, ms })
  })) as typeof timers.setTimeout
syncBuiltinESMExports()

/** SDKs wait between attempts with `new Promise(resolve => setTimeout(resolve, ms))`: a clock that stands still has no use for it. */
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

const handle = async ({ id, event, context }: Event): Promise<void> => {
  try {
    const handler = await loading
    const result = await handler(event, {
      awsRequestId: context.awsRequestId,
      invokedFunctionArn: context.arn,
      functionVersion: context.arn.split(':')[7] ?? '$LATEST',
      // Where the world's time stands still but for leaps, the machine's says nothing.
      getRemainingTimeInMillis: () =>
        time.slots[2] === 0
          ? context.worldDeadline - worldNow()
          : context.deadline - (performance.timeOrigin + performance.now()),
    })
    // As Lambda does: what is not JSON does not leave.
    parentPort?.postMessage({ id, result: result === undefined ? 'null' : JSON.stringify(result) })
  } catch (error) {
    parentPort?.postMessage({ id, error: describe(error) })
  }
}
