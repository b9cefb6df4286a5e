// The upgrade's signature (SigV4 in headers). The reference reads the query as a form does: the literal `+` of
// `cell-number` is signed as a space. aws4 reads it so too.
import aws4, { type Request } from 'aws4'
import type { Headers } from './ports.ts'

export type UpgradeCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

const PRESIGNED = /[?&]X-Amz-(?:Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)=/i

export const isPresigned = (url: string): boolean => PRESIGNED.test(url)

/** `at`: Unix milliseconds. No headers at all where the URL is presigned. */
export const signUpgrade = (
  url: string,
  {
    region,
    credentials,
    at,
  }: { readonly region: string; readonly credentials: UpgradeCredentials; readonly at: number },
): Headers => {
  if (isPresigned(url)) return {}
  const { host, pathname, search } = new URL(url)
  const amzDate = `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const request: Request = {
    host,
    path: pathname + search,
    method: 'GET',
    service: 'ssmmessages',
    region,
    headers: { 'X-Amz-Date': amzDate },
  }
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const { headers = {} } = aws4.sign(request, { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) })
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (/^host$/i.test(name) ? [] : [[name, String(value)]])),
  )
}
