// The reject form. A click on Reject opens it; its submission is a vote with a reason.
import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt'
import { withoutMarks } from '../../kit/language/kinds/kind.ts'
import { refuseHidden } from '../../kit/language/refused-characters.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import { REJECT_FORM, rejectForm } from './reject-form.ts'
import { reply } from './reply.ts'
import { attempt } from './start-job.ts'

export const listenToRejectForm = (app: App, dispatch: Dispatch): void => {
  app.action<BlockAction<ButtonAction>>('decide:reject', async ({ action, body, ack, respond, client }) => {
    const operation = action.value ?? ''
    const failure = await attempt(async () => {
      const form = { trigger_id: body.trigger_id, view: rejectForm(operation, body.channel?.id ?? body.user.id) }
      // A click in the dialog of a card adds the form to it.
      await (body.view?.type === 'modal' ? client.views.push(form) : client.views.open(form))
    })
    await ack()
    if (failure !== undefined) await reply(failure, body, { respond, client })
  })
  app.view<ViewSubmitAction>(REJECT_FORM, async ({ view, body, ack }) => {
    const { operation, channel } = JSON.parse(view.private_metadata) as { operation: string; channel: string }
    const reason = view.state.values['reason']?.['reason']?.value?.trim()
    const hidden = refuseHidden(reason ?? '', 'The reason')
    if (hidden !== undefined) return ack({ response_action: 'errors', errors: { reason: withoutMarks(hidden.text) } })
    const actor: Actor = { team: body.user.team_id ?? body.team?.id ?? '', user: body.user.id, name: body.user.name }
    const failure = await attempt(() =>
      dispatch.decision({
        kind: 'decision',
        operation,
        choice: 'reject',
        actor,
        place: { channel },
        ...(reason !== undefined && reason !== '' && { reason }),
      }),
    )
    await (failure === undefined
      ? ack()
      : ack({ response_action: 'errors', errors: { reason: failure.text.slice(0, 150) } }))
  })
}
