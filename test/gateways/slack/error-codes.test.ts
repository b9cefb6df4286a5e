// What Slack refuses, in our words, and whether it may pass: at the wire, by the real client.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSlack } from '../../../src/gateways/slack/slack.ts'
import { RemoteError } from '../../../src/model/errors.ts'

type Answer = { readonly status?: number; readonly body: string; readonly headers?: Record<string, string> }

let answer: Answer
const server = createServer((_, res) => {
  res.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
  res.end(answer.body)
})
beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve())))
afterAll(() => server.close())

const refusalOf = async (given: Answer): Promise<RemoteError> => {
  answer = given
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`
  const error = await createSlack('xoxb-1', { SLACK_API_URL: url })
    .isActive('U1')
    .then(
      () => undefined,
      (refused: unknown) => refused,
    )
  if (!(error instanceof RemoteError)) throw new Error(`not a refusal in our words: ${error}`)
  return error
}
const no = (error: unknown, more: object = {}): Answer => ({ body: JSON.stringify({ ok: false, error, ...more }) })

test.each([
  'ratelimited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
])('%s may pass', async code => {
  expect(await refusalOf(no(code))).toMatchObject({ code, passing: true })
})

/** Codes of the methods that the bot calls (Slack API reference). */
const LASTING =
  `access_denied account_inactive as_user_not_supported block_mismatch cannot_reply_to_message cant_broadcast_message
  cant_delete_message cant_dm_bot cant_update_message channel_is_limited_access channel_not_found channel_type_not_supported
  compliance_exports_prevent_deletion deprecated_endpoint duplicate_channel_not_found duplicate_external_id
  duplicate_message_not_found edit_window_closed ekm_access_denied enterprise_is_restricted exchange_trigger_id_failed
  expired_trigger_id external_channel_migrating file_not_found hash_conflict invalid_arg_name invalid_arguments
  invalid_array_arg invalid_attachments invalid_auth invalid_blocks invalid_blocks_format invalid_channel invalid_charset
  invalid_cursor invalid_form_data invalid_limit invalid_metadata_format invalid_metadata_schema invalid_post_type
  invalid_trigger_id invalid_ts_latest invalid_ts_oldest invalid_types invalid_user_combination is_archived is_inactive
  malware_detected markdown_text_conflict message_not_found metadata_must_be_sent_from_app metadata_too_large
  method_deprecated method_not_supported_for_channel_type messages_tab_disabled missing_charset missing_file_data
  missing_post_type missing_scope msg_blocks_too_long msg_too_long no_permission no_such_subteam no_text
  not_allowed_token_type not_authed not_enabled not_found not_in_channel org_login_required plan_upgrade_required push_limit_reached
  restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
  restricted_action_thread_locked restricted_action_thread_only_channel slack_connect_blocked_file_type
  slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
  storage_limit_reached subteam_not_found team_access_not_granted team_not_found thread_not_found thread_locked
  token_expired token_revoked too_many_attachments too_many_contact_cards too_many_members too_many_users trigger_exchanged
  trigger_expired two_factor_setup_required unknown_method user_disabled user_not_found user_not_in_channel
  user_not_visible users_list_not_supplied users_not_found view_too_large`
    .split(/\s+/)
    .filter(code => code !== '')

test.each(LASTING)('%s lasts', async code => {
  expect(await refusalOf(no(code))).toMatchObject({ code, passing: false })
})

test('a missing scope is named', async () => {
  const { message } = await refusalOf(no('missing_scope', { needed: 'users:read', provided: 'chat:write' }))
  expect(message).toBe(
    'reading a user: Slack answered missing_scope (the app needs the scope users:read: update it from manifest.yml and install it again)',
  )
})

test('a hostile name of a scope is not shown', async () => {
  const { message } = await refusalOf(no('missing_scope', { needed: '<!channel> click *here*' }))
  expect(message).toBe('reading a user: Slack answered missing_scope')
})

test.each(['channel_not_found', 'not_in_channel'])('%s says whom to invite', async code => {
  expect((await refusalOf(no(code))).message).toContain('invite Quarterdeck to the channel: /invite @quarterdeck')
})

test.each<[string, Answer, object]>([
  ['HTTP 503 as HTML', { status: 503, body: '<html>Service Unavailable</html>' }, { code: 'HTTP 503', passing: true }],
  ['HTTP 404', { status: 404, body: 'no' }, { code: 'HTTP 404', passing: false }],
  ['429', { status: 429, body: '{}', headers: { 'retry-after': '3' } }, { passing: true }],
  ['429 without Retry-After', { status: 429, body: '{}' }, { passing: true }],
  ['null', { body: 'null' }, { passing: true }],
  ['no JSON', { body: 'not JSON at all, <html>' }, { passing: false }],
  ['an error that is no text', no({ a: 1 }), { code: 'unknown_error', passing: false }],
  ['an error of 20 kB', no('x'.repeat(20_000)), { code: 'unknown_error', passing: false }],
])('%s is told in our words, in one short line', async (_, given, expected) => {
  const error = await refusalOf(given)
  expect(error).toMatchObject(expected)
  expect(error.message).toMatch(/^reading a user: .{5,60}$/)
})
