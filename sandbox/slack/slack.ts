// A local Slack with strict checks: the Web API over HTTP, the workspace, and signed deliveries to the bot.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody, sendText, urlOf } from '../http.ts'
import type { Clock } from '../world/clock.ts'
import { type ApiCall, createApi } from './api.ts'
import { createClick } from './deliver-actions.ts'
import { createCommandDelivery } from './deliver-command.ts'
import { createEventDelivery } from './deliver-events.ts'
import { createShortcut } from './deliver-shortcut.ts'
import { createOffers, createSuggest } from './deliver-suggestion.ts'
import { createClose, createSubmit } from './deliver-views.ts'
import type { DeliverySetup } from './delivery.ts'
import { createFaults, type Faults } from './faults.ts'
import type { Handler } from './lambda-event.ts'
import type { Context } from './method.ts'
import { upload } from './methods/files.ts'
import { createRates } from './rates.ts'
import { type RealTime, realTime } from './real-time.ts'
import { createResponseUrls } from './response-url.ts'
import { createScopes } from './scopes.ts'
import { createSend } from './send.ts'
import { createTriggers } from './triggers.ts'
import type { Change, MessageShortcut, SlashCommand } from './types.ts'
import { Workspace } from './workspace.ts'

const MOST_CALLS = 2000

export type SlackOptions = {
  readonly clock: Clock
  /** The bot's ingress function. It receives events in API Gateway's format. */
  readonly handler: Handler
  readonly signingSecret: string
  readonly botToken: string
  /** The clock of real time for the 3-second limits. Tests pass a clock that they move. */
  readonly real?: RealTime
  /** The origin of this server, such as `http://127.0.0.1:4000`. It can also be set later with `slack.origin`. */
  readonly origin?: string
  readonly commands?: readonly SlashCommand[]
  readonly shortcuts?: readonly MessageShortcut[]
  /** The value of `should_escape` in the manifest. */
  readonly escapes?: boolean
  readonly events?: readonly string[]
  /** The scopes of the bot token; all scopes by default. */
  readonly scopes?: readonly string[]
  readonly log?: (line: string) => void
}

const ECS: SlashCommand = { command: '/ecs', description: 'Operate Amazon ECS', usageHint: 'help', hints: [] }

export type Slack = ReturnType<typeof createSlack>

type Wire = {
  readonly api: ReturnType<typeof createApi>
  readonly urls: ReturnType<typeof createResponseUrls>
  readonly context: Context
  readonly faults: Faults
  readonly botToken: string
}

const serveFile = async (req: IncomingMessage, res: ServerResponse, id: string, { context, botToken }: Wire) => {
  if (req.headers.authorization !== `Bearer ${botToken}`) return sendText(res, 403, 'invalid_auth')
  const stored = context.workspace.files.get(id)
  if (!stored?.completed) return sendText(res, 404, 'file_not_found')
  res.writeHead(200, { 'content-type': stored.file.mimetype, 'x-content-type-options': 'nosniff' })
  res.end(stored.content)
}

/** The uploaded bytes: the raw body, or the first file of a form. Slack accepts both; @slack/web-api sends a form. */
const uploaded = async (req: IncomingMessage): Promise<Buffer> => {
  const body = await readBody(req)
  const type = req.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return body
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const file = [...form.values()].find(value => typeof value !== 'string')
  return file ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0)
}

const serveUpload = async (req: IncomingMessage, res: ServerResponse, id: string, { context, faults }: Wire) => {
  const content = await uploaded(req)
  const effect = faults.take('upload')
  if (effect?.kind === 'drop') return void req.socket.destroy()
  if (effect?.kind === 'status') return sendText(res, effect.status, 'server error')
  const { status, text } = upload(id, urlOf(req).searchParams.get('key') ?? '', content, context)
  if (effect?.kind === 'lose') return void req.socket.destroy()
  sendText(res, status, text)
}

const createRoute =
  (wire: Wire) =>
  async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const [, first = '', second = '', third = ''] = urlOf(req).pathname.split('/')
    if (first === 'api' && second) await wire.api(req, res, second)
    else if (first === 'response' && second) await wire.urls.serve(req, res, second)
    else if (first === 'files' && second === 'upload') await serveUpload(req, res, third, wire)
    else if (first === 'files' && second) await serveFile(req, res, second, wire)
    else return false
    return true
  }

const createIdle = () => {
  const running = new Set<Promise<unknown>>()
  const track = (work: Promise<unknown>): void => {
    const done = work.catch(() => undefined).then(() => void running.delete(done))
    running.add(done)
  }
  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running)
  }
  return { track, idle }
}

export const createSlack = (options: SlackOptions) => {
  const { clock, handler, signingSecret, botToken, real = realTime, log = () => {} } = options
  const where = { origin: options.origin ?? '' }
  const workspace = new Workspace(clock)
  const faults = createFaults()
  const context: Context = { workspace, clock, triggers: createTriggers(real), origin: () => where.origin }
  const urls = createResponseUrls(context, faults, log)
  const { track, idle } = createIdle()
  const calls: ApiCall[] = []
  const called = (call: ApiCall) => {
    calls.push(call)
    if (calls.length > MOST_CALLS) calls.splice(0, calls.length - MOST_CALLS)
  }
  const scopes = createScopes(options.scopes)
  const api = createApi({ context, rates: createRates(clock), faults, botToken, scopes, log, called })
  const plainSend = createSend({ clock, real, handler, signingSecret, log })
  const send: typeof plainSend = (outgoing, tampering) => {
    const sending = plainSend(outgoing, tampering)
    track(sending.then(sent => sent.eventually))
    return sending
  }
  const { commands = [ECS], shortcuts = [] } = options
  const { escapes = false, events = ['app_mention', 'app_home_opened', 'message.im'] } = options
  const setup: DeliverySetup = { context, send, urls, commands, shortcuts, escapes, events, scopes, track, log }
  const offers = createOffers()
  return {
    workspace,
    faults,
    commands,
    shortcuts,
    clock,
    /** All calls of the Web API, oldest first. */
    calls: calls as readonly ApiCall[],
    /** Handles `/api/*`, `/response/*` and `/files/*`. Returns false if the request is for another path. */
    route: createRoute({ api, urls, context, faults, botToken }),
    deliver: {
      command: createCommandDelivery(setup),
      click: createClick(setup, offers),
      suggest: createSuggest(setup, offers),
      shortcut: createShortcut(setup),
      submit: createSubmit(setup, offers),
      close: createClose(setup),
      ...createEventDelivery(setup),
      raw: send,
    },
    /** Issues a response URL, as a delivery does. For tests that build their own payload. */
    responseUrl: urls.issue,
    /** Every response URL that was issued. */
    responseUrls: urls.list,
    /** Resolves when all pending deliveries and their immediate retries have been answered. */
    idle,
    subscribe: (listener: (change: Change) => void) => workspace.subscribe(listener),
    get origin() {
      return where.origin
    },
    set origin(url: string) {
      where.origin = url
    },
  }
}
