// Handles Open on a bare card: opens an empty dialog at once, because Slack's trigger expires after three seconds, and
// dispatches a job that fills it for this reader.
import type { App, BlockAction, ButtonAction } from '@slack/bolt'
import type { View } from '@slack/types'
import { OPEN_CARD } from '../../engine/change/card.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import { clickedBy, reply } from './reply.ts'
import { attempt } from './start-job.ts'

const LOADING: View = {
  type: 'modal',
  title: { type: 'plain_text', text: 'Request' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [{ type: 'section', text: { type: 'plain_text', text: 'Loading…' } }],
}

export const listenToOpenCard = (app: App, dispatch: Dispatch): void => {
  app.action<BlockAction<ButtonAction>>(OPEN_CARD, async ({ action, body, ack, respond, client }) => {
    const { actor, place } = clickedBy(body, [])
    const failure = await attempt(async () => {
      const { view } = await client.views.open({ trigger_id: body.trigger_id, view: LOADING })
      await dispatch.decision({ kind: 'card', operation: action.value ?? '', view: view?.id ?? '', actor, place })
    })
    await ack()
    if (failure !== undefined) await reply(failure, body, { respond, client })
  })
}
