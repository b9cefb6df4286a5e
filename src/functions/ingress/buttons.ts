// Handles buttons, which start a line, open the form of an incomplete line, or decide about an operation.
import type { App, BlockAction, ButtonAction } from '@slack/bolt'
import type { Declaration } from '../../kit/language/declaration.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import type { Choice, DecisionJob } from '../../model/ports/job.ts'
import { formOf } from './builder-form.ts'
import { openForm } from './forms.ts'
import { type Clicked, clickedBy, onClick } from './reply.ts'
import { attempt, type Start } from './start-job.ts'

export type ButtonOptions = {
  readonly declarations: readonly Declaration[]
  readonly dispatch: Dispatch
  readonly start: Start
}

export const listenToButtons = (app: App, { declarations, dispatch, start }: ButtonOptions): void => {
  listenToRunButtons(app, dispatch, start)
  listenToFormButtons(app, declarations)
  listenToDecisions(app, dispatch)
}

const listenToRunButtons = (app: App, dispatch: Dispatch, start: Start): void => {
  app.action<BlockAction<ButtonAction>>(
    /^run:/,
    onClick(async ({ action, body, context }) => {
      const asked = clickedBy({ body, context }, [action.action_id, action.value ?? '', action.action_ts])
      const answer = await start(action.value ?? '', asked)
      const [, instead] = /^instead:(.+)$/.exec(action.block_id) ?? []
      const { actor, place } = asked
      // The click was on an offer of an open card. If the requester clicked, the new request supersedes the card's
      // request.
      if (answer === undefined && instead !== undefined)
        await attempt(() =>
          dispatch.decision({ kind: 'decision', operation: instead, choice: 'supersede', actor, place }),
        )
      return answer
    }),
  )
}

/** Handles buttons with an incomplete line, such as one without a count. A click opens the form of the line. */
const listenToFormButtons = (app: App, declarations: readonly Declaration[]): void => {
  app.action<BlockAction<ButtonAction>>(
    /^form:/,
    onClick(({ action, body, client, context }) => {
      const { place } = clickedBy({ body, context }, [])
      return attempt(async () => {
        const view = formOf(action.value ?? '', declarations, place)
        if ('kind' in view) throw new Error(view.text)
        await openForm(client, body.trigger_id, view)
      })
    }),
  )
}

const listenToDecisions = (app: App, dispatch: Dispatch): void => {
  app.action<BlockAction<ButtonAction>>(
    /^decide:(approve|cancel|revert|stop)$/,
    onClick(({ action, body, context }) => {
      const [, seen] = /^decide:\S+ (\S+)$/.exec(action.block_id) ?? []
      const job = decisionOf({ body, context }, action.value ?? '', choiceOf(action.action_id))
      return attempt(() => dispatch.decision({ ...job, ...(seen !== undefined && { seen }) }))
    }),
  )
}

/** The job of a click that decides about an operation, on its card or in its dialog. */
export const decisionOf = (clicked: Clicked, operation: string, choice: Choice): DecisionJob => {
  const { actor, place, responseUrl } = clickedBy(clicked, [])
  const { view } = clicked.body
  return {
    ...{ kind: 'decision', operation, choice, actor, place },
    ...(responseUrl !== undefined && { responseUrl }),
    ...(view?.type === 'modal' && { view: view.id }),
  }
}

const CHOICES = ['cancel', 'revert', 'stop'] as const

const choiceOf = (actionId: string): Choice => CHOICES.find(choice => actionId === `decide:${choice}`) ?? 'approve'
