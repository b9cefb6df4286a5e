// The sandbox's Slack without a socket: what the product fetches from a story's own host is answered in this process.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'

type Route = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>

const routes = new Map<string, Route>()
const outside = globalThis.fetch
let hosts = 0

globalThis.fetch = async (input, init) => {
  const { host } = new URL(input instanceof Request ? input.url : input)
  const route = routes.get(host)
  return route === undefined ? outside(input, init) : serve(route, new Request(input, init))
}

/** Answers with the route from now on; where it is reached, and how it ends. */
export const listen = (route: Route): { readonly origin: string; readonly close: () => void } => {
  hosts += 1
  const host = `slack-${hosts}.story`
  routes.set(host, route)
  return { origin: `http://${host}`, close: () => void routes.delete(host) }
}

const serve = async (route: Route, request: Request): Promise<Response> => {
  const body = Buffer.from(await request.arrayBuffer())
  const { pathname, search } = new URL(request.url)
  return new Promise((resolve, reject) => {
    const req = Object.assign(Readable.from(body.length === 0 ? [] : [body]), {
      method: request.method,
      url: `${pathname}${search}`,
      headers: Object.fromEntries(request.headers),
      socket: { destroy: () => reject(new TypeError('fetch failed')) },
    })
    let head: ResponseInit = { status: 200 }
    const res = {
      writeHead: (status: number, headers: Record<string, string> = {}) => {
        head = { status, headers }
        return res
      },
      end: (text: string | Buffer = '') =>
        resolve(new Response(typeof text === 'string' ? text : new Uint8Array(text), head)),
    }
    route(req as unknown as IncomingMessage, res as unknown as ServerResponse).then(
      isOwn => isOwn || resolve(new Response('not found', { status: 404 })),
      reject,
    )
  })
}
