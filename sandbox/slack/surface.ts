// Finds an interactive element in a message (also an ephemeral one), in a modal or in an App Home.
import { channelFor } from './delivery.ts'
import { jsonOf } from './json.ts'
import { elementsOf } from './limits.ts'
import type { Context } from './method.ts'
import type { Place } from './response-url.ts'
import type { Block, Json, Message, User, View } from './types.ts'
import type { Given } from './values.ts'

/** The place of an element: a message, by channel and `ts`, or a view, by id. Without either, the person's top modal. */
export type Spot = {
  readonly user: string
  readonly channel?: string
  readonly ts?: string
  readonly viewId?: string
}

/** Selects an element by one or more of these fields. `value`: the value of a button, or the chosen option. */
export type ElementSelector = {
  readonly actionId?: string
  readonly blockId?: string
  readonly label?: string
  readonly value?: Given
}

export type Found = { readonly block: Block; readonly element: Json }

export type Surface =
  | { readonly kind: 'message'; readonly message: Message; readonly place: Place }
  | { readonly kind: 'view'; readonly view: View }

export const visibleMessage = (user: User, ts: string, channel: string, { workspace }: Context): Message => {
  const message = workspace.ephemeral(user.id, ts) ?? workspace.message(channel, ts)
  if (!message) throw new Error(`${user.displayName} cannot see message ${ts}`)
  return message
}

export const surfaceOf = (user: User, spot: Spot, context: Context): Surface => {
  if (spot.ts !== undefined) {
    const message = visibleMessage(user, spot.ts, spot.channel ?? '', context)
    channelFor(user, message.channel, context)
    const threadTs = message.thread_ts === message.ts ? undefined : message.thread_ts
    const original = { ts: message.ts, ephemeral: message.is_ephemeral === true }
    return { kind: 'message', message, place: { channel: message.channel, user: user.id, threadTs, message: original } }
  }
  const id = spot.viewId ?? context.workspace.views(user.id).at(-1)?.view.id ?? ''
  const found = context.workspace.findView(id)
  if (found?.user !== user.id) throw new Error(`${user.displayName} cannot see view ${id}`)
  return { kind: 'view', view: found.view }
}

const blocksOf = (surface: Surface): readonly Block[] =>
  surface.kind === 'message' ? (surface.message.blocks ?? []) : surface.view.blocks

const isSelected = ({ block, element }: Found, { actionId, blockId, label, value }: ElementSelector): boolean =>
  element['type'] !== 'image' &&
  (actionId === undefined || element['action_id'] === actionId) &&
  (blockId === undefined || block.block_id === blockId) &&
  (label === undefined || jsonOf(element['text'])['text'] === label) &&
  (value === undefined || element['type'] !== 'button' || element['value'] === value)

export const findElement = (surface: Surface, meant: ElementSelector): Found => {
  const all = blocksOf(surface).flatMap(block => elementsOf(block).map(element => ({ block, element })))
  const found = all.find(one => isSelected(one, meant))
  if (!found) throw new Error(`Unknown element ${JSON.stringify(meant)}`)
  return found
}
