// Handles events that change who reads a channel (a member joined, or the channel is shared with another workspace), and
// Slack's notice that it leaves out events.
import type { App } from '@slack/bolt'
import type { Dispatch } from '../../model/ports/functions.ts'
import { attempt } from './start-job.ts'

export const listenToChannelEvents = (app: App, dispatch: Dispatch): void => {
  app.event('member_joined_channel', async ({ event, body }) => {
    const actor = { team: event.team ?? body.team_id, user: event.user, name: event.user }
    await attempt(() => dispatch.query({ kind: 'audience', actor, place: { channel: event.channel } }))
  })
  app.event('channel_shared', async ({ event, body }) => {
    const actor = { team: event.connected_team_id ?? body.team_id, user: '', name: '' }
    await attempt(() => dispatch.query({ kind: 'audience', actor, place: { channel: event.channel } }))
  })
  // Slack sends it beside the events; the receiver makes it one.
  app.event('app_rate_limited', async ({ body }) => {
    const actor = { team: body.team_id, user: '', name: '' }
    await attempt(() => dispatch.query({ kind: 'rate-limited', actor, place: { channel: '' } }))
  })
}
