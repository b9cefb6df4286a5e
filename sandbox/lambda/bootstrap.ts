// What runs inside a container: the world's time in place of the machine's, then the built handler, one event at a time.
import { parentPort, workerData } from 'node:worker_threads'

type Start = { readonly file: string; readonly clock: SharedArrayBuffer }
/** To another world, in its time. */
type Move = { readonly clock: SharedArrayBuffer }
type Event = {
  readonly id: number
  readonly event: unknown
  readonly context: { readonly awsRequestId: string; readonly deadline: number; readonly arn: string }
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

const describe = (error: unknown) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: 'Error', errorMessage: String(error), trace: [] }

const loading = import(file).then(
  module => (module.handler ?? module.default?.handler) as (event: unknown, context: unknown) => unknown,
)

parentPort?.on('message', async (message: Event | Move) => {
  if ('clock' in message) {
    time = timeOf(message.clock)
    return
  }
  const { id, event, context } = message
  try {
    const handler = await loading
    const result = await handler(event, {
      awsRequestId: context.awsRequestId,
      invokedFunctionArn: context.arn,
      functionVersion: '1',
      getRemainingTimeInMillis: () => context.deadline - (performance.timeOrigin + performance.now()),
    })
    // As Lambda does: what is not JSON does not leave.
    parentPort?.postMessage({ id, result: result === undefined ? 'null' : JSON.stringify(result) })
  } catch (error) {
    parentPort?.postMessage({ id, error: describe(error) })
  }
})
