// Signs the WebSocket upgrade request of a session (SigV4 in headers). A literal `+` in `cell-number` is signed as a space, as
// the reference plugin does.

import { isPresigned } from '../../kit/session/link.ts'
import type { Headers } from '../../kit/session/ports.ts'
import { type SigningKeys, sign } from '../sigv4.ts'

/** Returns the headers that sign the upgrade request; no headers for a presigned URL. `at`: epoch milliseconds. */
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
