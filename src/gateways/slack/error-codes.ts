// Which of Slack's error codes may pass, and the words for those with a next step.

/**
 * Codes of errors that may pass by themselves (Slack API reference, errors of each method). Every other code lasts: the same
 * request would fail again.
 */
const PASSING: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'accesslimited',
  'update_failed',
  'fetch_members_failed',
  'streaming_state_conflict',
])

export const isPassing = (code: string): boolean => PASSING.has(code)

const INVITE = 'invite Quarterdeck to the channel: /invite @quarterdeck'

/** What a person can do about an error. */
const NEXT: Readonly<Record<string, string>> = {
  channel_not_found: INVITE,
  not_in_channel: INVITE,
  is_archived: 'the channel is archived',
  restricted_action: 'an administrator restricts who may post there',
  restricted_action_thread_only_channel: 'only answers in threads are allowed there',
  restricted_action_read_only_channel: 'the channel is read only',
  messages_tab_disabled: 'the messages of the app are turned off: turn on the Messages tab of its App Home',
  token_expired: 'an administrator has to install the app again',
  token_revoked: 'an administrator has to install the app again',
  account_inactive: 'an administrator has to install the app again',
  invalid_auth: 'the bot token in Quarterdeck’s parameters is not valid',
  not_authed: 'Quarterdeck’s parameters have no bot token',
  plan_upgrade_required: 'user groups need a paid plan of Slack',
  ekm_access_denied: 'an administrator suspended messages in this workspace',
}

/** The code with its next step. `needed`: the scopes that Slack names with missing_scope. */
export const codeWords = (code: string, needed: string | undefined): string => {
  if (code === 'missing_scope' && needed !== undefined)
    return `${code} (the app needs the scope ${needed}: update it from manifest.yml and install it again)`
  const next = NEXT[code]
  return next === undefined ? code : `${code} (${next})`
}
