// The functions of Lambda. Each bundle has a pool of containers. Invocations are synchronous, or asynchronous with Lambda's
// retries.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../world/clock.ts'
import { type Container, createContainer, type InvocationResult, type Place } from './container.ts'
import type { Warm } from './warm.ts'

export type FunctionSpec = {
  readonly name: string
  /** The absolute path of the built handler. */
  readonly file: string
  /**
   * The environment of a container. `warmEnv`: the environment with which the process of a warm container started. The process
   * keeps this environment.
   */
  readonly env: (container: string, warmEnv?: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly arn: string
  /** Whether the function is durable. A durable function is invoked only for executions. */
  readonly durable?: boolean
  /** The maximum duration of a durable execution; 366 days by default. */
  readonly executionTimeoutMs?: number
  /** The number of retries of a failed asynchronous event; two by default, as in Lambda. */
  readonly retries?: number
}

export type LogLine = {
  readonly at: number
  readonly function: string
  readonly container: string
  readonly line: string
}

/** The containers that run one bundle of a function, and the invocations that wait for one of these containers. */
type Pool = { readonly name: string; containers: readonly Container[]; readonly waiting: (() => void)[] }

/** The delays of the two retries in milliseconds: one and two minutes (Lambda developer guide, asynchronous invocation). */
const RETRY_AFTER_MS = [60_000, 120_000]
const MAX_CONTAINERS = 4

export class Functions {
  readonly #clock: Clock
  #specs: readonly FunctionSpec[]
  readonly #warm: Warm | undefined
  /** The pools by function and bundle. A container never runs the code of another version. */
  readonly #pools = new Map<string, Pool>()
  readonly #idleListeners = new Set<() => void>()
  /** The bundle of each container that was ever started here, by container id. */
  readonly bundles = new Map<string, string>()
  #inFlight = 0
  readonly logs: LogLine[] = []
  /** The names of functions that receive each asynchronous event twice. Lambda may do this: it delivers at least once. */
  deliversTwice: ReadonlySet<string> = new Set()

  constructor(clock: Clock, specs: readonly FunctionSpec[], warm?: Warm) {
    this.#warm = warm
    this.#clock = clock
    this.#specs = specs
  }

  /** Finds a function by its name, by its name with a qualifier, or by its ARN. */
  specOf(name: string): FunctionSpec | undefined {
    const bare = name.replace(/:[\w$-]+$/, '')
    return this.#specs.find(spec => spec.name === bare || spec.arn === name || spec.arn === bare)
  }

  /** Replaces the functions. Running invocations finish with the code that they started with. */
  deploy(specs: readonly FunctionSpec[]): void {
    this.#specs = specs
  }

  /** Invokes the function with the bundle in `spec`. The caller has chosen the version. */
  async run(spec: FunctionSpec, event: unknown): Promise<InvocationResult> {
    this.#inFlight += 1
    try {
      return await this.#runInPool(spec, event)
    } finally {
      this.#endOne()
    }
  }

  #endOne(): void {
    this.#inFlight -= 1
    if (this.#inFlight === 0) for (const listener of [...this.#idleListeners]) listener()
  }

  /** Invokes a function asynchronously. Each attempt uses the code that is deployed when the attempt starts. */
  invokeAsync(spec: FunctionSpec, event: unknown): void {
    this.#runAsync(spec, event, 0)
    if (this.deliversTwice.has(spec.name)) this.#runAsync(spec, event, 0)
  }

  kill(id: string): void {
    for (const container of this.#all()) if (container.id === id) container.kill()
  }

  /** Kills all containers of a function. */
  killAll(name: string): void {
    for (const pool of this.#pools.values())
      if (pool.name === name) for (const container of pool.containers) container.kill()
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Resolves when no invocation is running. */
  async idle(): Promise<void> {
    if (this.#inFlight === 0) return
    await new Promise<void>(resolve => {
      const listener = () => {
        this.#idleListeners.delete(listener)
        resolve()
      }
      this.#idleListeners.add(listener)
    })
  }

  stop(): void {
    for (const container of this.#all()) this.#warm === undefined ? container.kill() : this.#warm.keep(container)
  }

  #all(): readonly Container[] {
    return [...this.#pools.values()].flatMap(({ containers }) => containers)
  }

  #runAsync(spec: FunctionSpec, event: unknown, attempt: number): void {
    void this.run(this.specOf(spec.name) ?? spec, event).then(finished => {
      const pause = attempt < (spec.retries ?? RETRY_AFTER_MS.length) ? RETRY_AFTER_MS[attempt] : undefined
      if ('error' in finished && pause !== undefined)
        this.#clock.after(pause, () => this.#runAsync(spec, event, attempt + 1))
    })
  }

  /**
   * Finds a free container and starts the event. There is no await between the two, so no other invocation can use the container.
   */
  async #runInPool(spec: FunctionSpec, event: unknown): Promise<InvocationResult> {
    const pool = this.#poolOf(spec)
    for (;;) {
      const container = this.#freeIn(pool, spec)
      if (container !== undefined) {
        const context = { awsRequestId: randomUUID(), timeoutMs: spec.timeoutMs, arn: spec.arn }
        const finished = await container.run(event, context)
        pool.waiting.shift()?.()
        return finished
      }
      await new Promise<void>(resolve => pool.waiting.push(resolve))
    }
  }

  #poolOf({ name, file }: FunctionSpec): Pool {
    const key = `${name} ${file}`
    const pool = this.#pools.get(key) ?? { name, containers: [], waiting: [] }
    this.#pools.set(key, pool)
    return pool
  }

  #freeIn(pool: Pool, spec: FunctionSpec): Container | undefined {
    const alive = pool.containers.filter(container => !container.isDead())
    pool.containers = alive
    const free = alive.find(container => !container.isBusy())
    if (free !== undefined || alive.length >= MAX_CONTAINERS) return free
    const started = this.#start(spec)
    pool.containers = [...alive, started]
    return started
  }

  #start(spec: FunctionSpec): Container {
    const id = `${spec.name}-${this.bundles.size + 1}`
    this.bundles.set(id, spec.file)
    const log = (line: string) => this.logs.push({ at: this.#clock.now(), function: spec.name, container: id, line })
    const onSleep = (isAsleep: boolean) => {
      if (isAsleep) this.#endOne()
      else this.#inFlight += 1
    }
    const place = { id, clock: this.#clock, log, onSleep }
    return this.#takeWarm(place, spec) ?? createContainer({ ...place, file: spec.file, env: spec.env(id) })
  }

  #takeWarm(place: Place, spec: FunctionSpec): Container | undefined {
    const container = this.#warm?.take(spec.file)
    if (container === undefined) return undefined
    spec.env(place.id, container.env)
    container.move(place)
    return container
  }
}
