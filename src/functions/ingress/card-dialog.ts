// Handles Open, Details and Review on a card: opens an empty dialog at once, because Slack's trigger expires after three
// seconds, and dispatches a job that fills it for this reader. Handles the menu of an open request, too.
import type { App, BlockAction, ButtonAction, OverflowAction, ViewSubmitAction } from '@slack/bolt'
import type { View } from '@slack/types'
import { MENU, OPEN_CARD } from '../../engine/cards/card.ts'
import { withoutMarks } from '../../kit/language/kinds/kind.ts'
import { refuseHidden } from '../../kit/language/refused-characters.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import { ASK_FORM, askForm } from './ask-form.ts'
import { clickedBy, reply } from './reply.ts'
import { attempt, identity } from './start-job.ts'

/** Only the channel is stored in the dialog, because users can read `private_metadata`. */
const loading = (channel: string): View => ({
  type: 'modal',
  private_metadata: JSON.stringify({ channel }),
  title: { type: 'plain_text', text: 'Request' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [{ type: 'section', text: { type: 'plain_text', text: 'Loading…' } }],
})

export const listenToOpenCard = (app: App, dispatch: Dispatch): void => {
  app.action<BlockAction<ButtonAction>>(OPEN_CARD, async ({ action, body, ack, respond, client }) => {
    const failure = await attempt(() => openDialog(action.value ?? '', body, client, dispatch))
    await ack()
    if (failure !== undefined) await reply(failure, body, { respond, client })
  })
  app.action<BlockAction<OverflowAction>>(MENU, async ({ action, body, ack, respond, client }) => {
    const [choice = '', operation = ''] = action.selected_option.value.split(' ')
    const failure = await attempt(() => choose(choice, operation, body, client, dispatch))
    await ack()
    if (failure !== undefined) await reply(failure, body, { respond, client })
  })
  listenToAskForm(app, dispatch)
}

type Client = App['client']

const openDialog = async (operation: string, body: BlockAction, client: Client, dispatch: Dispatch): Promise<void> => {
  const { actor, place } = clickedBy(body, [])
  const { view } = await client.views.open({ trigger_id: body.trigger_id, view: loading(place.channel) })
  await dispatch.decision({ kind: 'card', operation, view: view?.id ?? '', actor, place })
}

const choose = async (
  choice: string,
  operation: string,
  body: BlockAction,
  client: Client,
  dispatch: Dispatch,
): Promise<void> => {
  if (choice === 'details') return openDialog(operation, body, client, dispatch)
  const { actor, place, responseUrl } = clickedBy(body, [])
  if (choice === 'ask') {
    await client.views.open({ trigger_id: body.trigger_id, view: askForm(operation, place.channel) })
    return
  }
  if (choice === 'cancel')
    await dispatch.decision({
      kind: 'decision',
      operation,
      choice,
      actor,
      place,
      ...(responseUrl !== undefined && { responseUrl }),
    })
}

const listenToAskForm = (app: App, dispatch: Dispatch): void => {
  app.view<ViewSubmitAction>(ASK_FORM, async ({ view, body, ack }) => {
    const { operation, channel } = JSON.parse(view.private_metadata) as { operation: string; channel: string }
    const question = view.state.values['question']?.['question']?.value?.trim() ?? ''
    const hidden = refuseHidden(question, 'The question')
    if (hidden !== undefined) return ack({ response_action: 'errors', errors: { question: withoutMarks(hidden.text) } })
    const { id: user, name, team_id: team = body.team?.id ?? '' } = body.user
    const actor = { team, user, name }
    const failure = await attempt(() =>
      dispatch.decision({
        kind: 'ask',
        id: identity('ask', view.id),
        operation,
        question,
        actor,
        place: { channel },
      }),
    )
    await (failure === undefined
      ? ack()
      : ack({ response_action: 'errors', errors: { question: failure.text.slice(0, 150) } }))
  })
}
