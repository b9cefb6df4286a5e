// The durable engine as the operation uses it: steps whose results are JSON by type and whose retries are bounded.
// Facts: a default step may run twice when the function dies after its effect, so what is in it can be repeated; AWS ends an
// execution whose step gives back too much.
import { type DurableContext, StepSemantics } from '@aws/durable-execution-sdk-js'
import { RemoteError } from '../../model/errors.ts'
import type { Json } from '../../model/json.ts'
import { bounded } from './step-bounds.ts'

const MOST_ATTEMPTS = 8

/** Only a peer's passing fault is worth another try: 1 s, 2 s, … 60 s, about three minutes in all. */
export const patience = (error: Error, attempt: number) =>
  error instanceof RemoteError && error.passing && attempt < MOST_ATTEMPTS
    ? { shouldRetry: true, delay: { seconds: Math.min(2 ** (attempt - 1), 60) } }
    : { shouldRetry: false }

export const step = <T extends Json>(ctx: DurableContext, name: string, run: () => Promise<T>): Promise<T> =>
  ctx.step(name, bounded(run), { retryStrategy: patience })

const TIRELESS_MINUTES = [1, 1, 2, 5, 10, 20, 30, 60] as const
/** Of everything together: as one trouble, it is over after about four days. */
const MOST_TIRELESS = 100
const MOST_QUICK = 4

const quickly = (error: Error, attempt: number) =>
  attempt < MOST_QUICK ? patience(error, attempt) : ({ shouldRetry: false } as const)
const never = () => ({ shouldRetry: false }) as const

export type Tireless = <T extends Json>(name: string, run: () => Promise<T>) => Promise<T>

/**
 * What must not be given up: it is tried again, less and less often. All tries of one execution are counted together, since
 * each costs operations, of which AWS allows 3,000.
 */
export const createTireless = (ctx: DurableContext): Tireless => {
  let left = MOST_TIRELESS
  return async (name, run) => {
    for (let number = 1; ; number += 1) {
      const nth = number === 1 ? name : `${name}, ${number}`
      try {
        return await ctx.step(nth, bounded(run), { retryStrategy: number === 1 ? quickly : never })
      } catch (error) {
        if (left === 0) throw error
        left -= 1
        await ctx.wait(`${nth}: wait`, { minutes: TIRELESS_MINUTES[number - 1] ?? 60 })
      }
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

/** Each look is an operation: as many as these take about a day and a half. */
export const MOST_LOOKS = 500
const MOST_SECONDS = 300
/** Until so many, about half an hour, what ordinary changes need. */
const FREQUENT_LOOKS = 60

/** 7 s at first, 30 s until half an hour has gone by, and then less and less often, up to 5 minutes. */
export const secondsToLook = (looks: number): number =>
  looks <= FREQUENT_LOOKS ? Math.min(5 + 2 * looks, 30) : Math.min(30 + 5 * (looks - FREQUENT_LOOKS), MOST_SECONDS)

/** Asks again and again until `isOver`; each answer replaces the one before. It ends with what is not over after MOST_LOOKS. */
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
      isOver(state) || attempt >= MOST_LOOKS
        ? { shouldContinue: false }
        : { shouldContinue: true, delay: { seconds: secondsToLook(attempt) } },
  })
