// Durable steps for operations: JSON results, bounded retries, at-most-once calls and polling.
import { type DurableContext, StepSemantics } from '@aws/durable-execution-sdk-js'
import { RemoteError } from '../../model/errors.ts'
import type { Json } from '../../model/json.ts'
import { bounded } from './step-bounds.ts'

const MOST_ATTEMPTS = 8

/** Retries temporary remote errors only: after 1 s, 2 s, … 60 s, about three minutes in all. */
export const patience = (error: Error, attempt: number) =>
  error instanceof RemoteError && error.passing && attempt < MOST_ATTEMPTS
    ? { shouldRetry: true, delay: { seconds: Math.min(2 ** (attempt - 1), 60) } }
    : { shouldRetry: false }

/** A step may run twice when the function dies after its effect (durable SDK, default), so `run` must be idempotent. */
export const step = <T extends Json>(ctx: DurableContext, name: string, run: () => Promise<T>): Promise<T> =>
  ctx.step(name, bounded(run), { retryStrategy: patience })

const TIRELESS_MINUTES = [1, 1, 2, 5, 10, 20, 30, 60] as const
/** Of all steps together: a single outage is retried for about four days. */
const MOST_TIRELESS = 100
const MOST_QUICK = 4

const quickly = (error: Error, attempt: number) =>
  attempt < MOST_QUICK ? patience(error, attempt) : ({ shouldRetry: false } as const)
const never = () => ({ shouldRetry: false }) as const

export type Tireless = <T extends Json>(name: string, run: () => Promise<T>) => Promise<T>

/**
 * Steps that must not be given up, retried at growing intervals. All retries of an execution are counted together,
 * since each takes some of the 3,000 durable operations that AWS allows.
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

/** Runs at most once: an attempt that was begun but not finished is reported as interrupted and not repeated. */
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

/** Each poll is a durable operation. This many take about a day and a half. */
export const MOST_LOOKS = 500
const MOST_SECONDS = 300
/** About half an hour of polls: enough for ordinary changes. */
const FREQUENT_LOOKS = 60

/** 7 s at first, 30 s up to half an hour, then growing to 5 minutes. */
export const secondsToLook = (looks: number): number =>
  looks <= FREQUENT_LOOKS ? Math.min(5 + 2 * looks, 30) : Math.min(30 + 5 * (looks - FREQUENT_LOOKS), MOST_SECONDS)

/**
 * Polls until `isOver`; each state replaces the one before. After the last poll it returns a state that is not over.
 */
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
