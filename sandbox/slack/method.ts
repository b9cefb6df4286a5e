// The interface of a Web API method: its context, arguments and errors.
import type { Clock } from '../world/clock.ts'
import { parseJson, textOf } from './json.ts'
import type { Rejection } from './limits.ts'
import { BOT } from './seed.ts'
import type { Triggers } from './triggers.ts'
import type { Channel, Json } from './types.ts'
import type { Workspace } from './workspace.ts'

/** An error of a Web API method: `ok: false` with Slack's error code. The code that writes the answer catches this error. */
export class SlackRefusal extends Error {
  readonly extra: Json

  constructor(error: string, extra: Json = {}) {
    super(error)
    this.name = 'SlackRefusal'
    this.extra = extra
  }
}

export type Context = {
  readonly workspace: Workspace
  readonly clock: Clock
  readonly triggers: Triggers
  /** The origin of this server, for the URLs of uploads and files. */
  readonly origin: () => string
}

export type Args = Json
export type Method = (args: Args, context: Context) => Json

export const refuse = (error: string, extra?: Json): never => {
  throw new SlackRefusal(error, extra)
}

export const refuseIf = (rejection: Rejection | undefined): void => {
  if (!rejection) return
  const { error, messages } = rejection
  refuse(error, messages ? { errors: messages, response_metadata: { messages } } : {})
}

export const textArg = (args: Args, name: string): string => {
  const value = args[name]
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : textOf(value)
}

export const requiredArg = (args: Args, name: string): string =>
  textArg(args, name) ||
  refuse('invalid_arguments', { response_metadata: { messages: [`[ERROR] missing required field: ${name}`] } })

export const flagArg = (args: Args, name: string): boolean => ['true', '1'].includes(textArg(args, name))

/** A JSON argument of a call. In a JSON body it is a value; in a form it is a text, which is parsed. */
export const jsonArg = (args: Args, name: string, error: string): unknown => {
  const value = args[name]
  if (typeof value !== 'string') return value
  if (value === '') return undefined
  const parsed = parseJson(value)
  return parsed === undefined ? refuse(error) : parsed
}

/**
 * The conversation that an argument names, if the bot can see it. A private conversation of which the bot is not a member counts
 * as not found.
 */
export const channelArg = (args: Args, { workspace }: Context, name = 'channel'): Channel => {
  const channel = workspace.channels.get(textArg(args, name))
  const hidden = channel && channel.kind !== 'public' && !channel.members.includes(BOT.userId)
  return channel && !hidden ? channel : refuse('channel_not_found')
}

export const mustBeMember = (channel: Channel): void => {
  if (!channel.members.includes(BOT.userId)) refuse('not_in_channel')
}

export const mustBeOpen = (channel: Channel): void => {
  if (channel.archived) refuse('is_archived')
}
