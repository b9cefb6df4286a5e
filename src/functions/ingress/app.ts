// Slack's slash commands and buttons: each becomes a job and is dispatched before the acknowledgement, since Lambda
// freezes afterwards.
import {
  App,
  type BlockAction,
  type ButtonAction,
  type Receiver,
  type RespondFn,
  type SlashCommand,
  type ViewSubmitAction,
} from '@slack/bolt'
import type { Declaration } from '../../kit/language/declaration.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import type { Choice, DecisionJob } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { Secrets } from '../../model/ports/secrets.ts'
import { asksWhatToRun, formOf, listenToBuilder } from './builder-form.ts'
import { listenToMentions } from './mentions.ts'
import { createNames, type NamesPorts } from './picker-names.ts'
import { REJECT_FORM, rejectForm } from './reject-form.ts'
import { renderBuilder } from './render-builder.ts'
import { type Asked, attempt, createStart, identity, type Start } from './start-job.ts'

export type AppOptions = {
  readonly receiver: Receiver
  readonly declarations: readonly Declaration[]
  readonly dispatch: Dispatch
  readonly secrets: () => Promise<Secrets>
  /** The names that pickers offer. */
  readonly naming: Omit<NamesPorts, 'members'>
  /** A different Slack Web API address, for tests. */
  readonly slackApiUrl?: string
}

type Reply = { readonly response_type: 'ephemeral'; readonly replace_original: false } & Rendered

const onlyForYou = (message: Rendered): Reply => ({ response_type: 'ephemeral', replace_original: false, ...message })

export const createApp = (options: AppOptions): App => {
  const { declarations, dispatch, secrets, naming } = options
  const app = connect(options)
  const members = async (group: string): Promise<readonly string[]> => {
    const { botToken } = await secrets()
    return (await app.client.usergroups.users.list({ token: botToken, usergroup: group })).users ?? []
  }
  const start = createStart(declarations, dispatch)
  listenToCommands(app, { declarations, dispatch, start })
  listenToForms(app, declarations)
  listenToVotes(app, dispatch)
  listenToBuilder(app, { declarations, start, names: createNames({ ...naming, members }) })
  listenToMentions(app, { declarations, start, dispatch })
  return app
}

const connect = ({ receiver, secrets, slackApiUrl }: AppOptions): App =>
  new App({
    receiver,
    convoStore: false,
    // Slack waits three seconds, so there is one attempt with a short timeout.
    clientOptions: {
      retryConfig: { retries: 0 },
      timeout: 2_000,
      rejectRateLimitedCalls: true,
      ...(slackApiUrl !== undefined && { slackApiUrl }),
    },
    // Never `token`: a failed auth.test would break the container for good (Bolt 5.1).
    authorize: async () => {
      const { botToken, bot, botUser } = await secrets()
      return { botToken, botId: bot, botUserId: botUser }
    },
  })

type Listening = Pick<AppOptions, 'declarations' | 'dispatch'> & { readonly start: Start }

const listenToCommands = (app: App, { declarations, dispatch, start }: Listening): void => {
  app.command('/ecs', async ({ command, ack, client }) => {
    const isBare = command.text.trim() === ''
    const place = { channel: command.channel_id }
    const open = async () => {
      const view = isBare ? renderBuilder(declarations, place) : formOf(command.text, declarations, place)
      if (!('kind' in view)) await client.views.open({ trigger_id: command.trigger_id, view })
    }
    const isForm = isBare || asksWhatToRun(command.text, declarations)
    // When no modal can be opened, help or a usage error is the reply.
    const isOpen = isForm && (await attempt(open)) === undefined
    const reply = isOpen ? undefined : await start(command.text, askedBy(command))
    await (reply === undefined ? ack() : ack(slackReply(onlyForYou(reply))))
  })
  app.action<BlockAction<ButtonAction>>(/^run:/, async ({ action, body, ack, respond, client }) => {
    const asked = clickedBy(body, [action.action_id, action.value ?? '', action.action_ts])
    const reply = await start(action.value ?? '', asked)
    const [, instead] = /^instead:(.+)$/.exec(action.block_id) ?? []
    const { actor, place } = asked
    // An offer on an open card supersedes its request, when the requester takes it.
    if (reply === undefined && instead !== undefined)
      await attempt(() =>
        dispatch.decision({ kind: 'decision', operation: instead, choice: 'supersede', actor, place }),
      )
    await ack()
    if (reply !== undefined) await tell(reply, body, { respond, client })
  })
}

/** A button with an incomplete line, such as a count to fill in, opens its form. */
const listenToForms = (app: App, declarations: readonly Declaration[]): void => {
  app.action<BlockAction<ButtonAction>>(/^form:/, async ({ action, body, ack, respond, client }) => {
    const { place } = clickedBy(body, [])
    const failure = await attempt(async () => {
      const view = formOf(action.value ?? '', declarations, place)
      if ('kind' in view) throw new Error(view.text)
      await client.views.open({ trigger_id: body.trigger_id, view })
    })
    await ack()
    if (failure !== undefined) await tell(failure, body, { respond, client })
  })
}

const listenToVotes = (app: App, dispatch: Dispatch): void => {
  app.action<BlockAction<ButtonAction>>('decide:reject', async ({ action, body, ack, respond, client }) => {
    const operation = action.value ?? ''
    const failure = await attempt(async () => {
      await client.views.open({ trigger_id: body.trigger_id, view: rejectForm(operation, body.channel?.id ?? '') })
    })
    await ack()
    if (failure !== undefined) await tell(failure, body, { respond, client })
  })
  app.view<ViewSubmitAction>(REJECT_FORM, async ({ view, body, ack }) => {
    const { operation, channel } = JSON.parse(view.private_metadata) as { operation: string; channel: string }
    const reason = view.state.values['reason']?.['reason']?.value?.trim()
    const actor: Actor = { team: body.user.team_id ?? body.team?.id ?? '', user: body.user.id, name: body.user.name }
    const failure = await attempt(() =>
      dispatch.decision({
        kind: 'decision',
        operation,
        choice: 'reject',
        actor,
        place: { channel },
        ...(reason !== undefined && reason !== '' && { reason }),
      }),
    )
    await (failure === undefined
      ? ack()
      : ack({ response_action: 'errors', errors: { reason: failure.text.slice(0, 150) } }))
  })
  app.action<BlockAction<ButtonAction>>(
    /^decide:(approve|cancel|revert|stop)$/,
    async ({ action, body, ack, respond, client }) => {
      const { actor, place, responseUrl } = clickedBy(body, [])
      const job: DecisionJob = {
        kind: 'decision',
        operation: action.value ?? '',
        choice: choiceOf(action.action_id),
        actor,
        place,
        ...(responseUrl !== undefined && { responseUrl }),
      }
      const failure = await attempt(() => dispatch.decision(job))
      await ack()
      if (failure !== undefined) await tell(failure, body, { respond, client })
    },
  )
}

type Telling = { readonly respond: RespondFn; readonly client: App['client'] }

/** App Home buttons have no response URL, so the reply goes to the user's direct messages. */
const tell = async (message: Rendered, body: BlockAction, { respond, client }: Telling): Promise<void> => {
  if (body.response_url !== undefined) await respond(slackReply(onlyForYou(message)))
  else await client.chat.postMessage({ channel: body.user.id, text: message.text, blocks: [...message.blocks] as [] })
}

/** Our types have plain JSON blocks, Bolt's a union. assertFits and the sandbox check them. */
const slackReply = (reply: Reply) => reply as Reply & { blocks: [] }

const askedBy = (command: SlashCommand): Asked => ({
  id: identity('command', command.team_id, command.user_id, command.trigger_id),
  actor: { team: command.team_id, user: command.user_id, name: command.user_name },
  place: { channel: command.channel_id },
  responseUrl: command.response_url,
})

const clickedBy = (body: BlockAction, parts: readonly string[]): Asked => {
  // In a shared channel the user's own team is in `user`, not in `body.team`.
  const team = body.user.team_id ?? body.team?.id ?? ''
  const thread = body.message?.['thread_ts']
  return {
    id: identity('button', team, body.user.id, body.channel?.id ?? '', String(body.message?.['ts'] ?? ''), ...parts),
    actor: { team, user: body.user.id, name: body.user.username ?? body.user.id },
    place: { channel: body.channel?.id ?? body.user.id, ...(typeof thread === 'string' && { thread }) },
    ...(body.response_url !== undefined && { responseUrl: body.response_url }),
  }
}

const CHOICES = ['cancel', 'revert', 'stop'] as const

const choiceOf = (actionId: string): Choice => CHOICES.find(choice => actionId === `decide:${choice}`) ?? 'approve'
