// Delivers slash commands to the bot, and shows the bot's answer.
import { answerJson, channelFor, type DeliverySetup, encodeTyped, personOf, tryToShow } from './delivery.ts'
import { commandForm } from './payloads.ts'
import { type Place, respond } from './response-url.ts'
import type { RequestTampering, Sent } from './send.ts'

export type TypedCommand = {
  readonly user: string
  readonly channel: string
  /** The text after the command. */
  readonly text: string
  /** The slash command; by default the first one in the manifest. */
  readonly command?: string
  readonly threadTs?: string
}

const unanswered: Sent = {
  headers: {},
  body: '',
  eventually: Promise.resolve({ statusCode: 200, body: '' }),
}

const notACommand = (command: string) =>
  `\`${command}\` is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`

const show = (sent: Sent, place: Place, setup: DeliverySetup): void => {
  if (sent.body === '') return
  const json = sent.headers['content-type']?.startsWith('application/json') ? answerJson(sent) : undefined
  const answer = json ?? { text: sent.body }
  if (json && Object.keys(json).length === 0) return
  tryToShow('the answer to a command', () => respond(place, answer, setup.context), setup)
}

export const createCommandDelivery =
  (setup: DeliverySetup) =>
  async (
    typed: TypedCommand,
    tampering?: RequestTampering,
  ): Promise<Sent & { triggerId: string; responseUrl: string }> => {
    const { context, commands, urls } = setup
    const user = personOf(typed.user, context)
    const channel = channelFor(user, typed.channel, context)
    const command = typed.command ?? commands[0]?.command ?? '/ecs'
    const where = { channel: channel.id, threadTs: typed.threadTs }
    const say = (text: string) => context.workspace.notice(user.id, where, text)
    const declared = setup.scopes.has('commands') && commands.some(known => known.command === command)
    if (typed.threadTs || !declared) {
      say(declared ? `${command} is not supported in threads. Sorry!` : notACommand(command))
      return { ...unanswered, triggerId: '', responseUrl: '' }
    }
    const place: Place = { channel: channel.id, user: user.id }
    const triggerId = context.triggers.issue(user.id)
    const responseUrl = urls.issue(place)
    const text = setup.escapes ? encodeTyped(typed.text, context, true) : typed.text
    const body = commandForm(user, channel, {
      ...{ command, text: text.trim(), triggerId, responseUrl, enterprise: context.workspace.enterprise },
    })
    const sent = await setup.send({ contentType: 'application/x-www-form-urlencoded', body }, tampering)
    if (sent.error) say(`${command} failed with the error "${sent.error}"`)
    else show(sent, place, setup)
    return { ...sent, triggerId, responseUrl }
  }
