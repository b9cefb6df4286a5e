// Which errors of Slack pass by themselves, and how each is told.
import { WebClient } from '@slack/web-api'
import { describe, expect, test } from 'vitest'
import { RemoteError } from '../../src/model/errors.ts'
import { askSlack, stepAfter } from '../../src/model/slack-error.ts'

/** Asks the real client, with this answer of Slack's. */
const ask = async (answer: () => Response | Promise<Response>): Promise<RemoteError> => {
  const client = new WebClient('xoxb-1', {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    fetch: async () => answer(),
  })
  const failed = await askSlack('posting to Slack', () => client.chat.postMessage({ channel: 'C1', text: 'a' })).catch(
    (error: unknown) => error,
  )
  if (!(failed instanceof RemoteError)) throw new Error(`no RemoteError: ${String(failed)}`)
  return failed
}

const refusing = (error: unknown, more: object = {}) => ask(() => Response.json({ ok: false, error, ...more }))

// Slack, reference of the methods that Quarterdeck calls.
const PASSING =
  `external_channel_migrating fatal_error fetch_members_failed internal_error org_login_required rate_limited
  ratelimited request_timeout service_unavailable team_added_to_org update_failed`.split(/\s+/)

const LASTING = `access_denied accesslimited account_inactive alt_txt_too_large app_not_eligible as_user_not_supported
  attachment_payload_limit_exceeded block_mismatch blocked_file_type bot_not_found bot_user_required bots_not_found
  cannot_dm_bot cannot_reply_to_message cant_broadcast_message cant_delete_message cant_update_message channel_canvas_deleted
  channel_is_limited_access channel_not_found channel_type_not_supported compliance_exports_prevent_deletion
  cross_team_conversation deprecated_endpoint domain_blocked duplicate_channel_not_found duplicate_external_id
  duplicate_message_not_found edit_window_closed ekm_access_denied enterprise_is_restricted exchanged_trigger_id
  expired_trigger_id external_canvas_not_allowed file_not_found file_update_failed_validation files_hidden_by_limit
  hash_conflict invalid_arg_name invalid_arguments invalid_array_arg invalid_attachments invalid_auth invalid_blocks
  invalid_blocks_format invalid_channel invalid_charset invalid_cursor invalid_external_id invalid_form_data invalid_limit
  invalid_metadata_format invalid_metadata_schema invalid_post_type invalid_team_id invalid_thread_ts invalid_trigger_id
  invalid_ts_latest invalid_ts_oldest invalid_types invalid_user_combination invalid_users is_archived is_inactive
  limit_required malware_detected markdown_text_conflict message_limit_exceeded message_not_found
  messages_tab_disabled metadata_must_be_sent_from_app metadata_too_large method_deprecated
  method_not_supported_for_channel_type missing_argument missing_file_data missing_post_type missing_scope msg_blocks_too_long
  msg_too_long no_channel no_dual_broadcast_content_update no_permission no_such_subteam no_text not_allowed_token_type
  not_authed not_enabled not_enough_users not_found not_in_channel not_reply parent_message_not_found
  permission_denied plan_upgrade_required post_uploaded posting_to_channel_denied posting_to_general_channel_denied
  push_limit_reached restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
  restricted_action_thread_locked restricted_action_thread_only_channel slack_connect_blocked_file_type
  slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked
  slack_connect_file_upload_sharing_blocked storage_limit_reached streaming_state_conflict subteam_max_users_exceeded
  team_access_not_granted team_not_found thread_not_found token_expired token_revoked too_many_attachments
  too_many_contact_cards too_many_users two_factor_setup_required unknown_method unknown_snippet_type unknown_subtype
  unsupported_file user_disabled user_not_found user_not_in_channel user_not_visible users_list_not_supplied view_not_found
  view_too_large`.split(/\s+/)

test.each(PASSING)('%s passes', async code => {
  const error = await refusing(code)
  expect(error).toMatchObject({ code, passing: true })
  expect(stepAfter(error)).toBe('Try again in a minute.')
})

test.each(LASTING)('%s lasts', async code => {
  const error = await refusing(code)
  expect(error).toMatchObject({ code, passing: false })
  expect(error.message).toContain(`posting to Slack: Slack answered ${code}`)
  expect(stepAfter(error) ?? '').not.toContain('Try again')
})

test('a code that Slack adds one day lasts', async () => {
  expect(await refusing('a_code_of_2031')).toMatchObject({ code: 'a_code_of_2031', passing: false })
})

describe('the words of an error', () => {
  test('name the scope that is missing', async () => {
    const error = await refusing('missing_scope', { needed: 'im:history,mpim:history', provided: 'chat:write' })
    expect(error.message).toBe(
      'posting to Slack: Slack answered missing_scope (the app needs the scope im:history, mpim:history)',
    )
    expect(stepAfter(error)).toBe('An administrator can install the Slack app again, from the current manifest.')
  })

  test.each([
    ['markup', 'im:history> *all* <!channel'],
    ['an object', { scope: 'im:history' }],
    ['20 kB', 'a'.repeat(20_000)],
  ])('leave out a scope that is %s', async (_, needed) => {
    expect((await refusing('missing_scope', { needed })).message).toBe('posting to Slack: Slack answered missing_scope')
  })

  test.each(['channel_not_found', 'not_in_channel'])('%s says: invite it', async code => {
    expect(stepAfter(await refusing(code))).toBe('Invite Quarterdeck to this channel: `/invite @quarterdeck`.')
  })

  const UNREADABLE = 'posting to Slack: Slack’s answer could not be read'
  test.each<[string, () => Response]>([
    ['an error of 20 kB', () => Response.json({ ok: false, error: '<p>overloaded</p>'.repeat(1_200) })],
    ['a page of a proxy', () => new Response(`<html>${'<br>'.repeat(5_000)}</html>`)],
    ['nothing', () => new Response('')],
    ['null', () => new Response('null')],
    ['a number', () => new Response('7')],
    ['a text', () => new Response('"ok"')],
    ['a list', () => new Response('[]')],
    ['an object without ok', () => Response.json({})],
    ['an error that is null', () => Response.json({ ok: false, error: null })],
    ['an error that is an object', () => Response.json({ ok: false, error: { code: 'x' } })],
  ])('of %s are ours', async (_, answer) => {
    expect(await ask(answer)).toMatchObject({ message: UNREADABLE, passing: true })
  })

  test.each<[string, Record<string, string>]>([
    ['with Retry-After', { 'retry-after': '30' }],
    ['without Retry-After', {}],
    ['with a Retry-After that is no number', { 'retry-after': 'soon' }],
  ])('of a 429 %s', async (_, headers) => {
    const error = await ask(() => new Response('{}', { status: 429, headers }))
    expect(error).toMatchObject({
      code: 'ratelimited',
      passing: true,
      message: 'posting to Slack: Slack answered ratelimited (too many calls in a minute)',
    })
  })

  test.each([
    [500, true],
    [502, true],
    [503, true],
    [504, true],
    [400, false],
    [403, false],
    [404, false],
  ])('of HTTP %i', async (status, passing) => {
    const error = await ask(() => new Response(`<html>${'a'.repeat(20_000)}</html>`, { status }))
    expect(error).toMatchObject({ message: `posting to Slack: Slack answered ${status}`, passing })
  })

  test.each<[string, Error]>([
    ['a broken connection', new TypeError('fetch failed', { cause: new Error('ECONNRESET') })],
    ['no answer in time', new DOMException('The operation was aborted due to timeout', 'TimeoutError')],
  ])('of %s', async (_, failure) => {
    const error = await ask(() => Promise.reject(failure))
    expect(error).toMatchObject({ message: 'posting to Slack: Slack could not be reached', passing: true })
  })
})
