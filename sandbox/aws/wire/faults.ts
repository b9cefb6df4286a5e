// Fault injection. Rules lose, replace, delay or block the answer to a call, or kill the caller.

type Effect =
  | { readonly kind: 'drop' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly status?: number }
  | { readonly kind: 'throttle' }
  | { readonly kind: 'kill' }
  /** Delays the answer. `ms`: milliseconds of world time. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Blocks the call until the rule is released or removed. */
  | { readonly kind: 'hold' }

export type Fault = {
  readonly id: string
  readonly match: {
    readonly service?: string
    readonly action?: string
    readonly region?: string
    /** The AWS account of the caller's role. */
    readonly account?: string
    readonly container?: string
    /** The rule matches calls from any container of this Lambda function. */
    readonly function?: string
    /** The first matching call to which the rule applies, counted from 1; 1 by default. */
    readonly nth?: number
  }
  /** 'before': the fault replaces the operation. 'after': the operation is executed, and then its answer is changed. */
  readonly when: 'before' | 'after'
  readonly effect: Effect
  /** The number of matching calls to which the rule applies. */
  readonly times: number
}

export type NewFault = Omit<Fault, 'id' | 'times'> & { readonly id?: string; readonly times?: number }

type FaultRule = { readonly fault: Fault; seen: number; hits: number; blocked: (() => void)[] }
type Subject = {
  readonly service: string
  readonly action: string
  readonly region?: string
  readonly caller: { readonly account?: string; readonly container?: string }
}

const fits = ({ match }: Fault, call: Subject) =>
  (match.service ?? call.service) === call.service &&
  (match.action ?? call.action) === call.action &&
  (match.region ?? call.region) === call.region &&
  (match.account ?? call.caller.account) === call.caller.account &&
  (match.container ?? call.caller.container) === call.caller.container &&
  (match.function === undefined || call.caller.container?.replace(/-\d+$/, '') === match.function)

export type Faults = ReturnType<typeof createFaults>

export const createFaults = () => {
  const rules = new Map<string, FaultRule>()
  let next = 1

  const release = (id: string): boolean => {
    const blocked = rules.get(id)?.blocked.splice(0) ?? []
    for (const go of blocked) go()
    return blocked.length > 0
  }

  const fires = (armed: FaultRule, call: Subject, when: Fault['when']): boolean => {
    if (armed.fault.when !== when || !fits(armed.fault, call)) return false
    armed.seen += 1
    const first = armed.fault.match.nth ?? 1
    return armed.seen >= first && armed.seen < first + armed.fault.times
  }

  return {
    add: (fault: NewFault): Fault => {
      const added: Fault = { ...fault, id: fault.id ?? `fault-${next++}`, times: fault.times ?? 1 }
      rules.set(added.id, { fault: added, seen: 0, hits: 0, blocked: [] })
      return added
    },
    remove: (id: string): boolean => {
      release(id)
      return rules.delete(id)
    },
    list: (): readonly (Fault & { readonly hits: number })[] =>
      [...rules.values()].map(({ fault, hits }) => ({ ...fault, hits })),
    /** The number of times that the rule was applied. */
    hits: (id: string): number => rules.get(id)?.hits ?? 0,
    clear: (): void => {
      for (const id of rules.keys()) release(id)
      rules.clear()
    },
    /** Releases the calls that a fault of kind 'hold' blocks. */
    release,
    /** Returns the rule that applies to this call now; undefined if there is none. Counts the call as a match. */
    take: (call: Subject, when: Fault['when']): Fault | undefined => {
      let applied: FaultRule | undefined
      for (const armed of rules.values()) if (fires(armed, call, when)) applied ??= armed
      if (applied) applied.hits += 1
      return applied?.fault
    },
    hold: (id: string): Promise<void> =>
      new Promise(go => {
        const armed = rules.get(id)
        if (armed) armed.blocked.push(go)
        else go()
      }),
  }
}
