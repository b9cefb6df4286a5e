// Handles Open, Details and Review on a card: opens an empty dialog at once, because Slack's trigger expires after three
// seconds, and dispatches a job that fills it for this reader. Handles the menu of an open request, too.
import type { App, BlockAction, ButtonAction, OverflowAction } from '@slack/bolt'
import type { View } from '@slack/types'
import { MENU, OPEN_CARD } from '../../engine/cards/card.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import { decisionOf } from './buttons.ts'
import { plain, textForm } from './forms.ts'
import { clickedBy, onClick } from './reply.ts'
import { attempt } from './start-job.ts'

/** Only the channel is stored in the dialog, because users can read `private_metadata`. */
const loading = (channel: string): View => ({
  type: 'modal',
  private_metadata: JSON.stringify({ channel }),
  title: plain('Request'),
  close: plain('Close'),
  blocks: [{ type: 'section', text: plain('Loading…') }],
})

export const listenToOpenCard = (app: App, dispatch: Dispatch): void => {
  app.action<BlockAction<ButtonAction>>(
    OPEN_CARD,
    onClick(({ action, body, client }) => attempt(() => openDialog(action.value ?? '', body, client, dispatch))),
  )
  app.action<BlockAction<OverflowAction>>(
    MENU,
    onClick(({ action, body, client }) => {
      const [choice, operation = ''] = action.selected_option.value.split(' ')
      return attempt(async () => {
        if (choice === 'details') await openDialog(operation, body, client, dispatch)
        else if (choice === 'cancel') await dispatch.decision(decisionOf(body, operation, choice))
        else {
          const view = textForm('ask', operation, clickedBy(body, []).place.channel)
          await client.views.open({ trigger_id: body.trigger_id, view })
        }
      })
    }),
  )
}

const openDialog = async (
  operation: string,
  body: BlockAction,
  client: App['client'],
  dispatch: Dispatch,
): Promise<void> => {
  const { actor, place } = clickedBy(body, [])
  const { view } = await client.views.open({ trigger_id: body.trigger_id, view: loading(place.channel) })
  await dispatch.decision({ kind: 'card', operation, view: view?.id ?? '', actor, place })
}
