// What Slack may ask of us: slash commands and buttons, each turned into a job and sent on before Slack is answered,
// because Lambda freezes afterwards. Only what needs no AWS is answered here: help and what was typed wrongly.
import { createHash } from 'node:crypto'
import {
  App,
  type BlockAction,
  type ButtonAction,
  type Receiver,
  type SlashCommand,
  type ViewSubmitAction,
} from '@slack/bolt'
import type { Declaration, Rendered } from './command.ts'
import { isProblem, PeerError } from './errors.ts'
import type { Dispatch } from './gateways/dispatch.ts'
import type { Secrets } from './gateways/parameters.ts'
import { LOST } from './gateways/signed.ts'
import { type Invocation, parseText } from './invocation.ts'
import type { Choice, DecisionJob } from './job.ts'
import { renderHelp, renderMisuse } from './messages/help.ts'
import { renderRefusal } from './messages/refusal.ts'
import { REJECT_FORM, rejectForm } from './messages/reject-form.ts'
import type { Actor, Place } from './model.ts'

export type AppOptions = {
  readonly receiver: Receiver
  readonly declarations: readonly Declaration[]
  readonly dispatch: Dispatch
  readonly secrets: () => Promise<Secrets>
  /** Where Slack's Web API is, when not at its usual place. */
  readonly slackApiUrl?: string
}

type Reply = { readonly response_type: 'ephemeral'; readonly replace_original: false } & Rendered

const onlyForYou = (message: Rendered): Reply => ({ response_type: 'ephemeral', replace_original: false, ...message })

export const createApp = ({ receiver, declarations, dispatch, secrets, slackApiUrl }: AppOptions): App => {
  const app = new App({
    receiver,
    convoStore: false,
    // Slack waits three seconds: one attempt, and its end.
    clientOptions: {
      retryConfig: { retries: 0 },
      timeout: 2_000,
      rejectRateLimitedCalls: true,
      ...(slackApiUrl !== undefined && { slackApiUrl }),
    },
    // Never `token`: a failed auth.test would poison the container (bolt 5.1).
    authorize: async () => {
      const { botToken, bot, botUser } = await secrets()
      return { botToken, botId: bot, botUserId: botUser }
    },
  })
  const start = (line: string, asked: Asked) => run(line, asked, declarations, dispatch)

  app.command('/ecs', async ({ command, ack }) => {
    const reply = await start(command.text, askedBy(command))
    await (reply === undefined ? ack() : ack(slackReply(reply)))
  })
  app.action<BlockAction<ButtonAction>>(/^run:/, async ({ action, body, ack, respond }) => {
    const asked = clickedBy(body, [action.action_id, action.value ?? '', action.action_ts])
    const reply = await start(action.value ?? '', asked)
    const [, instead] = /^instead:(.+)$/.exec(action.block_id) ?? []
    const { actor, place } = asked
    // An offer of a pending card replaces its plan, when whoever asked for that takes it.
    if (reply === undefined && instead !== undefined)
      await attempt(() =>
        dispatch.decision({ kind: 'decision', operation: instead, choice: 'supersede', actor, place }),
      )
    await ack()
    if (reply !== undefined) await respond(slackReply(reply))
  })
  app.action<BlockAction<ButtonAction>>('decide:reject', async ({ action, body, ack, respond, client }) => {
    const operation = action.value ?? ''
    const failure = await attempt(async () => {
      await client.views.open({ trigger_id: body.trigger_id, view: rejectForm(operation, body.channel?.id ?? '') })
    })
    await ack()
    if (failure !== undefined) await respond(slackReply(onlyForYou(failure)))
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
    async ({ action, body, ack, respond }) => {
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
      if (failure !== undefined) await respond(slackReply(onlyForYou(failure)))
    },
  )
  return app
}

/** Blocks are plain JSON in our types and Slack's own union in Bolt's; assertFits and the sandbox check them. */
const slackReply = (reply: Reply) => reply as Reply & { blocks: [] }

type Asked = { readonly id: string; readonly actor: Actor; readonly place: Place; readonly responseUrl?: string }

const run = async (
  line: string,
  asked: Asked,
  declarations: readonly Declaration[],
  dispatch: Dispatch,
): Promise<Reply | undefined> => {
  const invocation = parseText(line, declarations)
  if (isProblem(invocation)) return onlyForYou(renderMisuse(invocation, declarations))
  const declaration = declarations.find(({ name }) => name === invocation.command)
  if (declaration === undefined || declaration.kind === 'help')
    return onlyForYou(renderHelp(helpTopic(invocation), declarations))
  const { id, ...who } = asked
  const send = {
    query: () => dispatch.query({ kind: 'query', id, line, ...who }),
    setting: () => dispatch.decision({ kind: 'setting', id, line, ...who }),
    mutation: () => dispatch.operation({ kind: 'operation', id, line, ...who }),
  }
  const failure = await attempt(send[declaration.kind])
  return failure === undefined ? undefined : onlyForYou(failure)
}

const helpTopic = ({ values }: Invocation): string | undefined =>
  typeof values['command'] === 'string' ? values['command'] : undefined

/** Sends a job on; when that fails, the words for whoever asked: nothing has run, or nobody knows. */
const attempt = async (send: () => Promise<void>): Promise<Rendered | undefined> => {
  try {
    await send()
    return undefined
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${JSON.stringify({ level: 'error', where: 'dispatch', error: words })}\n`)
    const original = words.slice(0, 200).replace(/[*`]/g, '')
    return error instanceof PeerError && error.code === LOST
      ? renderRefusal({
          text: `Quarterdeck did not hear whether this was passed on, so it may run (${original}).`,
          hint: 'Look whether its card comes before you ask again.',
        })
      : renderRefusal({
          text: `Quarterdeck could not pass this on, so nothing has run (${original}).`,
          hint: 'Try again in a moment.',
        })
  }
}

const askedBy = (command: SlashCommand): Asked => ({
  id: identity('command', command.team_id, command.user_id, command.trigger_id),
  actor: { team: command.team_id, user: command.user_id, name: command.user_name },
  place: { channel: command.channel_id },
  responseUrl: command.response_url,
})

const clickedBy = (body: BlockAction, parts: readonly string[]): Asked => {
  // In a shared channel the clicker's own team stands with the user, not in body.team.
  const team = body.user.team_id ?? body.team?.id ?? ''
  const thread = body.message?.['thread_ts']
  return {
    id: identity('button', team, body.user.id, body.channel?.id ?? '', String(body.message?.['ts'] ?? ''), ...parts),
    actor: { team, user: body.user.id, name: body.user.username ?? body.user.id },
    place: { channel: body.channel?.id ?? body.user.id, ...(typeof thread === 'string' && { thread }) },
    ...(body.response_url !== undefined && { responseUrl: body.response_url }),
  }
}

/** Within `[a-zA-Z0-9-_]1,64`, as durable execution names must be. */
const identity = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 40)

const CHOICES = ['cancel', 'revert', 'stop'] as const

const choiceOf = (actionId: string): Choice => CHOICES.find(choice => actionId === `decide:${choice}`) ?? 'approve'
