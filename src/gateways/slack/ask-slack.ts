// Calls Slack and translates its errors to a RemoteError: what failed, Slack's code, and whether a retry may succeed.
import { ErrorCode } from '@slack/web-api'
import { RemoteError } from '../../model/errors.ts'
import { isRecord } from '../../model/json.ts'
import { codeWords, isPassing } from './error-codes.ts'

/** Calls Slack. `doing`: the start of the error message, such as "posting to Slack". */
export const askSlack = async <T>(doing: string, request: () => Promise<T>): Promise<T> => {
  try {
    return await request()
  } catch (error) {
    throw translate(error, doing)
  }
}

/** The error code that Slack returned, such as `not_in_channel`; undefined if it returned none of Slack's form. */
export const platformCode = (error: unknown): string | undefined => {
  const code = dataOf(error)['error']
  return typeof code === 'string' && /^[a-z][a-z0-9_.-]{0,79}$/i.test(code) ? code : undefined
}

const dataOf = (error: unknown): Readonly<Record<string, unknown>> => {
  const data = error instanceof Error && 'data' in error ? error.data : undefined
  return isRecord(data) ? data : {}
}

/** The scopes that Slack says are needed, as text. */
const neededOf = (error: unknown): string | undefined => {
  const { needed } = dataOf(error)
  return typeof needed === 'string' && /^[a-z:._, ]{1,200}$/.test(needed) ? needed : undefined
}

const translate = (error: unknown, doing: string): unknown => {
  if (!(error instanceof Error) || error instanceof RemoteError || error.name === 'RangeError') return error
  const { code, words, passing } = meaningOf(error)
  return new RemoteError(`${doing}: ${words}`, { code, passing, cause: error })
}

type Meaning = { readonly code: string; readonly words: string; readonly passing: boolean }

const meaningOf = (error: Error): Meaning => {
  const kind = 'code' in error ? error.code : undefined
  const platform = platformCode(error)
  if (platform !== undefined)
    return {
      code: platform,
      words: `Slack answered ${codeWords(platform, neededOf(error))}`,
      passing: isPassing(platform),
    }
  if (kind === ErrorCode.PlatformError)
    return { code: 'unknown_error', words: 'Slack answered an error without a code', passing: false }
  if (kind === ErrorCode.RateLimitedError) return { code: kind, words: 'Slack’s rate limit is reached', passing: true }
  if (kind === ErrorCode.HTTPError && 'statusCode' in error) {
    const status = Number(error.statusCode)
    return {
      code: `HTTP ${status}`,
      words: `Slack answered HTTP ${status}`,
      passing: status >= 500 || status === 429 || status === 408,
    }
  }
  if (kind === ErrorCode.RequestError) return { code: kind, words: 'no answer from Slack', passing: true }
  // Such as `null`, or a 429 without Retry-After.
  return { code: 'unreadable_answer', words: 'Slack’s answer cannot be read', passing: true }
}
