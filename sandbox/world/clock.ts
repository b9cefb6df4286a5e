// World time, the time in the sandbox. World time runs at a multiple of real time, or stops until a test advances it.
// Containers read world time through shared memory.

export type Timer = { cancel(): void }

type Due = { readonly at: number; readonly order: number; readonly run: () => void }

/**
 * The slots of the shared memory: world time and real time at the last change (both in milliseconds), and the speed as
 * a factor.
 */
const WORLD = 0
const REAL = 1
const SPEED = 2

const realNow = () => performance.timeOrigin + performance.now()

export class Clock {
  /** The shared memory from which containers read world time: a change counter of 8 bytes, then three float64. */
  readonly shared = new SharedArrayBuffer(8 + 3 * 8)
  readonly #change = new Int32Array(this.shared, 0, 1)
  readonly #slots = new Float64Array(this.shared, 8, 3)
  #due: Due[] = []
  #order = 0
  #wake: NodeJS.Timeout | undefined
  #stopped = false

  /**
   * Creates a clock. `start`: epoch milliseconds. `speed`: world seconds per real second. With speed 0, world time changes
   * only when `advance` or `advanceTo` is called.
   */
  constructor({ start = Date.now(), speed = 1 }: { start?: number; speed?: number } = {}) {
    this.#anchor(start, speed)
  }

  #anchor(world: number, speed: number): void {
    Atomics.add(this.#change, 0, 1)
    this.#slots[WORLD] = world
    this.#slots[REAL] = realNow()
    this.#slots[SPEED] = speed
    Atomics.add(this.#change, 0, 1)
    this.#schedule()
  }

  get speed(): number {
    return this.#slots[SPEED] ?? 0
  }

  set speed(speed: number) {
    this.#anchor(this.now(), speed)
  }

  /** The current world time in whole epoch milliseconds. */
  now(): number {
    const [world = 0, real = 0, speed = 0] = this.#slots
    return Math.floor(world + (realNow() - real) * speed)
  }

  /** Calls `f` when world time reaches `time` (epoch milliseconds). If `time` is in the past, the next timer run calls `f`. */
  at(time: number, f: () => void): Timer {
    const due: Due = { at: time, order: this.#order++, run: f }
    this.#due.push(due)
    this.#due.sort((a, b) => a.at - b.at || a.order - b.order)
    this.#schedule()
    return {
      cancel: () => {
        this.#due = this.#due.filter(other => other !== due)
      },
    }
  }

  after(ms: number, f: () => void): Timer {
    return this.at(this.now() + ms, f)
  }

  /** The due time of the next timer in epoch milliseconds; undefined if there is no timer. */
  next(): number | undefined {
    return this.#due[0]?.at
  }

  /** Moves world time forward, and runs all timers that become due, in order. */
  advance(ms: number): void {
    this.advanceTo(this.now() + ms)
  }

  advanceTo(target: number): void {
    for (let first = this.#due[0]; first && first.at <= target; first = this.#due[0]) {
      this.#due.shift()
      if (first.at > this.now()) this.#anchor(first.at, this.speed)
      first.run()
    }
    if (target > this.now()) this.#anchor(target, this.speed)
  }

  #schedule(): void {
    clearTimeout(this.#wake)
    const next = this.next()
    if (this.#stopped || next === undefined || this.speed === 0) return
    const wait = Math.min(Math.max(0, (next - this.now()) / this.speed), 60_000)
    this.#wake = setTimeout(() => {
      this.advanceTo(this.now())
      this.#schedule()
    }, wait)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#wake)
    this.#due = []
  }
}
