// The forms with one text: the reason of a rejection, and a question to the requester.
import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt'
import type { View } from '@slack/types'
import { withoutMarks } from '../../kit/language/kinds/kind.ts'
import { refuseHidden } from '../../kit/language/refused-characters.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import { clickedBy, onClick } from './reply.ts'
import { attempt, identity } from './start-job.ts'

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

export const listenToForms = (app: App, dispatch: Dispatch): void => {
  app.action<BlockAction<ButtonAction>>(
    'decide:reject',
    onClick(({ action, body, client }) =>
      attempt(async () => {
        const view = textForm('reject', action.value ?? '', clickedBy(body, []).place.channel)
        const form = { trigger_id: body.trigger_id, view }
        // A click in the dialog of a card adds the form to it.
        await (body.view?.type === 'modal' ? client.views.push(form) : client.views.open(form))
      }),
    ),
  )
  app.view<ViewSubmitAction>(/^(?:reject|ask)$/, async ({ view, body, ack }) => {
    const isReject = view.callback_id === 'reject'
    const { id } = FORMS[isReject ? 'reject' : 'ask']
    const text = view.state.values[id]?.[id]?.value?.trim() ?? ''
    const fail = (why: string) => ack({ response_action: 'errors', errors: { [id]: why.slice(0, 150) } })
    const hidden = refuseHidden(text, isReject ? 'The reason' : 'The question')
    if (hidden !== undefined) return fail(withoutMarks(hidden.text))
    const { operation, channel } = JSON.parse(view.private_metadata) as { operation: string; channel: string }
    const actor: Actor = { team: body.user.team_id ?? body.team?.id ?? '', user: body.user.id, name: body.user.name }
    const job = { operation, actor, place: { channel } }
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
