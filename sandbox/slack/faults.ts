// Fault injection for Slack: the next calls of a method fail in a given way.

export type Effect =
  | { readonly kind: 'ratelimited'; readonly retryAfter: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'error'; readonly error: string }
  /** The connection breaks before Slack executes the call. */
  | { readonly kind: 'drop' }
  /** Slack executes the call, but its answer is lost. */
  | { readonly kind: 'lose' }

/** A fault. `method`: a Web API method, `response_url`, `upload`, or `*` for all. `times`: how many calls fail; 1 by default. */
export type Fault = { readonly method: string; readonly effect: Effect; readonly times?: number }

export type Faults = {
  add(fault: Fault): void
  clear(): void
  /** Returns the effect of a fault on this call, if there is one. The call counts as one use of the fault. */
  take(method: string): Effect | undefined
}

export const createFaults = (): Faults => {
  let waiting: { method: string; effect: Effect; left: number }[] = []
  return {
    add: ({ method, effect, times = 1 }) => void waiting.push({ method, effect, left: times }),
    clear: () => {
      waiting = []
    },
    take: method => {
      const fault = waiting.find(fault => fault.left > 0 && (fault.method === method || fault.method === '*'))
      if (!fault) return undefined
      fault.left--
      waiting = waiting.filter(fault => fault.left > 0)
      return fault.effect
    },
  }
}
