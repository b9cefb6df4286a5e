// The upgrade's signature (SigV4 in headers). The reference reads the query as a form does: the literal `+` of
// `cell-number` is signed as a space.

import { isPresigned } from '../../kit/session/link.ts'
import type { Headers } from '../../kit/session/ports.ts'
import { type SigningKeys, sign } from '../sigv4.ts'

/** `at`: Unix milliseconds. No headers at all where the URL is presigned. */
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
