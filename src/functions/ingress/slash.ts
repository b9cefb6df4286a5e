// Handles the slash command: opens the builder or a form, or starts the typed line.
import type { App, SlashCommand } from '@slack/bolt'
import type { Declaration } from '../../kit/language/declaration.ts'
import { withNote } from '../../kit/messages/markup.ts'
import type { Actor } from '../../model/ecs.ts'
import { formOf, isUnfinished, lacksArgument } from './builder-form.ts'
import { openForm } from './forms.ts'
import { renderBuilder } from './render-builder.ts'
import { onlyForYou, slackReply } from './reply.ts'
import { type Asked, attempt, identity, type Start } from './start-job.ts'
import { actorIn } from './who.ts'

type SlashOptions = { readonly declarations: readonly Declaration[]; readonly start: Start }

export const listenToSlash = (app: App, { declarations, start }: SlashOptions): void => {
  app.command('/ecs', async ({ command, body, ack, client, context }) => {
    const isBare = command.text.trim() === ''
    const place = { channel: command.channel_id }
    const open = async () => {
      const view = isBare ? renderBuilder(declarations, place) : formOf(command.text, declarations, place)
      if (!('kind' in view)) await openForm(client, command.trigger_id, view)
    }
    const isIncomplete = lacksArgument(command.text, declarations)
    const isForm = isBare || isIncomplete || isUnfinished(command.text, declarations)
    // If no modal can be opened, the reply is the help or a usage error, which a line that lacks an argument gets anyway.
    const failure = isForm ? await attempt(open) : undefined
    const isOpen = isForm && failure === undefined
    const answer =
      isOpen && !isIncomplete ? undefined : await start(command.text, askedBy(command, actorIn({ body, context })))
    const reply = answer && failure ? withNote(answer, failure.text) : answer
    await (reply === undefined ? ack() : ack(slackReply(onlyForYou(reply))))
  })
}

const askedBy = (command: SlashCommand, actor: Actor): Asked => ({
  id: identity('command', command.team_id, command.user_id, command.trigger_id),
  actor,
  place: { channel: command.channel_id },
  responseUrl: command.response_url,
})
