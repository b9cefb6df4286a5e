// The forms with one text: the reason of a rejection, and a question to the requester.
import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt'
import type { View } from '@slack/types'
import { withoutMarks } from '../../kit/language/kinds/kind.ts'
import { refuseHidden } from '../../kit/language/refused-characters.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import { askSlack } from '../../model/slack-error.ts'
import { clickedBy, onClick } from './reply.ts'
import { attempt, identity } from './start-job.ts'
import { actorIn } from './who.ts'

/** `id`: of the block and of the action of the text. */
const FORMS = {
  reject: {
    id: 'reason',
    title: 'Reject this change',
    submit: 'Reject',
    label: 'Reason',
    hint: 'The card shows it.',
  },
  ask: {
    id: 'question',
    title: 'Ask the requester',
    submit: 'Ask',
    label: 'Question',
    hint: 'Posted in its thread.',
  },
} as const
type Form = keyof typeof FORMS

export const plain = (text: string) => ({ type: 'plain_text' as const, text })

export const textForm = (form: Form, operation: string, channel: string): View => {
  const { id, title, submit, label, hint } = FORMS[form]
  return {
    type: 'modal',
    callback_id: form,
    // Only ids are stored here, because users can read `private_metadata`.
    private_metadata: JSON.stringify({ operation, channel }),
    title: plain(title),
    submit: plain(submit),
    close: plain('Back'),
    blocks: [
      {
        type: 'input',
        block_id: id,
        optional: form === 'reject',
        label: plain(label),
        hint: plain(hint),
        element: { type: 'plain_text_input', action_id: id, multiline: true, max_length: 500 },
      },
    ],
  }
}

/** Opens a form, and returns its id. `over`: on top of the dialog in which the person clicked. */
export const openForm = async (client: App['client'], trigger: string, view: View, over = false): Promise<string> => {
  const form = { trigger_id: trigger, view }
  const opened = await askSlack('opening the form', () => (over ? client.views.push(form) : client.views.open(form)))
  return opened.view?.id ?? ''
}

export const listenToForms = (app: App, dispatch: Dispatch): void => {
  app.action<BlockAction<ButtonAction>>(
    'decide:reject',
    onClick(({ action, body, client, context }) =>
      attempt(async () => {
        const view = textForm('reject', action.value ?? '', clickedBy({ body, context }, []).place.channel)
        // A click in the dialog of a card adds the form to it.
        await openForm(client, body.trigger_id, view, body.view?.type === 'modal')
      }),
    ),
  )
  app.view<ViewSubmitAction>(/^(?:reject|ask)$/, async ({ view, body, context, ack }) => {
    const isReject = view.callback_id === 'reject'
    const { id } = FORMS[isReject ? 'reject' : 'ask']
    const text = view.state.values[id]?.[id]?.value?.trim() ?? ''
    const fail = (why: string) => ack({ response_action: 'errors', errors: { [id]: why.slice(0, 150) } })
    const hidden = refuseHidden(text, isReject ? 'The reason' : 'The question')
    if (hidden !== undefined) return fail(withoutMarks(hidden.text))
    const { operation, channel } = JSON.parse(view.private_metadata) as { operation: string; channel: string }
    const job = { operation, actor: actorIn({ body, context }), place: { channel } }
    const failure = await attempt(() =>
      dispatch.decision(
        isReject
          ? { ...job, kind: 'decision', choice: 'reject', ...(text !== '' && { reason: text }) }
          : { ...job, kind: 'ask', id: identity('ask', view.id), question: text },
      ),
    )
    await (failure === undefined ? ack() : fail(failure.text))
  })
}
