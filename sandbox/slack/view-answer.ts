// Applies the bot's answer to a submission: changes the person's stack of modals.
import { type DeliverySetup, tryToShow } from './delivery.ts'
import { jsonOf, textOf } from './json.ts'
import { checkView } from './limits.ts'
import { refuseIf } from './method.ts'
import { pushView, putView, replaceView } from './methods/views.ts'
import type { Json, OpenView, View } from './types.ts'
import type { Workspace } from './workspace.ts'

export type FieldErrors = { readonly [blockId: string]: string }

export const TROUBLE = 'We had some trouble connecting. Try again?'

export const patchView = (workspace: Workspace, user: string, id: string, change: Partial<OpenView>): void => {
  const views = workspace.views(user)
  workspace.show(
    user,
    views.map(open => (open.view.id === id ? { ...open, ...change } : open)),
  )
}

const showErrors = (user: string, view: View, answer: Json, { context, log }: DeliverySetup): FieldErrors => {
  const inputs = new Set(view.blocks.filter(block => block.type === 'input').map(block => block.block_id ?? ''))
  const errors = Object.entries(jsonOf(answer['errors'])).map(([id, text]) => [id, textOf(text)] as const)
  const strangers = errors.filter(([id]) => !inputs.has(id)).map(([id]) => id)
  if (strangers.length > 0) log(`Slack ignored errors for blocks that are no inputs: ${strangers.join(', ')}`)
  const known = Object.fromEntries(errors.filter(([id]) => inputs.has(id)))
  const shown = Object.keys(known).length > 0 ? { errors: known } : { trouble: TROUBLE }
  patchView(context.workspace, user, view.id, shown)
  return known
}

/** Applies the answer. Returns the field errors in it, if it has any. */
export const followAnswer = (user: string, view: View, answer: Json, setup: DeliverySetup): FieldErrors => {
  const { context } = setup
  const { workspace } = context
  const attempt = (place: (next: Json) => void): FieldErrors => {
    const next = jsonOf(answer['view'])
    const show = () => {
      refuseIf(checkView(next, 'modal'))
      place(next)
    }
    if (!tryToShow('the view in an answer', show, setup)) patchView(workspace, user, view.id, { trouble: TROUBLE })
    return {}
  }
  switch (answer['response_action']) {
    case 'errors':
      return showErrors(user, view, answer, setup)
    case 'update':
      return attempt(next => putView(user, replaceView(view, next, context), context))
    case 'push':
      return attempt(next => void pushView(user, next, context))
    case 'clear':
      workspace.show(user, [])
      return {}
    default:
      workspace.show(
        user,
        workspace.views(user).filter(open => open.view.id !== view.id),
      )
      return {}
  }
}
