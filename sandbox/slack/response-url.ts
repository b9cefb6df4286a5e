// Response URLs. Each accepts, without a token, up to five messages within 30 minutes of world time.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody, sendJson, sendText } from '../http.ts'
import type { Faults } from './faults.ts'
import { isJson, parseJson } from './json.ts'
import { type Args, type Context, SlackRefusal, textArg } from './method.ts'
import { contentOf } from './methods/chat.ts'
import { BOT } from './seed.ts'
import type { Json } from './types.ts'

const MOST_USES = 5
const LIFE_MS = 30 * 60_000

/** The place where an interaction happened. `replace_original` replaces the message of the interaction. */
export type Place = {
  readonly channel: string
  readonly user: string
  readonly threadTs?: string | undefined
  readonly message?: { readonly ts: string; readonly ephemeral: boolean }
}

type Issued = { readonly place: Place; readonly at: number; uses: number }

export type ResponseUrls = {
  issue(place: Place): string
  /** All response URLs that were issued. */
  list(): readonly string[]
  /** Serves `POST /response/<id>`. */
  serve(req: IncomingMessage, res: ServerResponse, id: string): Promise<void>
}

const isTrue = (value: unknown) => value === true || value === 'true'

const originalOf = ({ channel, user, message }: Place, { workspace }: Context) => {
  if (!message) return undefined
  return message.ephemeral ? workspace.ephemeral(user, message.ts) : workspace.message(channel, message.ts)
}

const remove = (place: Place, { workspace }: Context): void => {
  if (!place.message) return
  if (place.message.ephemeral) workspace.removeEphemeral(place.user, place.message.ts)
  else workspace.remove(place.channel, place.message.ts)
}

const replace = (place: Place, args: Args, context: Context): boolean => {
  const original = originalOf(place, context)
  if (!original) return false
  const content = contentOf(args)
  const { blocks: _, attachments: __, ...rest } = original
  const edited = { user: BOT.userId, ts: context.workspace.ts() }
  if (original.is_ephemeral) context.workspace.editEphemeral(place.user, rest, content)
  else context.workspace.edit(rest, { ...content, edited })
  return true
}

/** Shows an app's answer to a command, or its message to a response_url. */
export const respond = (place: Place, args: Json, context: Context): void => {
  if (isTrue(args['delete_original'])) {
    remove(place, context)
    return
  }
  if (isTrue(args['replace_original']) && replace(place, args, context)) return
  const content = contentOf(args)
  // After a click in a thread, Slack posts the answer in the channel, unless the answer names the thread (Slack documentation,
  // handling user interaction).
  const threadTs = textArg(args, 'thread_ts') || undefined
  const where = { channel: place.channel, user: BOT.userId, threadTs }
  if (args['response_type'] === 'in_channel') context.workspace.post(where, content)
  else context.workspace.postEphemeral(place.user, where, content)
}

const answer = (issued: Issued | undefined, body: unknown, context: Context): { status: number; error?: string } => {
  if (!issued) return { status: 404, error: 'invalid_url' }
  if (context.clock.now() - issued.at > LIFE_MS) return { status: 404, error: 'expired_url' }
  if (issued.uses >= MOST_USES) return { status: 404, error: 'used_url' }
  if (!isJson(body)) return { status: 400, error: 'invalid_payload' }
  issued.uses++
  try {
    respond(issued.place, body, context)
    return { status: 200 }
  } catch (error) {
    if (error instanceof SlackRefusal) return { status: 400, error: error.message }
    throw error
  }
}

export const createResponseUrls = (context: Context, faults: Faults, log: (line: string) => void): ResponseUrls => {
  const issued = new Map<string, Issued>()
  const urlOf = (id: string): string => `${context.origin()}/response/${id}`
  return {
    issue: place => {
      const id = crypto.randomUUID()
      issued.set(id, { place, at: context.clock.now(), uses: 0 })
      return urlOf(id)
    },
    list: () => [...issued.keys()].map(urlOf),
    serve: async (req, res, id) => {
      const body = parseJson((await readBody(req)).toString('utf8'))
      const effect = faults.take('response_url')
      if (effect?.kind === 'drop') return void req.socket.destroy()
      if (effect?.kind === 'ratelimited') {
        return sendJson(res, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(effect.retryAfter) })
      }
      if (effect?.kind === 'status') return sendText(res, effect.status, 'server error')
      const { status, error } =
        effect?.kind === 'error' ? { status: 400, error: effect.error } : answer(issued.get(id), body, context)
      if (effect?.kind === 'lose') return void req.socket.destroy()
      if (error) log(`Slack said no to a response_url: ${error}`)
      if (error) return sendJson(res, status, { ok: false, error })
      sendText(res, 200, 'ok')
    },
  }
}
