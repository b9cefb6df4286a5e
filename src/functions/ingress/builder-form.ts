// Handles the builder modal: opening, a change of the command, picker options and submission. It reads only the store,
// to stay within Slack's three seconds.
import type { App, BlockAction, MessageShortcut, SlackViewAction, StaticSelectAction, ViewOutput } from '@slack/bolt'
import { OF_SERVICE } from '../../engine/cards/card.ts'
import type { Declaration } from '../../kit/language/declaration.ts'
import {
  type Invocation,
  type Misuse,
  parseFields,
  parseText,
  printFields,
  printInvocation,
} from '../../kit/language/invocation.ts'
import type { Actor, Place } from '../../model/ecs.ts'
import { isProblem, RemoteError } from '../../model/errors.ts'
import { isRecord } from '../../model/json.ts'
import { askSlack } from '../../model/slack-error.ts'
import { openForm } from './forms.ts'
import type { Names } from './picker-names.ts'
import {
  BUILDER,
  CHOOSE_COMMAND,
  COMMAND,
  CONFIGURED,
  fieldOptions,
  fieldsIn,
  isPlace,
  type Opened,
  PICK_COMMAND,
  PICK_PLACE,
  PICK_SERVICE,
  renderBuilder,
} from './render-builder.ts'
import { reply } from './reply.ts'
import { attempt, identity, type Start } from './start-job.ts'
import { actorIn } from './who.ts'

/** The message shortcut in manifest.yml. It works in threads, where slash commands do not. */
const SHORTCUT = 'operate'

export type BuilderOptions = {
  readonly declarations: readonly Declaration[]
  readonly start: Start
  /** The names for pickers, read with Slack's client and the app's own token. */
  readonly names: Names
}

const PICKERS = [
  [PICK_SERVICE, 'services'],
  [PICK_PLACE, 'places'],
  [PICK_COMMAND, 'commands'],
] as const

/** Renders the form of an incomplete line, such as a button's, with the fields filled in from it. */
export const formOf = (line: string, declarations: readonly Declaration[], place: Place) => {
  const parsed = parseText(line, declarations)
  const invocation = isProblem(parsed) ? incompleteIn(parsed) : parsed
  if (isProblem(invocation)) return invocation
  return renderBuilder(declarations, place, invocation.command, printFields(invocation, declarations))
}

/** The values of a line that lacks an argument. */
const incompleteIn = (misuse: Misuse): Invocation | Misuse => {
  const { command, given } = misuse
  return command === undefined || given === undefined ? misuse : { command, values: given }
}

/** Whether the line lacks an argument. */
export const lacksArgument = (line: string, declarations: readonly Declaration[]): boolean => {
  const parsed = parseText(line, declarations)
  return isProblem(parsed) && parsed.given !== undefined
}

/** Whether the line lacks what it is about: an `exec` or `run` line without a command, a closing without a summary. */
export const isUnfinished = (line: string, declarations: readonly Declaration[]): boolean => {
  const invocation = parseText(line, declarations)
  if ('kind' in invocation) return false
  if (invocation.command === 'incident close') return invocation.values['summary'] === undefined
  if (!['exec', 'run'].includes(invocation.command)) return false
  return invocation.values['run'] === undefined && invocation.values['interactive'] === undefined
}

export const listenToBuilder = (app: App, { declarations, start, names }: BuilderOptions): void => {
  app.shortcut<MessageShortcut>(
    { callback_id: SHORTCUT, type: 'message_action' },
    async ({ shortcut, body, ack, client, context, respond }) => {
      const { message, channel, trigger_id } = shortcut
      const thread = typeof message['thread_ts'] === 'string' ? message['thread_ts'] : message.ts
      const place = { channel: channel.id, thread }
      const service = serviceOfCard(message)
      const view = renderBuilder(declarations, { ...place, ...(service !== undefined && { service }) })
      const failure = await attempt(async () => void (await openForm(client, trigger_id, view)))
      await ack()
      if (failure !== undefined) await reply(failure, { user: actorIn({ body, context }).user, place, respond }, client)
    },
  )
  app.action<BlockAction<StaticSelectAction>>(CHOOSE_COMMAND, async ({ action, body, ack, client, context }) => {
    const { view } = body
    if (view === undefined) return ack()
    const failure = await attempt(async () => {
      const next = renderBuilder(declarations, openedIn(view.private_metadata), action.selected_option?.value)
      await askSlack('showing the fields', () => client.views.update({ view_id: view.id, hash: view.hash, view: next }))
        // A newer choice of the same person is shown.
        .catch(unlessConflict)
    })
    await ack()
    if (failure !== undefined) await reply(failure, { user: actorIn({ body, context }).user, place: undefined }, client)
  })
  // Clicks in pickers are only acknowledged. Their values are read on submission.
  app.action(/^pick:/, async ({ ack }) => ack())
  for (const [picker, what] of PICKERS)
    app.options<'block_suggestion'>(picker, async ({ payload, body, ack, context }) => {
      const { channel } = placeIn(body.view?.private_metadata)
      const options = await names.offer(payload.value, actorIn({ body, context }), channel, what).catch(noOptions)
      await ack({ options: [...options] })
    })
  app.view<SlackViewAction>({ callback_id: BUILDER, type: 'view_submission' }, async ({ view, body, ack, context }) => {
    const answer = await submit(view, actorIn({ body, context }), { declarations, start, names })
    await (answer === undefined ? ack() : ack(answer))
  })
}

/** The service that a card names, from its block id. Another app's message may hold anything there. */
const serviceOfCard = ({ blocks }: Record<string, unknown>): string | undefined => {
  const ids = (Array.isArray(blocks) ? blocks : []).map(block => (isRecord(block) ? String(block['block_id']) : ''))
  const name = ids.find(id => id.startsWith(OF_SERVICE))?.slice(OF_SERVICE.length)
  return name !== undefined && isFullName(name) ? name : undefined
}

const isFullName = (name: string): boolean => /^[\w-]+\.[a-z0-9-]+\/[\w-]+\/[\w-]+$/.test(name)

/** Where the form was opened, with the service of its card. */
const openedIn = (metadata: string | undefined): Opened => {
  const place = placeIn(metadata)
  if (place.channel === '') return place
  const { service } = JSON.parse(metadata ?? '{}') as { readonly service?: unknown }
  return { ...place, ...(typeof service === 'string' && isFullName(service) && { service }) }
}

/**
 * Reads the place from `private_metadata`. Its content is validated, because even a signed request may contain
 * anything.
 */
const placeIn = (metadata: string | undefined): Place => {
  try {
    const place: unknown = JSON.parse(metadata ?? '')
    if (!isRecord(place) || typeof place['channel'] !== 'string') return { channel: '' }
    const { channel, thread } = place
    return { channel, ...(typeof thread === 'string' && { thread }) }
  } catch {
    return { channel: '' }
  }
}

const unlessConflict = (error: unknown): void => {
  if (!(error instanceof RemoteError && error.code === 'hash_conflict')) throw error
}

const noOptions = (error: unknown): readonly [] => {
  process.stderr.write(`${JSON.stringify({ level: 'error', where: 'suggestions', error: String(error) })}\n`)
  return []
}

const errorsOf = (errors: Readonly<Record<string, string>>) => ({
  response_action: 'errors' as const,
  errors: { ...errors },
})

/** Handles a submission. Returns undefined, which closes the modal, if the job was started. */
const submit = async (view: ViewOutput, actor: Actor, { declarations, start, names }: BuilderOptions) => {
  const { [COMMAND]: command = '', [CONFIGURED]: known, ...written } = fieldsIn(view.state.values)
  const fields = { ...(known !== undefined && { run: known }), ...written }
  const place = placeIn(view.private_metadata)
  const declaration = declarations.find(({ name, kind }) => name === command && kind !== 'help')
  if (declaration === undefined) return errorsOf({ [COMMAND]: 'Choose a command.' })
  const expected = [...Object.keys(declaration.args), ...fieldOptions(declaration.options).map(([name]) => name)]
  const isWhole = expected.every(name => name in view.state.values)
  if (!isWhole)
    return {
      response_action: 'update' as const,
      view: renderBuilder(declarations, openedIn(view.private_metadata), command),
    }
  const invocation = parseFields(declaration, await withFullNames(fields, declaration, names))
  if ('problems' in invocation)
    return errorsOf(
      Object.fromEntries(
        Object.entries(invocation.problems).map(([name, { text, hint = '' }]) => [name, plainText(`${text} ${hint}`)]),
      ),
    )
  const line = printInvocation(invocation, declarations)
  const answer = await start(line, { id: identity('modal', view.id, view.hash, line), actor, place })
  return answer === undefined ? undefined : errorsOf({ [COMMAND]: plainText(answer.text) })
}

const withFullNames = async (fields: Readonly<Record<string, string>>, { args }: Declaration, names: Names) => {
  const full: Record<string, string> = { ...fields }
  for (const [name, { kind }] of Object.entries(args))
    if ((kind === 'service' || kind === 'set' || isPlace(kind)) && full[name] !== undefined)
      full[name] = await names.chosen(full[name])
  return full
}

/** The plain text of a field's error: Slack renders no markup there, and shows only a short text. */
const plainText = (text: string): string => text.replace(/[`*]/g, '').trim().slice(0, 300)
