// Serves the page: its files, a feed of what one person sees, and the actions of this person. Only on loopback, for one browser.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody, refusalOfOrigin, sendJson, sendText, urlOf } from '../http.ts'
import { isJson, jsonOf, parseJson } from '../slack/json.ts'
import { BOT, TEAM } from '../slack/seed.ts'
import type { Slack } from '../slack/slack.ts'
import type { Change } from '../slack/types.ts'
import { type Access, createAccess } from './access.ts'
import { createPageActions, type PageAction } from './actions.ts'
import { buildAssets, NO_ACCESS, pageOf } from './documents.ts'
import type { Control, Pushed, Snapshot } from './ui/wire.ts'

type Setup = { readonly slack: Slack; readonly control: Control; readonly access: Access }

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const SAFE = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

const snapshotFor = (me: string, { slack, control, access }: Setup): Snapshot => {
  const { workspace } = slack
  const channels = [...workspace.channels.values()].filter(channel => channel.members.includes(me))
  const home = workspace.home(me)
  return {
    me,
    team: { id: TEAM.id, name: TEAM.name },
    bot: { userId: BOT.userId, name: BOT.name },
    users: [...workspace.users.values()],
    groups: [...workspace.groups.values()],
    channels,
    messages: channels.flatMap(channel => workspace.messages(channel.id)),
    ephemerals: workspace.ephemerals(me),
    views: workspace.views(me),
    ...(home ? { home } : {}),
    reads: workspace.reads(me),
    commands: slack.commands,
    shortcuts: slack.shortcuts,
    fileKey: access.fileKey,
    control: control.snapshot(),
  }
}

const concerns = (me: string, change: Change, { workspace }: Slack): boolean => {
  switch (change.kind) {
    case 'ephemeral':
    case 'ephemeral-deleted':
    case 'views':
    case 'home':
      return change.to === me
    case 'read':
      return change.by === me
    case 'message':
      return workspace.isMember(change.message.channel, me)
    case 'deleted':
      return workspace.isMember(change.channel, me)
    case 'channel':
      return change.channel.kind === 'public' || change.channel.members.includes(me)
    case 'user':
      return true
  }
}

const feed = (req: IncomingMessage, res: ServerResponse, setup: Setup): void => {
  const { slack, control } = setup
  const query = urlOf(req).searchParams
  const me = query.get('user') ?? ''
  if (!slack.workspace.users.has(me)) {
    sendText(res, 404, 'no such user', SAFE)
    return
  }
  slack.workspace.session(me, query.get('session') ?? '')
  res.writeHead(200, { ...SAFE, 'content-type': 'text/event-stream; charset=utf-8' })
  const push = (pushed: Pushed) => void res.write(`data: ${JSON.stringify(pushed)}\n\n`)
  push({ kind: 'snapshot', snapshot: snapshotFor(me, setup) })
  const ends = [
    slack.subscribe(change => {
      if (concerns(me, change, slack)) push({ kind: 'change', change, time: slack.clock.now() })
    }),
    control.subscribe(change => push({ kind: 'control', change })),
  ]
  req.on('close', () => {
    for (const end of ends) end()
  })
}

const act = async (req: IncomingMessage, res: ServerResponse, doing: PageAction): Promise<void> => {
  const body = parseJson((await readBody(req)).toString('utf8'))
  if (!isJson(body)) return sendJson(res, 400, { ok: false, error: 'The body must be a JSON object' }, SAFE)
  try {
    sendJson(res, 200, { ok: true, ...jsonOf(await doing(body)) }, SAFE)
  } catch (error) {
    sendJson(res, 400, { ok: false, error: error instanceof Error ? error.message : String(error) }, SAFE)
  }
}

const serveFile = (res: ServerResponse, id: string, { slack }: Setup): void => {
  const stored = slack.workspace.files.get(id)
  if (!stored?.completed) {
    sendText(res, 404, 'no such file', SAFE)
    return
  }
  const { mimetype } = stored.file
  const type = mimetype.startsWith('image/') ? mimetype : 'text/plain; charset=utf-8'
  res.writeHead(200, { ...SAFE, 'content-type': type, 'content-security-policy': "default-src 'none'; sandbox" })
  res.end(stored.content)
}

const sendPage = (res: ServerResponse, status: number, page: string, headers: Record<string, string> = {}): void =>
  sendText(res, status, page, { ...SAFE, ...headers, 'content-type': 'text/html; charset=utf-8' })

/**
 * Serves the document to a browser with the cookie or with an unused link. The answer to a link is the document, not a redirect,
 * because browsers do not send a strict cookie in a redirect that started on another site.
 */
const servePage = (req: IncomingMessage, res: ServerResponse, access: Access): void => {
  const token = urlOf(req).searchParams.get('token')
  // Programs that preview a link send HEAD requests, which must not use up the link.
  if (req.method === 'GET' && token !== null && access.redeem(token))
    sendPage(res, 200, pageOf(access.pageKey), { 'set-cookie': access.cookieFor(req) })
  else if (access.hasCookie(req)) sendPage(res, 200, pageOf())
  else sendPage(res, 403, NO_ACCESS)
}

const isUi = (path: string) => path === '/' || path === '/ui.js' || path === '/ui.css' || path.startsWith('/ui/')

const isRead = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD'

export type UiOptions = { readonly slack: Slack; readonly control: Control }

/** Creates the routes of the page, and the access control of this run. */
export const createUi = ({ slack, control }: UiOptions) => {
  const access = createAccess()
  const setup: Setup = { slack, control, access }
  const actions: { readonly [path: string]: PageAction } = createPageActions(slack, control)
  const built = buildAssets()
  built.catch(() => undefined)

  const guarded = async (req: IncomingMessage, res: ServerResponse, path: string): Promise<void> => {
    const doing = Object.hasOwn(actions, path) ? actions[path] : undefined
    const isFile = req.method === 'GET' && path.startsWith('/ui/files/')
    const hasKey = isFile ? access.hasFileKey(req) : access.hasPageKey(req)
    if (!hasKey || !access.hasCookie(req)) sendText(res, 403, 'Open the page with the link that npm start prints', SAFE)
    else if (isFile) serveFile(res, path.split('/')[3] ?? '', setup)
    else if (req.method === 'GET' && path === '/ui/events') feed(req, res, setup)
    else if (req.method === 'POST' && doing) await act(req, res, doing)
    else sendText(res, 404, 'Not found', SAFE)
  }

  const route = async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const path = urlOf(req).pathname
    if (!isUi(path)) return false
    const refusal = refusalOfOrigin(req)
    const asset = isRead(req) ? (await built).get(path) : undefined
    if (refusal !== undefined) sendText(res, 403, refusal, SAFE)
    else if (path === '/' && isRead(req)) servePage(req, res, access)
    else if (asset !== undefined) sendText(res, 200, asset.body, { ...SAFE, 'content-type': asset.type })
    else await guarded(req, res, path)
    return true
  }

  return { route, access, ready: built.then((): void => undefined) }
}
