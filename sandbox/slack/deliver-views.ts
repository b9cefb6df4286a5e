// Notifies the bot of modals that a person submits or closes.

import type { Offers } from './deliver-suggestion.ts'
import { answerJson, type DeliverySetup, personOf } from './delivery.ts'
import { textOf } from './json.ts'
import { elementsOf } from './limits.ts'
import { payloadForm, viewClosed, viewSubmission } from './payloads.ts'
import type { RequestTampering, Sent } from './send.ts'
import type { Block, User, View } from './types.ts'
import { applyValues, clientErrors, type Given, type GivenValues } from './values.ts'
import { type FieldErrors, followAnswer, patchView, TROUBLE } from './view-answer.ts'
import type { Workspace } from './workspace.ts'

type GivenBlock = Given | { readonly [actionId: string]: Given }

/**
 * A submission of a modal. `values`: keyed by block id; if a block has only one field, the value of this field. Fields that are
 * omitted keep their values.
 */
export type Submission = {
  readonly user: string
  readonly viewId?: string
  readonly values?: { readonly [blockId: string]: GivenBlock }
}

/**
 * The result of a submission. `errors`: keyed by block id. They come from the bot, or from Slack's client, which in this case
 * sends nothing to the bot.
 */
export type Submitted = { readonly sent?: Sent; readonly errors: FieldErrors }

/** A click on a close button. `all`: the button closes the whole stack of modals, not only the top modal. */
export type Closing = { readonly user: string; readonly all?: boolean }

const FORM = 'application/x-www-form-urlencoded'

const isFlat = (value: GivenBlock): value is Given =>
  typeof value === 'string' || value === null || Array.isArray(value)

const spread = (blocks: readonly Block[], values: Submission['values'] = {}): GivenValues => {
  const entries = Object.entries(values).map(([blockId, value]) => {
    const block = blocks.find(block => block.block_id === blockId)
    if (!block) throw new Error(`The view has no block ${blockId}`)
    const only = textOf(elementsOf(block)[0]?.['action_id'])
    return [blockId, isFlat(value) ? { [only]: value } : value] as const
  })
  return Object.fromEntries(entries)
}

const topOf = (user: User, viewId: string | undefined, workspace: Workspace): View => {
  const open = workspace.views(user.id).at(-1)
  if (!open || (viewId && open.view.id !== viewId))
    throw new Error(`${user.displayName} does not have this modal on top`)
  return open.view
}

export const createSubmit =
  (setup: DeliverySetup, offers: Offers) =>
  async ({ user: id, viewId, values }: Submission, tampering?: RequestTampering): Promise<Submitted> => {
    const { context } = setup
    const { workspace } = context
    const user = personOf(id, context)
    const before = topOf(user, viewId, workspace)
    const given = spread(before.blocks, values)
    const entered = applyValues(before.blocks, before.state.values, given, actionId => offers.of(id, actionId))
    const view: View = { ...before, state: { values: entered } }
    const errors = clientErrors(view.blocks, entered)
    const shown = workspace.views(id).map(open => (open.view.id === view.id ? { view, errors } : open))
    workspace.show(id, shown)
    if (Object.keys(errors).length > 0) return { errors }
    const payload = viewSubmission(user, view, context.triggers.issue(id))
    const sent = await setup.send(
      { contentType: FORM, body: payloadForm(payload, context.workspace.enterprise) },
      tampering,
    )
    if (sent.error) patchView(workspace, id, view.id, { trouble: TROUBLE })
    return { sent, errors: sent.error ? {} : followAnswer(id, view, answerJson(sent) ?? {}, setup) }
  }

export const createClose =
  ({ context, send }: DeliverySetup) =>
  async ({ user: id, all = false }: Closing, tampering?: RequestTampering): Promise<readonly Sent[]> => {
    const { workspace } = context
    const user = personOf(id, context)
    const top = topOf(user, undefined, workspace)
    const clears = all || top.clear_on_close
    const views = workspace.views(id)
    workspace.show(id, clears ? [] : views.slice(0, -1))
    const closed = clears ? views.map(open => open.view).toReversed() : [top]
    const deliveries = closed
      .filter(view => view.notify_on_close)
      .map(view =>
        send(
          { contentType: FORM, body: payloadForm(viewClosed(user, view, clears), context.workspace.enterprise) },
          tampering,
        ),
      )
    return Promise.all(deliveries)
  }
