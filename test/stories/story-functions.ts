// Lambda in this process: asynchronous invocations with its retries, counted, so that a test can wait until all is quiet.
import type { InvocationResult } from '../../sandbox/lambda/container.ts'
import type { Clock } from '../../sandbox/world/clock.ts'

/** What the functions write into their logs, a line each: it is no part of a test's output. */
let printed: string[] = []
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream)
  stream.write = ((text: string | Uint8Array, ...more: []) => {
    if (typeof text !== 'string' || !text.startsWith('{"level":')) return write(text, ...more)
    printed.push(text)
    return true
  }) as typeof stream.write
}

export type Handler = (event: unknown) => Promise<unknown>

/** Lambda developer guide, asynchronous invocation: two retries, one and two minutes later. */
const RETRY_AFTER_MS = [60_000, 120_000]

export type StoryFunctions = ReturnType<typeof createStoryFunctions>

/** `handlers`: by the function's name. Queries are not tried again, as infra/hub-stack.ts has it. */
export const createStoryFunctions = (clock: Clock, handlers: ReadonlyMap<string, Handler>) => {
  const idleListeners = new Set<() => void>()
  printed = []
  const due = new Set<string>()
  let inFlight = 0
  const rest = (): void => {
    inFlight -= 1
    if (inFlight === 0) for (const listener of [...idleListeners]) listener()
  }

  const run = async (name: string, event: unknown): Promise<InvocationResult> => {
    inFlight += 1
    try {
      // As from one machine to another: nothing of it is shared, and it takes its time.
      const sent = JSON.parse(JSON.stringify(event)) as unknown
      await new Promise(resolve => setImmediate(resolve))
      const answer = await handlers.get(name)?.(sent)
      return { result: JSON.stringify(answer ?? null) }
    } catch (error) {
      const { name: errorType, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
      return { error: { errorType, errorMessage: message, trace: [] } }
    } finally {
      rest()
    }
  }

  const attempt = (name: string, event: unknown, retry: number): void =>
    void run(name, event).then(finished => {
      const wait = name === 'quarterdeck-query' ? undefined : RETRY_AFTER_MS[retry]
      if ('error' in finished && wait !== undefined) clock.after(wait, () => attempt(name, event, retry + 1))
    })

  const functions = {
    logs: printed,
    /** Lambda delivers at least once: the functions named here get every asynchronous event twice. */
    deliversTwice: new Set<string>() as ReadonlySet<string>,
    run,
    invokeAsync: (name: string, event: unknown): void => {
      attempt(name, event, 0)
      if (functions.deliversTwice.has(name)) attempt(name, event, 0)
    },
    /** When that time has come; the same event for the same function, asked for again meanwhile, is one. */
    invokeOnce: (name: string, event: object, at: number): void => {
      const key = `${name} ${JSON.stringify(event)}`
      if (due.has(key)) return
      due.add(key)
      clock.at(at, () => {
        due.delete(key)
        functions.invokeAsync(name, event)
      })
    },
    get inFlight(): number {
      return inFlight
    },
    /** Resolves when no invocation is under way. */
    idle: async (): Promise<void> => {
      if (inFlight === 0) return
      await new Promise<void>(resolve => {
        const listener = () => {
          idleListeners.delete(listener)
          resolve()
        }
        idleListeners.add(listener)
      })
    },
    /** An invocation that waits for the clock; nobody waits for it meanwhile. */
    pause: (ms: number): Promise<void> =>
      new Promise(resolve => {
        rest()
        clock.after(ms, () => {
          inFlight += 1
          resolve()
        })
      }),
  }
  return functions
}
