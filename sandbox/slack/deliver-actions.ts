// Delivers a person's clicks and choices in messages, modals and App Homes to the bot.

import type { Offers } from './deliver-suggestion.ts'
import { channelFor, type DeliverySetup, personOf } from './delivery.ts'
import { textOf } from './json.ts'
import { putView } from './methods/views.ts'
import { messageActions, payloadForm, viewActions } from './payloads.ts'
import type { RequestTampering, Sent } from './send.ts'
import { type ElementSelector, type Found, findElement, type Spot, type Surface, surfaceOf } from './surface.ts'
import type { Json, User, Values } from './types.ts'
import {
  applyValues,
  findOption,
  type Given,
  type GivenValues,
  givenValue,
  initialValues,
  valueField,
} from './values.ts'

/** A click. `values`: the values of the other fields of a modal at the time of the click. */
export type Click = Spot & ElementSelector & { readonly values?: GivenValues }

const elementPart = (element: Json, value: Given, offered: readonly Json[]): Json => {
  const type = textOf(element['type'])
  if (type === 'button') {
    const { text, value: own, style } = element
    return { type, text, ...(own === undefined ? {} : { value: own }), ...(style === undefined ? {} : { style }) }
  }
  if (type === 'overflow') return { type, selected_option: findOption(element, String(value), []) }
  return givenValue(element, value, offered)
}

const withValue = (values: Values, { block, element }: Found, value: Json): Values => {
  const blockId = block.block_id ?? ''
  return { ...values, [blockId]: { ...values[blockId], [textOf(element['action_id'])]: value } }
}

export const createClick = (setup: DeliverySetup, offers: Offers) => {
  const { context, urls } = setup
  const { workspace, triggers } = context
  /** The values that a person has chosen in a message. They are kept until the message changes. */
  const chosen = new Map<string, Values>()

  const remember = (user: User, surface: Surface, found: Found, value: Json): Values => {
    const stateful = valueField(textOf(found.element['type'])) !== undefined
    if (surface.kind === 'view') {
      const values = withValue(surface.view.state.values, found, value)
      putView(user.id, stateful ? { ...surface.view, state: { values } } : surface.view, context)
      return {}
    }
    const key = `${user.id} ${surface.message.ts}`
    const before = chosen.get(key) ?? initialValues(surface.message.blocks ?? [])
    const after = stateful ? withValue(before, found, value) : before
    chosen.set(key, after)
    return after
  }

  const payloadOf = (user: User, surface: Surface, state: Values, action: Json): Json => {
    const fields = { triggerId: triggers.issue(user.id), actions: [action] }
    if (surface.kind === 'view')
      return viewActions(user, workspace.findView(surface.view.id)?.view ?? surface.view, fields)
    const { message, place } = surface
    const channel = channelFor(user, message.channel, context)
    return messageActions(user, channel, message, state, { ...fields, responseUrl: urls.issue(place) })
  }

  const withEntered = (surface: Surface, { user, values }: Click): Surface => {
    if (surface.kind === 'message' || !values) return surface
    const { blocks, state } = surface.view
    const entered = applyValues(blocks, state.values, values, actionId => offers.of(user, actionId))
    return { ...surface, view: { ...surface.view, state: { values: entered } } }
  }

  return async (click: Click, tampering?: RequestTampering): Promise<Sent> => {
    const user = personOf(click.user, context)
    const surface = withEntered(surfaceOf(user, click, context), click)
    const found = findElement(surface, click)
    const actionId = textOf(found.element['action_id'])
    const value = elementPart(found.element, click.value ?? null, offers.of(user.id, actionId))
    const state = remember(user, surface, found, value)
    const action = { action_id: actionId, block_id: found.block.block_id, ...value, action_ts: workspace.ts() }
    const body = payloadForm(payloadOf(user, surface, state, action), context.workspace.enterprise)
    const sent = await setup.send({ contentType: 'application/x-www-form-urlencoded', body }, tampering)
    if (sent.error && surface.kind === 'message') {
      workspace.notice(user.id, surface.place, `That did not work: the app failed with the error "${sent.error}"`)
    }
    return sent
  }
}
