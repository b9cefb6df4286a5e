// What all deliveries share: finding the acting person and the channel, and Slack's notice if the bot does not answer.
import { isJson, parseJson } from './json.ts'
import { type Context, SlackRefusal } from './method.ts'
import type { ResponseUrls } from './response-url.ts'
import type { Scopes } from './scopes.ts'
import type { Send, Sent } from './send.ts'
import type { Channel, Json, MessageShortcut, SlashCommand, User } from './types.ts'

export type DeliverySetup = {
  readonly context: Context
  readonly send: Send
  readonly urls: ResponseUrls
  readonly commands: readonly SlashCommand[]
  readonly shortcuts: readonly MessageShortcut[]
  /** The value of `should_escape` in the manifest. */
  readonly escapes: boolean
  /** The events to which the manifest subscribes. */
  readonly events: readonly string[]
  readonly scopes: Scopes
  /** Makes `idle()` wait until the promise has settled. */
  readonly track: (work: Promise<unknown>) => void
  readonly log: (line: string) => void
}

export const personOf = (id: string, { workspace }: Context): User => {
  const user = workspace.users.get(id)
  if (!user || user.isBot) throw new Error(`Unknown person: ${id}`)
  return user
}

/** Finds a channel that the person can see. People cannot act in other channels. */
export const channelFor = (user: User, id: string, { workspace }: Context): Channel => {
  const channel = workspace.channels.get(id)
  if (!channel?.members.includes(user.id)) throw new Error(`${user.displayName} is not in channel ${id}`)
  return channel
}

/** The JSON object in the body of the bot's answer; undefined if the body is not a JSON object. */
export const answerJson = ({ body }: Sent): Json | undefined => {
  const json = parseJson(body)
  return isJson(json) ? json : undefined
}

/** Shows the bot's answer by calling `show`. Slack drops an answer that exceeds its limits; only the log reports this. */
export const tryToShow = (what: string, show: () => void, { log }: DeliverySetup): boolean => {
  try {
    show()
    return true
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error
    log(`Slack refused ${what}: ${error.message} ${JSON.stringify(error.extra)}`)
    return false
  }
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Encodes a typed text as Slack's clients do: the names of people (@), channels (#) and groups become ids. */
export const encodeTyped = (text: string, { workspace }: Context, withNames: boolean): string => {
  const users = [...workspace.users.values()]
  const groups = [...workspace.groups.values()]
  const channels = [...workspace.channels.values()]
  const name = (label: string) => (withNames ? `|${label}` : '')
  return escapeText(text).replace(
    /(^|[\s(])([@#])([a-z0-9._-]*[a-z0-9])/gi,
    (whole, before: string, mark: string, typed: string) => {
      const word = typed.toLowerCase()
      const user =
        mark === '@' ? users.find(user => user.name === word || user.displayName.toLowerCase() === word) : undefined
      const group = mark === '@' ? groups.find(group => group.handle === word) : undefined
      const channel =
        mark === '#' ? channels.find(channel => channel.name === word && channel.kind === 'public') : undefined
      if (user) return `${before}<@${user.id}${name(user.name)}>`
      if (group) return `${before}<!subteam^${group.id}${name(`@${group.handle}`)}>`
      return channel ? `${before}<#${channel.id}|${withNames ? channel.name : ''}>` : whole
    },
  )
}
