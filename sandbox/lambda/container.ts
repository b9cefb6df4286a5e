// One Lambda container: a worker thread with its own environment and with world time. It handles one event at a time. It can be
// killed at any moment.
import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../world/clock.ts'

export type FunctionError = {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace: readonly string[]
}
/** The result of an invocation. `result`: JSON text. */
export type InvocationResult = { readonly result: string } | { readonly error: FunctionError }

/** What a container needs from the sandbox that it runs in: its id in this sandbox, the clock, and the log. */
export type Place = {
  readonly id: string
  readonly clock: Clock
  /** Called with each line that the handler prints. */
  readonly log: (line: string) => void
  /** Called when the container starts to sleep in world time, and when all its sleeps have ended. */
  readonly onSleep: (isAsleep: boolean) => void
}

export type Container = {
  readonly id: string
  /** The absolute path of the built handler. */
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  /** Moves the warm container to another sandbox. */
  readonly move: (place: Place) => void
  readonly isBusy: () => boolean
  readonly isDead: () => boolean
  readonly run: (
    event: unknown,
    context: { readonly awsRequestId: string; readonly timeoutMs: number; readonly arn: string },
  ) => Promise<InvocationResult>
  readonly kill: () => void
}

export type ContainerOptions = Place & Pick<Container, 'file' | 'env'>

const KILLED: InvocationResult = {
  error: { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: signal: killed', trace: [] },
}

const timedOut = (timeoutMs: number): InvocationResult => ({
  error: {
    errorType: 'Sandbox.Timedout',
    errorMessage: `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
    trace: [],
  },
})

/** Tracks the sleeps of one container in world time. The sandbox does not wait for a container that sleeps. */
const createSleeps = (place: () => Place) => {
  const asleep = new Set<Timer>()
  const change = (make: () => void) => {
    const before = asleep.size > 0
    make()
    if (asleep.size > 0 !== before) place().onSleep(!before)
  }
  return {
    begin: (ms: number, wake: () => void) => {
      const timer = place().clock.after(ms, () => {
        change(() => asleep.delete(timer))
        wake()
      })
      change(() => asleep.add(timer))
    },
    over: () =>
      change(() => {
        for (const timer of asleep) timer.cancel()
        asleep.clear()
      }),
  }
}

export const createContainer = ({ file, env, ...first }: ContainerOptions): Container => {
  let place: Place = first
  const worker = new Worker(new URL('./bootstrap.ts', import.meta.url), {
    workerData: { file, clock: first.clock.shared },
    env: { ...env },
    stdout: true,
    stderr: true,
    execArgv: [],
  })
  const print = (chunk: Buffer) => {
    for (const line of chunk.toString('utf8').split('\n')) if (line !== '') place.log(line)
  }
  worker.stdout.on('data', print)
  worker.stderr.on('data', print)
  worker.on('error', error =>
    place.log(`crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  )
  let dead = false
  let events = 0
  let deadline: () => unknown = () => undefined
  let end: ((finished: InvocationResult) => void) | undefined
  const sleeps = createSleeps(() => place)
  const finish = (finished: InvocationResult) => {
    sleeps.over()
    end?.(finished)
    end = undefined
  }
  const sleep = (nth: number, ms: number) => {
    if (end === undefined) return
    sleeps.begin(ms, () => {
      deadline()
      worker.postMessage({ wake: nth })
    })
  }
  worker.on('message', (message: (InvocationResult & { id: number }) | { sleep: number; ms: number }) => {
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
    get id() {
      return place.id
    },
    file,
    env,
    move: next => {
      place = next
      worker.postMessage({ clock: next.clock.shared })
    },
    isBusy: () => end !== undefined,
    isDead: () => dead,
    kill,
    run: (event, { awsRequestId, timeoutMs, arn }) =>
      new Promise(resolve => {
        events += 1
        const timeOut = () => {
          finish(timedOut(timeoutMs))
          kill()
        }
        const timer = setTimeout(timeOut, timeoutMs)
        const { clock } = place
        const worldDeadline = clock.now() + timeoutMs
        // While the clock is stopped, world time reaches this deadline only when the container sleeps. All other work is limited
        // by the timer above, in the machine's time.
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
