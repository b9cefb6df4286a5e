// Signs the WebSocket upgrade (SigV4 in headers).
// Like the reference plugin, signs the literal `+` in `cell-number` as a space.

import { isPresigned } from '../../kit/session/link.ts'
import type { Headers } from '../../kit/session/ports.ts'
import { type SigningKeys, sign } from '../sigv4.ts'

/** `at`: Unix milliseconds. Returns no headers for a presigned URL. */
export const signUpgrade = (
  url: string,
  { region, credentials, at }: { readonly region: string; readonly credentials: SigningKeys; readonly at: number },
): Headers => {
  if (isPresigned(url)) return {}
  const { host, pathname, search } = new URL(url)
  return sign(
    { method: 'GET', host, path: pathname + search },
    { service: 'ssmmessages', region, keys: credentials, at },
  )
}
