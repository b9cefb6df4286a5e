// Handles Open, Details and Review on a card: opens an empty dialog at once, because Slack's trigger expires after three
// seconds, and dispatches a job that fills it for this reader. Handles the menu of an open request, too.
import type { App, BlockAction, ButtonAction, OverflowAction } from '@slack/bolt'
import type { View } from '@slack/types'
import { MENU, OPEN_CARD } from '../../engine/cards/card.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import { decisionOf } from './buttons.ts'
import { openForm, plain, textForm } from './forms.ts'
import { type Clicked, clickedBy, onClick } from './reply.ts'
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
    onClick(click => attempt(() => openDialog(click.action.value ?? '', click, click.client, dispatch))),
  )
  app.action<BlockAction<OverflowAction>>(
    MENU,
    onClick(({ action, body, client, context }) => {
      const clicked = { body, context }
      const [choice, operation = ''] = action.selected_option.value.split(' ')
      return attempt(async () => {
        if (choice === 'details') await openDialog(operation, clicked, client, dispatch)
        else if (choice === 'cancel') await dispatch.decision(decisionOf(clicked, operation, choice))
        else {
          const view = textForm('ask', operation, clickedBy(clicked, []).place.channel)
          await openForm(client, body.trigger_id, view)
        }
      })
    }),
  )
}

const openDialog = async (
  operation: string,
  clicked: Clicked,
  client: App['client'],
  dispatch: Dispatch,
): Promise<void> => {
  const { actor, place } = clickedBy(clicked, [])
  const view = await openForm(client, clicked.body.trigger_id, loading(place.channel))
  await dispatch.decision({ kind: 'card', operation, view, actor, place })
}
