// Lambda's functions: a pool of containers each, synchronous and asynchronous invocations with Lambda's retries.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../world/clock.ts'
import { type Container, createContainer, type Finished, type Place } from './container.ts'
import type { Warm } from './warm.ts'

export type FunctionSpec = {
  readonly name: string
  /** Absolute path of the built handler. */
  readonly file: string
  /** `held`: what a warm container's process was started with, and goes on holding. */
  readonly env: (container: string, held?: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly arn: string
  /** Durable: invoked through executions, never by itself. */
  readonly durable?: boolean
  /** How long a durable execution may last: 366 days without it. */
  readonly executionTimeoutMs?: number
  /** How often an asynchronous event is tried again; twice without it, as Lambda does. */
  readonly retries?: number
}

export type LogLine = {
  readonly at: number
  readonly function: string
  readonly container: string
  readonly line: string
}

/** Two retries, one and two minutes later (Lambda developer guide, asynchronous invocation). */
const RETRY_AFTER_MS = [60_000, 120_000]
const MOST_CONTAINERS = 4

export class Functions {
  readonly #clock: Clock
  readonly #specs: readonly FunctionSpec[]
  readonly #warm: Warm | undefined
  readonly #pools = new Map<string, Container[]>()
  readonly #waiting = new Map<string, (() => void)[]>()
  readonly #idleListeners = new Set<() => void>()
  #containers = 0
  #inFlight = 0
  readonly logs: LogLine[] = []
  /** Lambda delivers at least once: the functions named here get every asynchronous event twice. */
  deliversTwice: ReadonlySet<string> = new Set()

  constructor(clock: Clock, specs: readonly FunctionSpec[], warm?: Warm) {
    this.#warm = warm
    this.#clock = clock
    this.#specs = specs
  }

  /** By name, by name with a qualifier, or by ARN. */
  specOf(name: string): FunctionSpec | undefined {
    const bare = name.replace(/:[\w$-]+$/, '')
    return this.#specs.find(spec => spec.name === bare || spec.arn === name || spec.arn === bare)
  }

  async run(spec: FunctionSpec, event: unknown): Promise<Finished> {
    this.#inFlight += 1
    try {
      return await this.#runFree(spec, event)
    } finally {
      this.#rest()
    }
  }

  /** One less that the world has to wait for. */
  #rest(): void {
    this.#inFlight -= 1
    if (this.#inFlight === 0) for (const listener of [...this.#idleListeners]) listener()
  }

  invokeAsync(spec: FunctionSpec, event: unknown): void {
    this.#runAsync(spec, event, 0)
    if (this.deliversTwice.has(spec.name)) this.#runAsync(spec, event, 0)
  }

  kill(id: string): void {
    for (const container of this.#all()) if (container.id === id) container.kill()
  }

  /** Every container of a function. */
  killAll(name: string): void {
    for (const container of this.#pools.get(name) ?? []) container.kill()
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Resolves when no invocation is under way. */
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
    return [...this.#pools.values()].flat()
  }

  #runAsync(spec: FunctionSpec, event: unknown, attempt: number): void {
    void this.run(spec, event).then(finished => {
      const wait = attempt < (spec.retries ?? RETRY_AFTER_MS.length) ? RETRY_AFTER_MS[attempt] : undefined
      if ('error' in finished && wait !== undefined)
        this.#clock.after(wait, () => this.#runAsync(spec, event, attempt + 1))
    })
  }

  /** Finding a free container and giving it the event is one turn: nobody else can take it in between. */
  async #runFree(spec: FunctionSpec, event: unknown): Promise<Finished> {
    for (;;) {
      const container = this.#free(spec)
      if (container !== undefined) {
        const context = { awsRequestId: randomUUID(), timeoutMs: spec.timeoutMs, arn: spec.arn }
        const finished = await container.run(event, context)
        this.#release(spec.name)
        return finished
      }
      await new Promise<void>(resolve => {
        this.#waiting.set(spec.name, [...(this.#waiting.get(spec.name) ?? []), resolve])
      })
    }
  }

  #free(spec: FunctionSpec): Container | undefined {
    const pool = (this.#pools.get(spec.name) ?? []).filter(container => !container.isDead())
    this.#pools.set(spec.name, pool)
    const free = pool.find(container => !container.isBusy())
    return free ?? (pool.length < MOST_CONTAINERS ? this.#start(spec, pool) : undefined)
  }

  #start(spec: FunctionSpec, pool: Container[]): Container {
    this.#containers += 1
    const id = `${spec.name}-${this.#containers}`
    const log = (line: string) => this.logs.push({ at: this.#clock.now(), function: spec.name, container: id, line })
    const rests = (isAsleep: boolean) => {
      if (isAsleep) this.#rest()
      else this.#inFlight += 1
    }
    const place = { id, clock: this.#clock, log, rests }
    const container = this.#moved(place, spec) ?? createContainer({ ...place, file: spec.file, env: spec.env(id) })
    pool.push(container)
    return container
  }

  #moved(place: Place, spec: FunctionSpec): Container | undefined {
    const container = this.#warm?.take(spec.file)
    if (container === undefined) return undefined
    spec.env(place.id, container.env)
    container.move(place)
    return container
  }

  #release(name: string): void {
    const [next, ...others] = this.#waiting.get(name) ?? []
    this.#waiting.set(name, others)
    next?.()
  }
}
