// The HTTP server of Slack's Web API: checks token, rate limit and faults, then runs the method. Errors have Slack's
// format.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody, sendJson } from '../http.ts'
import type { Effect, Faults } from './faults.ts'
import { isJson, parseJson, textOf } from './json.ts'
import { type Args, type Context, type Method, SlackRefusal } from './method.ts'
import * as chat from './methods/chat.ts'
import * as conversations from './methods/conversations.ts'
import * as files from './methods/files.ts'
import * as people from './methods/people.ts'
import * as views from './methods/views.ts'
import type { Rates } from './rates.ts'
import type { Scopes } from './scopes.ts'
import type { Json } from './types.ts'

export const METHODS: { readonly [name: string]: Method } = {
  'api.test': args => ({ args }),
  'auth.test': people.authTest,
  'chat.postMessage': chat.postMessage,
  'chat.update': chat.update,
  'chat.delete': chat.remove,
  'chat.postEphemeral': chat.postEphemeral,
  'chat.getPermalink': chat.getPermalink,
  'views.open': views.open,
  'views.push': views.push,
  'views.update': views.update,
  'views.publish': views.publish,
  'conversations.info': conversations.info,
  'conversations.members': conversations.members,
  'conversations.list': conversations.list,
  'conversations.open': conversations.open,
  'conversations.history': conversations.history,
  'conversations.replies': conversations.replies,
  'conversations.create': conversations.create,
  'conversations.invite': conversations.invite,
  'conversations.join': conversations.join,
  'conversations.setTopic': conversations.setTopic,
  'conversations.archive': conversations.archive,
  'users.conversations': conversations.ownList,
  'users.info': people.userInfo,
  'users.lookupByEmail': people.userByEmail,
  'users.list': people.userList,
  'usergroups.list': people.groupList,
  'usergroups.users.list': people.groupUsers,
  'files.getUploadURLExternal': files.getUploadUrl,
  'files.completeUploadExternal': files.completeUpload,
  'reactions.add': conversations.addReaction,
  'pins.add': conversations.addPin,
  'bookmarks.add': conversations.addBookmark,
}

/** A recorded call of the Web API, for tests. */
export type ApiCall = { readonly at: number; readonly method: string; readonly args: Json; readonly answer: Json }

type Setup = {
  readonly context: Context
  readonly rates: Rates
  readonly faults: Faults
  readonly botToken: string
  readonly scopes: Scopes
  readonly log: (line: string) => void
  readonly called: (call: ApiCall) => void
}

type Answer = { readonly status: number; readonly body: Json; readonly headers?: Record<string, string> }

const ok = (body: Json): Answer => ({ status: 200, body: { ok: true, ...body } })
const no = (error: string, extra: Json = {}): Answer => ({ status: 200, body: { ok: false, error, ...extra } })

const limited = (seconds: number): Answer => ({
  status: 429,
  body: { ok: false, error: 'ratelimited' },
  headers: { 'retry-after': String(seconds) },
})

const readArgs = async (req: IncomingMessage): Promise<Args> => {
  const body = (await readBody(req)).toString('utf8')
  const query = new URL(req.url ?? '/', 'http://slack.invalid').searchParams
  if (req.headers['content-type']?.startsWith('application/json')) {
    const json = parseJson(body)
    return isJson(json) ? json : {}
  }
  return { ...Object.fromEntries(query), ...Object.fromEntries(new URLSearchParams(body)) }
}

const tokenOf = (req: IncomingMessage, args: Args): string =>
  req.headers.authorization?.replace(/^Bearer /i, '') ?? textOf(args['token'])

const run = (method: Method, args: Args, context: Context): Answer => {
  try {
    return ok(method(args, context))
  } catch (error) {
    if (error instanceof SlackRefusal) return no(error.message, error.extra)
    throw error
  }
}

const perform = (name: string, token: string, args: Args, { context, rates, botToken, scopes, log }: Setup): Answer => {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
  if (!method) {
    log(`The sandbox's Slack has no method ${name}`)
    return no('unknown_method', { req_method: name })
  }
  if (!token) return no('not_authed')
  if (token !== botToken) return no('invalid_auth')
  const wait = rates.take(name, textOf(args['channel']))
  if (wait > 0) return limited(wait)
  const checked: Method = (given, within) => {
    scopes.check(name, given, within.workspace)
    return method(given, within)
  }
  return run(checked, args, context)
}

const instead = (effect: Effect): Answer | 'drop' | undefined => {
  switch (effect.kind) {
    case 'ratelimited':
      return limited(effect.retryAfter)
    case 'status':
      return { status: effect.status, body: { ok: false, error: 'internal_error' } }
    case 'error':
      return no(effect.error)
    case 'drop':
      return 'drop'
    case 'lose':
      return undefined
  }
}

/** Creates the handler of `POST /api/<method>`. */
export const createApi = (setup: Setup) => async (req: IncomingMessage, res: ServerResponse, name: string) => {
  const args = await readArgs(req)
  const { token: _, ...shown } = args
  const effect = setup.faults.take(name)
  const other = effect && instead(effect)
  if (other === 'drop') return void req.socket.destroy()
  const answer = other ?? perform(name, tokenOf(req, args), args, setup)
  setup.called({ at: setup.context.clock.now(), method: name, args: shown, answer: answer.body })
  if (answer.body['ok'] === false) setup.log(`Slack said no to ${name}: ${JSON.stringify(answer.body)}`)
  if (effect?.kind === 'lose') return void req.socket.destroy()
  sendJson(res, answer.status, answer.body, answer.headers)
}
