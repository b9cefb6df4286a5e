// Failures that a test or a person asks for: the next calls of a method go wrong in a chosen way.

export type Effect =
  | { readonly kind: 'ratelimited'; readonly retryAfter: number }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'error'; readonly error: string }
  /** The connection breaks before Slack did anything. */
  | { readonly kind: 'drop' }
  /** Slack did it, but the answer is lost. */
  | { readonly kind: 'lose' }

/** `method` is a Web API method, `response_url`, `upload`, or `*`. `times` is 1 unless given. */
export type Fault = { readonly method: string; readonly effect: Effect; readonly times?: number }

export type Faults = {
  add(fault: Fault): void
  clear(): void
  /** The effect on this call, which uses it up. */
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
