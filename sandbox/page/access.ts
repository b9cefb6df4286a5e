// Who may use the page and the control API. The page: a link that works once, and the cookie and the key that its browser
// gets. The control API: a token in a header. All can start shells on this machine, so its other users must not have them.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { urlOf } from '../http.ts'

export type Access = ReturnType<typeof createAccess>

const newSecret = (): string => randomBytes(32).toString('base64url')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** In constant time, for texts of any length. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected))

/** Two sandboxes on one machine must not overwrite each other's cookie. */
const cookieName = ({ socket: { localPort } }: IncomingMessage): string => `quarterdeck-${localPort}`

const cookiesOf = ({ headers: { cookie = '' } }: IncomingMessage): readonly (readonly [string, string])[] =>
  cookie.split(';').map(one => {
    const [name = '', ...value] = one.trim().split('=')
    return [name, value.join('=')] as const
  })

const queryOf = (req: IncomingMessage, name: string): string => urlOf(req).searchParams.get(name) ?? ''

/**
 * `pageKey`: a browser sends the cookie to every port of this host, so a server of another user gets it when the
 * developer opens one of its pages. The key is in the storage of the page's origin, which has a port. `fileKey`: stands
 * in the addresses of files, which people open and copy, so it reads files and does nothing else.
 */
export const createAccess = () => {
  const session = newSecret()
  const pageKey = newSecret()
  const fileKey = newSecret()
  const controlToken = newSecret()
  let unused: string | undefined
  return {
    controlToken,
    pageKey,
    fileKey,
    /** A link to the page that works once. An earlier link that nobody used stops working. */
    newLink: (origin: string): string => {
      unused = newSecret()
      return `${origin}/?token=${unused}`
    },
    /** True once for the token of the last link. */
    redeem: (token: string): boolean => {
      if (unused === undefined || !isSame(token, unused)) return false
      unused = undefined
      return true
    },
    cookieFor: (req: IncomingMessage): string => `${cookieName(req)}=${session}; Path=/; HttpOnly; SameSite=Strict`,
    hasCookie: (req: IncomingMessage): boolean =>
      cookiesOf(req).some(([name, value]) => name === cookieName(req) && isSame(value, session)),
    /** In a header; in the address of the event stream, which cannot have headers. */
    hasPageKey: (req: IncomingMessage): boolean =>
      isSame(String(req.headers['x-quarterdeck-page'] ?? '') || queryOf(req, 'key'), pageKey),
    hasFileKey: (req: IncomingMessage): boolean => isSame(queryOf(req, 'key'), fileKey),
    hasControlToken: (req: IncomingMessage): boolean =>
      isSame(String(req.headers['x-quarterdeck-token'] ?? ''), controlToken),
  }
}
