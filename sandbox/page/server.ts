// Serves the page: its bundle, a feed of one person's view, and that person's actions. It accepts only requests from
// this machine with the token of this run.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { build } from 'esbuild'
import { readBody, sendJson, sendText, urlOf } from '../http.ts'
import { isJson, jsonOf, parseJson, textOf } from '../slack/json.ts'
import { BOT, TEAM } from '../slack/seed.ts'
import type { Slack } from '../slack/slack.ts'
import type { Change } from '../slack/types.ts'
import { createPageActions, type PageAction } from './actions.ts'
import type { Control, Pushed, Snapshot } from './ui/wire.ts'

type Setup = { readonly slack: Slack; readonly control: Control; readonly token: string }

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
  'cache-control': 'no-store',
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#0b6e8a"/><path d="M12 7.5v11M8.5 11h7M5.5 13.5c.3 3.2 3 5 6.5 5s6.2-1.8 6.5-5" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round"/><circle cx="12" cy="5.8" r="1.7" fill="none" stroke="#fff" stroke-width="1.8"/></svg>`

const page = (token: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="quarterdeck-token" content="${token}">
<title>Quarterdeck sandbox</title>
<link rel="icon" type="image/svg+xml" href="/ui/icon.svg">
<link rel="stylesheet" href="/ui.css">
<script type="module" src="/ui.js"></script>
</head>
<body><noscript>The sandbox's page needs JavaScript.</noscript></body>
</html>
`

type Bundle = { readonly js: string; readonly css: string }

const bundle = async (): Promise<Bundle> => {
  const { outputFiles } = await build({
    entryPoints: [{ in: new URL('./ui/main.ts', import.meta.url).pathname, out: 'ui' }],
    bundle: true,
    write: false,
    outdir: '/ui',
    format: 'esm',
    target: 'es2023',
    logLevel: 'error',
  })
  const find = (end: string) => outputFiles.find(file => file.path.endsWith(end))?.text ?? ''
  return { js: find('.js'), css: find('.css') }
}

/**
 * Whether a request comes from our page. A foreign page cannot read the token; a foreign host name that resolves to
 * this machine is refused.
 */
const isOurs = (req: IncomingMessage): boolean => {
  const port = req.socket.localPort
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host = '', origin } = req.headers
  return hosts.includes(host) && (origin === undefined || origin === `http://${host}`)
}

const isToken = (given: string, token: string): boolean =>
  given.length === token.length && timingSafeEqual(Buffer.from(given), Buffer.from(token))

const snapshotFor = (me: string, { slack, control }: Setup): Snapshot => {
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
    sendText(res, 404, 'no such user')
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

const serveStatic = async (
  res: ServerResponse,
  path: string,
  token: string,
  built: Promise<Bundle>,
): Promise<boolean> => {
  const send = (type: string, body: string) => sendText(res, 200, body, { ...SAFE, 'content-type': type })
  if (path === '/') send('text/html; charset=utf-8', page(token))
  else if (path === '/ui.js') send('text/javascript; charset=utf-8', (await built).js)
  else if (path === '/ui.css') send('text/css; charset=utf-8', (await built).css)
  else if (path === '/ui/icon.svg') send('image/svg+xml', ICON)
  else return false
  return true
}

const isUi = (path: string) => path === '/' || path === '/ui.js' || path === '/ui.css' || path.startsWith('/ui/')

export type UiOptions = { readonly slack: Slack; readonly control: Control }

/** Creates the routes of the page, and the token of this run, which tests and `/_control` also use. */
export const createUi = ({ slack, control }: UiOptions) => {
  const token = randomBytes(24).toString('base64url')
  const setup: Setup = { slack, control, token }
  const actions: { readonly [path: string]: PageAction } = createPageActions(slack, control)
  const built = bundle()
  built.catch(() => undefined)

  const guarded = async (req: IncomingMessage, res: ServerResponse, path: string): Promise<void> => {
    const given =
      textOf(req.headers['x-quarterdeck-token']) ||
      (req.method === 'GET' ? (urlOf(req).searchParams.get('token') ?? '') : '')
    const doing = Object.hasOwn(actions, path) ? actions[path] : undefined
    if (!isToken(given, token)) sendText(res, 403, 'The page’s token is missing or belongs to another run', SAFE)
    else if (req.method === 'GET' && path === '/ui/events') feed(req, res, setup)
    else if (req.method === 'GET' && path.startsWith('/ui/files/')) serveFile(res, path.split('/')[3] ?? '', setup)
    else if (req.method === 'POST' && doing) await act(req, res, doing)
    else sendText(res, 404, 'Not found', SAFE)
  }

  const route = async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const path = urlOf(req).pathname
    if (!isUi(path)) return false
    if (!isOurs(req)) sendText(res, 403, 'The Host and Origin headers must be this host', SAFE)
    else if (req.method !== 'GET' || !(await serveStatic(res, path, token, built))) await guarded(req, res, path)
    return true
  }

  return { route, token, ready: built.then((): void => undefined) }
}
