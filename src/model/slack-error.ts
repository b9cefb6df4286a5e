// Calls Slack, and translates its errors to a RemoteError: what failed, Slack's code, and whether a retry may succeed.
import { RemoteError } from './errors.ts'

/**
 * The codes that may pass by themselves (errors of Web API methods in Slack's reference). Every other code lasts until a
 * person changes something. `fatal_error`: part of the call may have been carried out.
 */
export const PASSING_CODES: ReadonlySet<string> = new Set([
  'external_channel_migrating',
  'fatal_error',
  'fetch_members_failed',
  'internal_error',
  'org_login_required',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
  'update_failed',
])

/** The codes for failures that have none of Slack's. */
const UNREACHABLE = 'slack_unreachable'
const UNREADABLE = 'slack_unreadable'

type Facts = { readonly code: string; readonly words: string; readonly passing: boolean }

/** Calls Slack. `doing`: the start of the error message, such as "posting to Slack". */
export const askSlack = async <T>(doing: string, request: () => Promise<T>): Promise<T> => {
  try {
    return await request()
  } catch (error) {
    throw translate(error, doing)
  }
}

const translate = (error: unknown, doing: string): unknown => {
  if (!(error instanceof Error) || error instanceof RemoteError || error.name === 'RangeError') return error
  const { code, words, passing } = factsOf(error)
  return new RemoteError(`${doing}: ${words}`, { code, passing, cause: error })
}

/** The error code that Slack returned, such as `not_in_channel`. */
export const platformCode = (error: unknown): string | undefined => {
  const { error: code } = dataOf(error) ?? {}
  return typeof code === 'string' && /^\w{1,80}$/.test(code) ? code : undefined
}

type Data = { readonly error?: unknown; readonly needed?: unknown }

const dataOf = (error: unknown): Data | undefined =>
  error instanceof Error && 'data' in error ? (error.data as Data) : undefined

const factsOf = (error: Error): Facts => {
  const platform = platformCode(error)
  if (platform !== undefined)
    return { code: platform, words: wordsOf(platform, dataOf(error)?.needed), passing: PASSING_CODES.has(platform) }
  const { code, statusCode } = error as { readonly code?: unknown; readonly statusCode?: unknown }
  if (typeof statusCode === 'number') return httpFacts(statusCode)
  // Without Retry-After, the client's error of a 429 has no code (@slack/web-api 8.2).
  if (code === 'slack_webapi_rate_limited_error' || error.message.startsWith('Retry header did not'))
    return { code: 'ratelimited', words: wordsOf('ratelimited'), passing: true }
  // The answer is not Slack's: a page of a proxy, `null`, or no JSON at all.
  if (dataOf(error) !== undefined || (error instanceof TypeError && error.cause === undefined))
    return { code: UNREADABLE, words: 'Slack’s answer could not be read', passing: true }
  return { code: UNREACHABLE, words: 'Slack could not be reached', passing: true }
}

/** What a status other than 200 means. Slack's methods answer 200 and 429; the others are those of its front end. */
export const httpFacts = (status: number): Facts => ({
  code: status === 429 ? 'ratelimited' : `HTTP ${status}`,
  words: status === 429 ? wordsOf('ratelimited') : `Slack answered ${status}`,
  passing: status >= 500 || status === 429,
})

const wordsOf = (code: string, needed?: unknown): string => {
  const scopes = typeof needed === 'string' && /^[\w.:,]{1,200}$/.test(needed) ? needed.replaceAll(',', ', ') : ''
  const added = WORDS[code] ?? (code === 'missing_scope' && scopes !== '' ? `the app needs the scope ${scopes}` : '')
  return added === '' ? `Slack answered ${code}` : `Slack answered ${code} (${added})`
}

const WORDS: Readonly<Record<string, string>> = {
  channel_not_found: 'Quarterdeck is not in this channel, or it does not exist',
  is_archived: 'the channel is archived',
  is_inactive: 'the channel is archived or deleted',
  edit_window_closed: 'the workspace’s settings do not allow edits any more',
  messages_tab_disabled: 'the app’s Messages tab is off',
  not_in_channel: 'Quarterdeck is not in this channel',
  ratelimited: 'too many calls in a minute',
  restricted_action: 'the workspace’s settings do not allow it',
  thread_not_found: 'the thread was deleted',
}

/** The next step after an error, for the person who asked; undefined where there is none. */
export const stepAfter = ({ code, passing }: Pick<RemoteError, 'code' | 'passing'>): string | undefined => {
  if (passing) return 'Try again in a minute.'
  return STEPS[code]
}

const INVITE = 'Invite Quarterdeck to this channel: `/invite @quarterdeck`.'
const REINSTALL = 'An administrator can install the Slack app again, from the current manifest.'

const STEPS: Readonly<Record<string, string>> = {
  channel_not_found: INVITE,
  not_in_channel: INVITE,
  account_inactive: REINSTALL,
  invalid_auth: REINSTALL,
  missing_scope: REINSTALL,
  token_expired: REINSTALL,
  token_revoked: REINSTALL,
}
