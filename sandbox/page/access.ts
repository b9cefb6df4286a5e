// Access to the page and to the control API. The page needs a link that works once, and then the cookie and the key that the
// browser received. The control API needs a token in a header. Both can start shells on this machine, so other users must not
// have access.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { urlOf } from '../http.ts'

export type Access = ReturnType<typeof createAccess>

const newSecret = (): string => randomBytes(32).toString('base64url')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compares two texts of any length in constant time. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected))

/** The name of the cookie. It contains the port, so that two sandboxes on one machine do not overwrite each other's cookie. */
const cookieName = ({ socket: { localPort } }: IncomingMessage): string => `quarterdeck-${localPort}`

const cookiesOf = ({ headers: { cookie = '' } }: IncomingMessage): readonly (readonly [string, string])[] =>
  cookie.split(';').map(one => {
    const [name = '', ...value] = one.trim().split('=')
    return [name, value.join('=')] as const
  })

const queryOf = (req: IncomingMessage, name: string): string => urlOf(req).searchParams.get(name) ?? ''

/**
 * Creates the secrets of one run and their checks. `pageKey`: protects the page in addition to the cookie. A browser sends the
 * cookie to all ports of this host, so also to a server of another user whose page the developer opens. The browser stores the
 * key only for the origin of the page, which includes the port. `fileKey`: is part of the URLs of files, which people open and
 * copy, so it only allows reading files.
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
    /** Returns a link to the page that works once. An earlier link that was not used no longer works. */
    newLink: (origin: string): string => {
      unused = newSecret()
      return `${origin}/?token=${unused}`
    },
    /** Uses up the last link. Returns true if `token` is its token and the link has not been used. */
    redeem: (token: string): boolean => {
      if (unused === undefined || !isSame(token, unused)) return false
      unused = undefined
      return true
    },
    cookieFor: (req: IncomingMessage): string => `${cookieName(req)}=${session}; Path=/; HttpOnly; SameSite=Strict`,
    hasCookie: (req: IncomingMessage): boolean =>
      cookiesOf(req).some(([name, value]) => name === cookieName(req) && isSame(value, session)),
    /** Whether a request has the page key: in a header, or in the URL of the event stream, which cannot have headers. */
    hasPageKey: (req: IncomingMessage): boolean =>
      isSame(String(req.headers['x-quarterdeck-page'] ?? '') || queryOf(req, 'key'), pageKey),
    hasFileKey: (req: IncomingMessage): boolean => isSame(queryOf(req, 'key'), fileKey),
    hasControlToken: (req: IncomingMessage): boolean =>
      isSame(String(req.headers['x-quarterdeck-token'] ?? ''), controlToken),
  }
}
