// Durable steps of operations: JSON results, limited retries, at-most-once calls and polling.
import { type DurableContext, StepSemantics } from '@aws/durable-execution-sdk-js'
import { RemoteError } from '../../model/errors.ts'
import type { Json } from '../../model/json.ts'
import { bounded } from './step-bounds.ts'

const MAX_ATTEMPTS = 8

/** A retry strategy for temporary remote errors only: after 1 s, 2 s, … 60 s, about three minutes in all. */
export const retryTemporary = (error: Error, attempt: number) =>
  error instanceof RemoteError && error.passing && attempt < MAX_ATTEMPTS
    ? { shouldRetry: true, delay: { seconds: Math.min(2 ** (attempt - 1), 60) } }
    : { shouldRetry: false }

/**
 * A durable step. It may run twice if the function dies after its effect (durable SDK, default), so `run` must be
 * idempotent.
 */
export const step = <T extends Json>(ctx: DurableContext, name: string, run: () => Promise<T>): Promise<T> =>
  ctx.step(name, bounded(run), { retryStrategy: retryTemporary })

const PERSISTENT_MINUTES = [1, 1, 2, 5, 10, 20, 30, 60] as const
/** The maximum number of retries of all persistent steps together. They cover a single outage of about four days. */
const MAX_PERSISTENT_RETRIES = 100
const QUICK_ATTEMPTS = 4

const retryQuickly = (error: Error, attempt: number) =>
  attempt < QUICK_ATTEMPTS ? retryTemporary(error, attempt) : ({ shouldRetry: false } as const)
const noRetry = () => ({ shouldRetry: false }) as const

export type PersistentStep = <T extends Json>(name: string, run: () => Promise<T>) => Promise<T>

/**
 * Creates steps that must not be given up, so they are retried at growing intervals. All retries of an execution are
 * counted together, because each takes some of the 3,000 durable operations that AWS allows.
 */
export const createPersistentStep = (ctx: DurableContext): PersistentStep => {
  let retriesLeft = MAX_PERSISTENT_RETRIES
  return async (name, run) => {
    for (let number = 1; ; number += 1) {
      const nth = number === 1 ? name : `${name}, ${number}`
      try {
        return await ctx.step(nth, bounded(run), { retryStrategy: number === 1 ? retryQuickly : noRetry })
      } catch (error) {
        if (retriesLeft === 0) throw error
        retriesLeft -= 1
        await ctx.wait(`${nth}: wait`, { minutes: PERSISTENT_MINUTES[number - 1] ?? 60 })
      }
    }
  }
}

export type OnceResult<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'interrupted' }

/** Runs a step at most once: an attempt that began but did not finish is reported as interrupted and not repeated. */
export const atMostOnce = async <T extends Json>(
  ctx: DurableContext,
  name: string,
  run: () => Promise<T>,
): Promise<OnceResult<T>> => {
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

/** The maximum number of polls, which take about a day and a half. Each poll is a durable operation. */
export const MAX_POLLS = 500
const MAX_POLL_SECONDS = 300
/** The number of polls in about the first half hour. Ordinary changes take less. */
const FREQUENT_POLLS = 60

/** The seconds until the next poll: 7 at first, 30 up to half an hour, then growing to 5 minutes. */
export const pollSeconds = (polls: number): number =>
  polls <= FREQUENT_POLLS ? Math.min(5 + 2 * polls, 30) : Math.min(30 + 5 * (polls - FREQUENT_POLLS), MAX_POLL_SECONDS)

/**
 * Polls until `isOver` returns true; each state replaces the previous one. After the last poll, returns a state that is
 * not over. `before`: earlier polls of the same wait, which make the first interval longer. `secondsLeft`: at most so long until
 * the next poll, at least 1.
 */
export const pollUntil = <T extends Json>(
  ctx: DurableContext,
  name: string,
  first: T,
  poll: (state: T) => Promise<T>,
  isOver: (state: T) => boolean,
  before = 0,
  secondsLeft?: (state: T) => number,
): Promise<T> =>
  ctx.waitForCondition(name, bounded(poll), {
    initialState: first,
    waitStrategy: (state, attempt) =>
      isOver(state) || attempt >= MAX_POLLS
        ? { shouldContinue: false }
        : {
            shouldContinue: true,
            delay: { seconds: Math.min(pollSeconds(before + attempt), secondsLeft?.(state) ?? MAX_POLL_SECONDS) },
          },
  })
