// The durable engine as the operation uses it: steps whose results are JSON by type and whose retries are bounded.
// Facts: a default step may run twice when the function dies after its effect, so what is in it can be repeated; AWS ends an
// execution whose step gives back too much.
import { type DurableContext, StepSemantics } from '@aws/durable-execution-sdk-js'
import { PeerError } from './errors.ts'
import type { Json } from './json.ts'
import { bounded } from './step-bounds.ts'

const MOST_ATTEMPTS = 8

/** Only a peer's passing fault is worth another try: 1 s, 2 s, … 60 s, about three minutes in all. */
export const patience = (error: Error, attempt: number) =>
  error instanceof PeerError && error.passing && attempt < MOST_ATTEMPTS
    ? { shouldRetry: true, delay: { seconds: Math.min(2 ** (attempt - 1), 60) } }
    : { shouldRetry: false }

export const step = <T extends Json>(ctx: DurableContext, name: string, run: () => Promise<T>): Promise<T> =>
  ctx.step(name, bounded(run), { retryStrategy: patience })

const TIRELESS_MINUTES = [1, 1, 2, 5, 10, 20, 30, 60] as const
/** About four days. */
const MOST_TIRELESS = 100

/** What must not be given up: after a step's own patience it is tried again, less and less often. */
export const tireless = async <T extends Json>(
  ctx: DurableContext,
  name: string,
  run: () => Promise<T>,
): Promise<T> => {
  for (let number = 1; ; number += 1) {
    const nth = number === 1 ? name : `${name}, ${number}`
    try {
      return await step(ctx, nth, run)
    } catch (error) {
      if (number === MOST_TIRELESS) throw error
      await ctx.wait(`${nth}: wait`, { minutes: TIRELESS_MINUTES[number - 1] ?? 60 })
    }
  }
}

export type Sent<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'interrupted' }

/** Runs at most once, whatever dies: begun is written before, and who finds it begun but not ended does not begin again. */
export const once = async <T extends Json>(
  ctx: DurableContext,
  name: string,
  run: () => Promise<T>,
): Promise<Sent<T>> => {
  try {
    const value = await ctx.step(name, bounded(run), {
      semantics: StepSemantics.AtMostOncePerRetry,
      retryStrategy: () => ({ shouldRetry: false }),
    })
    return { kind: 'done', value }
  } catch {
    return { kind: 'interrupted' }
  }
}

/** Asks again and again, 5 s apart at first and 30 s later, until `isOver`; each answer replaces the one before. */
export const watch = <T extends Json>(
  ctx: DurableContext,
  name: string,
  first: T,
  look: (last: T) => Promise<T>,
  isOver: (state: T) => boolean,
): Promise<T> =>
  ctx.waitForCondition(name, bounded(look), {
    initialState: first,
    waitStrategy: (state, attempt) =>
      isOver(state)
        ? { shouldContinue: false }
        : { shouldContinue: true, delay: { seconds: Math.min(5 + 2 * attempt, 30) } },
  })
