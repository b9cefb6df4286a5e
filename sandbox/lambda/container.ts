// One Lambda container: a worker thread with its own environment and the world's time. It starts cold, handles one event
// after another, and can be killed at any moment.
import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../world/clock.ts'

export type FunctionError = {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace: readonly string[]
}
/** `result` is JSON text. */
export type Finished = { readonly result: string } | { readonly error: FunctionError }

export type Container = {
  readonly id: string
  readonly isBusy: () => boolean
  readonly isDead: () => boolean
  readonly run: (
    event: unknown,
    context: { readonly awsRequestId: string; readonly timeoutMs: number; readonly arn: string },
  ) => Promise<Finished>
  readonly kill: () => void
}

export type ContainerOptions = {
  readonly id: string
  /** Absolute path of the built handler. */
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  readonly clock: Clock
  /** Each line that the handler prints. */
  readonly log: (line: string) => void
  /** It sleeps until some time of the world, or no longer does. */
  readonly rests: (isAsleep: boolean) => void
}

const KILLED: Finished = {
  error: { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: signal: killed', trace: [] },
}

export const createContainer = ({ id, file, env, clock, log, rests }: ContainerOptions): Container => {
  const worker = new Worker(new URL('./bootstrap.ts', import.meta.url), {
    workerData: { file, clock: clock.shared },
    env: { ...env },
    stdout: true,
    stderr: true,
    execArgv: [],
  })
  const print = (chunk: Buffer) => {
    for (const line of chunk.toString('utf8').split('\n')) if (line !== '') log(line)
  }
  worker.stdout.on('data', print)
  worker.stderr.on('data', print)
  worker.on('error', error =>
    log(`crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  )
  let dead = false
  let events = 0
  let deadline: () => unknown = () => undefined
  let end: ((finished: Finished) => void) | undefined
  const asleep = new Set<Timer>()
  const rest = (change: () => void) => {
    const before = asleep.size > 0
    change()
    if (asleep.size > 0 !== before) rests(!before)
  }
  const finish = (finished: Finished) => {
    rest(() => {
      for (const timer of asleep) timer.cancel()
      asleep.clear()
    })
    end?.(finished)
    end = undefined
  }
  const sleep = (nth: number, ms: number) => {
    if (end === undefined) return
    const timer = clock.after(ms, () => {
      rest(() => asleep.delete(timer))
      deadline()
      worker.postMessage({ wake: nth })
    })
    rest(() => asleep.add(timer))
  }
  worker.on('message', (message: (Finished & { id: number }) | { sleep: number; ms: number }) => {
    if ('sleep' in message) return sleep(message.sleep, message.ms)
    const { id: of, ...finished } = message
    if (of === events) finish(finished)
  })
  worker.on('exit', () => {
    dead = true
    finish(KILLED)
  })
  const kill = () => {
    dead = true
    finish(KILLED)
    void worker.terminate()
  }
  return {
    id,
    isBusy: () => end !== undefined,
    isDead: () => dead,
    kill,
    run: (event, { awsRequestId, timeoutMs, arn }) =>
      new Promise(resolve => {
        events += 1
        const timeOut = () => {
          finish({
            error: {
              errorType: 'Sandbox.Timedout',
              errorMessage: `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
              trace: [],
            },
          })
          kill()
        }
        const timer = setTimeout(timeOut, timeoutMs)
        const worldDeadline = clock.now() + timeoutMs
        // Of the world's time only sleep counts: whatever else takes time, takes the machine's.
        deadline = () => clock.speed === 0 && clock.now() >= worldDeadline && timeOut()
        end = finished => {
          clearTimeout(timer)
          resolve(finished)
        }
        if (dead) return finish(KILLED)
        const realDeadline = performance.timeOrigin + performance.now() + timeoutMs
        worker.postMessage({ id: events, event, context: { awsRequestId, deadline: realDeadline, worldDeadline, arn } })
      }),
  }
}
