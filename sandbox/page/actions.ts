// The actions of the page, by URL path. Each action decodes its request and calls the simulated Slack or the sandbox.
import { jsonOf, listOf, textOf } from '../slack/json.ts'
import type { Slack } from '../slack/slack.ts'
import type { Json } from '../slack/types.ts'
import type { Given, GivenValues } from '../slack/values.ts'
import type { Control } from './ui/wire.ts'

export type PageAction = (body: Json) => Promise<Json>

const optional = <Name extends string>(body: Json, ...names: readonly Name[]): { readonly [name in Name]?: string } => {
  const given = names.filter(name => typeof body[name] === 'string' && body[name] !== '')
  return Object.fromEntries(given.map(name => [name, body[name]])) as { [name in Name]?: string }
}

const required = (body: Json, name: string): string => {
  const value = textOf(body[name])
  if (!value) throw new Error(`${name} is missing`)
  return value
}

const givenOf = (value: unknown): Given => (Array.isArray(value) ? listOf(value).map(textOf) : textOf(value) || null)

const valuesOf = (value: unknown): GivenValues =>
  Object.fromEntries(
    Object.entries(jsonOf(value)).map(([blockId, actions]) => [
      blockId,
      Object.fromEntries(Object.entries(jsonOf(actions)).map(([actionId, given]) => [actionId, givenOf(given)])),
    ]),
  )

const spotOf = (body: Json) => ({ user: required(body, 'user'), ...optional(body, 'channel', 'ts', 'viewId') })

const messageOf = (body: Json) => ({
  user: required(body, 'user'),
  channel: required(body, 'channel'),
  ts: required(body, 'ts'),
})

const nothing: Json = {}

export const createPageActions = (
  { deliver, workspace }: Slack,
  control: Control,
): { readonly [path: string]: PageAction } => ({
  '/ui/command': async body => {
    const { error } = await deliver.command({
      user: required(body, 'user'),
      channel: required(body, 'channel'),
      text: textOf(body['text']),
      ...optional(body, 'command', 'threadTs'),
    })
    return error ? { failed: error } : nothing
  },
  '/ui/click': async body => {
    const { error } = await deliver.click({
      ...spotOf(body),
      ...optional(body, 'actionId', 'blockId'),
      ...(body['value'] === undefined ? {} : { value: givenOf(body['value']) }),
      ...(body['values'] === undefined ? {} : { values: valuesOf(body['values']) }),
    })
    return error ? { failed: error } : nothing
  },
  '/ui/suggest': async body => {
    // The person may have closed the modal since the page sent the request.
    if (typeof body['viewId'] === 'string' && !workspace.findView(body['viewId'])) return { options: [] }
    const { options } = await deliver.suggest({
      ...spotOf(body),
      actionId: required(body, 'actionId'),
      ...optional(body, 'blockId'),
      text: textOf(body['text']),
    })
    return { options }
  },
  '/ui/submit': async body => {
    await deliver.submit({
      user: required(body, 'user'),
      viewId: required(body, 'viewId'),
      values: valuesOf(body['values']),
    })
    return nothing
  },
  '/ui/close': async body => {
    await deliver.close({ user: required(body, 'user'), all: body['all'] === true })
    return nothing
  },
  '/ui/shortcut': async body => {
    await deliver.shortcut({
      ...messageOf(body),
      callbackId: required(body, 'callbackId'),
    })
    return nothing
  },
  '/ui/post': async body => {
    const { message } = await deliver.post({
      user: required(body, 'user'),
      channel: required(body, 'channel'),
      text: required(body, 'text'),
      ...optional(body, 'threadTs'),
    })
    return { ts: message.ts }
  },
  '/ui/edit': async body => {
    await deliver.edit({ ...messageOf(body), text: required(body, 'text') })
    return nothing
  },
  '/ui/delete': async body => {
    await deliver.remove(messageOf(body))
    return nothing
  },
  '/ui/home': async body => {
    await deliver.openHome(required(body, 'user'))
    return nothing
  },
  '/ui/read': async body => {
    workspace.read(required(body, 'user'), required(body, 'channel'), required(body, 'ts'))
    return nothing
  },
  '/ui/turn': async body => {
    const { value } = body
    await control.turn(required(body, 'id'), typeof value === 'number' || typeof value === 'string' ? value : undefined)
    return nothing
  },
})
