// Attacks on the page and the control API by another user of this machine, and by pages in the developer's browser.
import { request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { servePage } from '../../browser/serve.ts'

let served: Awaited<ReturnType<typeof servePage>>
beforeEach(async () => {
  served = await servePage()
})
afterEach(() => served.close())

type Answer = { readonly status: number; readonly headers: Record<string, unknown>; readonly body: string }

/** `fetch` cannot set Host. Event streams end with their head. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const req = request(served.url + path, { method, headers }, res => {
      const chunks: Buffer[] = []
      const finish = () =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks).toString() })
      res.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (res.headers['content-type']?.startsWith('text/event-stream')) {
          finish()
          req.destroy()
        }
      })
      res.on('end', finish)
    })
    req.on('error', reject)
    req.end(body)
  })

const say = JSON.stringify({ user: 'U0REQUEST', channel: 'C0OPS', text: 'help' })
const post = (headers: Record<string, string>) => ask('/ui/command', headers, 'POST', say)

const pathOf = (link: string): string => link.slice(served.url.length)
type Entered = { readonly cookie: string; readonly 'x-quarterdeck-page': string }

const cookieIn = ({ headers }: Answer): string => String(headers['set-cookie'] ?? '').split(';')[0] ?? ''
const enter = async (): Promise<Entered> => {
  const answer = await ask(pathOf(served.newLink()))
  const [, key = ''] = /quarterdeck-page" content="([^"]*)"/.exec(answer.body) ?? []
  return { cookie: cookieIn(answer), 'x-quarterdeck-page': key }
}

test('another user of this machine reads the page, and finds nothing that lets them act', async () => {
  const home = await ask('/')
  expect(home.status).toBe(403)
  expect(home.headers['set-cookie']).toBeUndefined()
  const [, token = ''] = /content="([\w-]{20,})"/.exec(home.body) ?? []
  expect((await post({ 'x-quarterdeck-token': token })).status).toBe(403)
  expect((await ask(`/ui/events?user=U0REQUEST&token=${token}`)).status).toBe(403)
  expect((await ask('/ui/files/F1')).status).toBe(403)
  expect((await ask('/ui.js')).body).not.toContain(served.ui.access.controlToken)
})

test('a link works once: who finds it later, in a history or on a screen, is too late', async () => {
  const link = pathOf(served.newLink())
  const first = await ask(link)
  expect(first.status).toBe(200)
  expect(String(first.headers['set-cookie'])).toMatch(/^quarterdeck-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  const second = await ask(link)
  expect([second.status, second.headers['set-cookie']]).toEqual([403, undefined])
  expect(second.body).toContain('press Enter in the terminal')
  expect((await ask(link, { cookie: cookieIn(first) })).status).toBe(200)
})

test('a new link ends the one before, and a preview does not use a link up', async () => {
  const before = pathOf(served.newLink())
  const link = pathOf(served.newLink())
  expect((await ask(before)).status).toBe(403)
  expect((await ask(link, {}, 'HEAD')).headers['set-cookie']).toBeUndefined()
  expect((await ask(link)).status).toBe(200)
})

test('its browser acts, reads and reloads, by the cookie and the key', async () => {
  const entered = await enter()
  expect((await ask('/', { cookie: entered.cookie })).status).toBe(200)
  expect((await post({ ...entered, cookie: `theme=dark; ${entered.cookie}` })).status).toBe(200)
  const key = entered['x-quarterdeck-page']
  expect((await ask(`/ui/events?user=U0REQUEST&key=${key}`, { cookie: entered.cookie })).status).toBe(200)
})

test('a server on another port gets the cookie from the browser, and can do nothing with it', async () => {
  const { cookie, 'x-quarterdeck-page': key } = await enter()
  const home = await ask('/', { cookie })
  expect(home.body).not.toContain(key)
  expect((await post({ cookie })).status).toBe(403)
  for (const path of ['/ui/events?user=U0REQUEST', '/ui/files/F1', '/ui/files/F1?key=', `/ui/files/F1?key=${key}`])
    expect((await ask(path, { cookie })).status).toBe(403)
})

test('the key alone, or with the cookie of another run, does nothing', async () => {
  const entered = await enter()
  expect((await post({ 'x-quarterdeck-page': entered['x-quarterdeck-page'] })).status).toBe(403)
  const other = await servePage()
  const theirs = await fetch(other.newLink())
  other.close()
  const cookie = `${entered.cookie.split('=')[0]}=${theirs.headers.get('set-cookie')?.split(/[=;]/)[1]}`
  expect((await post({ ...entered, cookie })).status).toBe(403)
})

test.each([
  ['no cookie', ''],
  ['another value', `x=1`],
  ['a shorter one', 'short'],
  ['letters outside ASCII, of the right length', 'é'.repeat(43)],
])('a guess is refused, and does not end the sandbox: %s', async (_, value) => {
  const entered = await enter()
  const name = entered.cookie.split('=')[0]
  expect((await post({ ...entered, cookie: `${name}=${Buffer.from(value).toString('latin1')}` })).status).toBe(403)
  expect((await ask(`/?token=${encodeURIComponent(value)}`)).status).toBe(403)
})

test('the token in an address or in a header is no cookie', async () => {
  await enter()
  const [, token = ''] = served.newLink().split('token=')
  expect((await post({ 'x-quarterdeck-token': token })).status).toBe(403)
  expect((await post({ 'x-quarterdeck-token': served.ui.access.controlToken })).status).toBe(403)
  expect((await ask(`/ui/events?user=U0REQUEST&token=${token}`)).status).toBe(403)
  expect((await ask(`/ui/command?token=${token}`, {}, 'POST', say)).status).toBe(403)
})

const FOREIGN: readonly (readonly [string, (host: string) => Record<string, string>])[] = [
  ['a name that resolves to this machine', () => ({ host: 'evil.example' })],
  ['that name with the right port', host => ({ host: `evil.example:${host.split(':')[1]}` })],
  ['a name that begins like this machine', host => ({ host: host.replace(':', '.evil.example:') })],
  ['another port', () => ({ host: '127.0.0.1:1' })],
  ['a page of another site', () => ({ origin: 'https://evil.example' })],
  ['a sandboxed frame', () => ({ origin: 'null' })],
  ['a page on another port', () => ({ origin: 'http://127.0.0.1:1' })],
  ['the other name of this machine', host => ({ origin: `http://localhost:${host.split(':')[1]}` })],
  ['an image or a script on another site', () => ({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })],
  ['an image or a script on another port', () => ({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' })],
  [
    'a WebSocket of another site',
    () => ({ origin: 'https://evil.example', connection: 'upgrade', upgrade: 'websocket' }),
  ],
]

test.each(FOREIGN)('%s is refused, with the cookie too', async (_, foreign) => {
  const headers = { ...foreign(served.url.slice('http://'.length)), ...(await enter()) }
  expect((await post(headers)).status).toBe(403)
  expect((await ask('/ui/events?user=U0REQUEST', headers)).status).toBe(403)
  expect((await ask('/ui.js', headers)).status).toBe(403)
  const link = pathOf(served.newLink())
  expect((await ask(link, foreign(served.url.slice('http://'.length)))).headers['set-cookie']).toBeUndefined()
})

test('a link on another site shows the document to its browser, and cannot act', async () => {
  const followed = { ...(await enter()), 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  expect((await ask('/', followed)).status).toBe(200)
  expect((await post(followed)).status).toBe(403)
})

test('every answer says what a browser may do with it', async () => {
  const entered = await enter()
  for (const path of ['/', '/ui.js', '/ui/nothing', '/ui/events?user=nobody', '/ui/events?user=U0REQUEST']) {
    const { headers } = await ask(path, entered)
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/)
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(headers['access-control-allow-origin']).toBeUndefined()
  }
})
