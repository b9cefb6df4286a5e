// Signature Version 4 as the receiving side sees it: reads the Authorization header and computes what it should have said.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { HttpRequest } from './service.ts'

export type Signed = {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** `YYYYMMDDTHHMMSSZ`, from x-amz-date. */
  readonly amzDate: string
  readonly sessionToken: string | undefined
}

const header = /^AWS4-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/

/** Nothing where the request carries no readable SigV4 header. */
export const parseSigned = (http: HttpRequest): Signed | undefined => {
  const [, credential, signedHeaders, signature] = header.exec(http.headers['authorization'] ?? '') ?? []
  const amzDate = http.headers['x-amz-date']
  if (!credential || !signedHeaders || !signature || !amzDate) return undefined
  const [accessKeyId, date, region, service, terminal] = credential.split('/')
  if (!accessKeyId || !date || !region || !service || terminal !== 'aws4_request') return undefined
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: signedHeaders.split(';'),
    signature,
    amzDate,
    sessionToken: http.headers['x-amz-security-token'],
  }
}

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** Every service but S3 encodes the path of the wire once more. */
const canonicalPath = (path: string) => path.split('/').map(encode).join('/') || '/'

const canonicalQuery = (query: URLSearchParams) =>
  [...query]
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .sort()
    .join('&')

const canonicalRequest = (http: HttpRequest, { signedHeaders }: Signed) =>
  [
    http.method,
    canonicalPath(http.path),
    canonicalQuery(http.query),
    ...signedHeaders.map(name => `${name}:${(http.headers[name] ?? '').trim().replace(/\s+/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    sha256(http.body),
  ].join('\n')

const signatureOf = (http: HttpRequest, signed: Signed, secret: string): string => {
  const scope = `${signed.date}/${signed.region}/${signed.service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', signed.amzDate, scope, sha256(canonicalRequest(http, signed))].join('\n')
  const key = [signed.date, signed.region, signed.service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secret}`,
  )
  return hmac(key, toSign).toString('hex')
}

export const isSignedWith = (http: HttpRequest, signed: Signed, secret: string): boolean =>
  signed.signedHeaders.includes('host') &&
  signed.amzDate.startsWith(signed.date) &&
  timingSafeEqual(Buffer.from(signatureOf(http, signed, secret)), Buffer.from(signed.signature))

/** Epoch milliseconds; NaN where the date is not one. */
export const timeOf = (amzDate: string): number =>
  Date.parse(amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

export const amzDateOf = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
