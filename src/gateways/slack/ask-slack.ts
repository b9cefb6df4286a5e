// Calls Slack and translates its errors to a RemoteError: what failed, Slack's code, and whether a retry may succeed.
import { ErrorCode } from '@slack/web-api'
import { RemoteError } from '../../model/errors.ts'

const FATAL =
  /not_in_channel|channel_not_found|is_archived|invalid_|msg_too_long|message_not_found|cant_update|account_inactive|token_|restricted|missing_scope/

/** Calls Slack. `doing`: the start of the error message, such as "posting to Slack". */
export const askSlack = async <T>(doing: string, request: () => Promise<T>): Promise<T> => {
  try {
    return await request()
  } catch (error) {
    throw translate(error, doing)
  }
}

/** The error code that Slack returned, such as `not_in_channel`. */
export const platformCode = (error: unknown): string | undefined =>
  error instanceof Error && 'data' in error ? (error.data as { readonly error?: string }).error : undefined

const translate = (error: unknown, doing: string): unknown => {
  if (!(error instanceof Error) || error instanceof RemoteError) return error
  const code = platformCode(error) ?? ('code' in error ? String(error.code) : error.name)
  if (error.name === 'RangeError') return error
  const passing = code === ErrorCode.RateLimitedError || !FATAL.test(code)
  return new RemoteError(`${doing}: Slack answered ${code}`, { code, passing, cause: error })
}
