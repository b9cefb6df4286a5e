// Signs the WebSocket upgrade of a session (SigV4 in headers). Like the reference plugin, signs the literal `+` in
// `cell-number` as a space.

import { isPresigned } from '../../kit/session/link.ts'
import type { Headers } from '../../kit/session/ports.ts'
import { type SigningKeys, sign } from '../sigv4.ts'

/** The headers that sign the upgrade; none for a presigned URL. `at`: Unix milliseconds. */
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
