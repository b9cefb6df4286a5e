// Verifies Signature Version 4: parses the Authorization header or a presigned query, and computes the expected
// signature.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { HttpRequest } from './service.ts'

export type Signed = {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** The time of the request as in x-amz-date: `YYYYMMDDTHHMMSSZ`. */
  readonly amzDate: string
  readonly sessionToken: string | undefined
  /** The number of seconds for which a presigned URL is valid. */
  readonly lifetime?: number
}

const header = /^AWS4-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/

/** Parses the signature of a request; undefined if it has no readable signature. */
export const parseSigned = (http: HttpRequest): Signed | undefined =>
  http.headers['authorization'] === undefined ? parsePresigned(http) : parseHeader(http)

const SIGNATURE = 'X-Amz-Signature'

const parsePresigned = ({ query }: HttpRequest): Signed | undefined => {
  const read = (name: string) => query.get(`X-Amz-${name}`) ?? ''
  const [accessKeyId, date, region, service, terminal] = read('Credential').split('/')
  if (!accessKeyId || !date || !region || !service || terminal !== 'aws4_request') return undefined
  if (read('Algorithm') !== 'AWS4-HMAC-SHA256' || !/^[0-9a-f]{64}$/.test(read('Signature'))) return undefined
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: read('SignedHeaders').split(';'),
    signature: read('Signature'),
    amzDate: read('Date'),
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    lifetime: Number(read('Expires')),
  }
}

const parseHeader = (http: HttpRequest): Signed | undefined => {
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
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** The path for signing. Every service except S3 encodes the path a second time. */
const canonicalPath = (path: string, service: string) =>
  path
    .split('/')
    .map(part => encode(service === 's3' ? decoded(part) : part))
    .join('/') || '/'

/** Decodes a part of a URL. A part with an invalid encoding is returned unchanged, and then no signature matches. */
const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The payload in the text that is signed: its hash or, for S3, a header value such as UNSIGNED-PAYLOAD. */
const payloadOf = (http: HttpRequest, service: string): string => {
  const declared = http.headers['x-amz-content-sha256']
  return service === 's3' && declared !== undefined && !/^[0-9a-f]{64}$/.test(declared) ? declared : sha256(http.body)
}

const canonicalQuery = (query: URLSearchParams) =>
  [...query]
    .filter(([key]) => key !== SIGNATURE)
    .map(pair => pair.map(encode))
    .sort(([a = '', x = ''], [b = '', y = '']) => (a < b || (a === b && x < y) ? -1 : 1))
    .map(pair => pair.join('='))
    .join('&')

const canonicalRequest = (http: HttpRequest, { signedHeaders, service }: Signed) =>
  [
    http.method,
    canonicalPath(http.path, service),
    canonicalQuery(http.query),
    ...signedHeaders.map(name => `${name}:${(http.headers[name] ?? '').trim().replace(/\s+/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    payloadOf(http, service),
  ].join('\n')

/**
 * A cache of signing keys. A signing key is valid for one day, one service and one region, so most requests with the same
 * credential use the same signing key.
 */
const signingKeys = new Map<string, Buffer>()
const MOST_KEYS = 1_000

const signingKey = (secret: string, scope: string): Buffer => {
  const id = `${secret} ${scope}`
  const known = signingKeys.get(id)
  if (known !== undefined) return known
  if (signingKeys.size >= MOST_KEYS) signingKeys.clear()
  const key = scope.split('/').reduce(hmac, Buffer.from(`AWS4${secret}`))
  signingKeys.set(id, key)
  return key
}

const signatureOf = (http: HttpRequest, signed: Signed, secret: string): string => {
  const scope = `${signed.date}/${signed.region}/${signed.service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', signed.amzDate, scope, sha256(canonicalRequest(http, signed))].join('\n')
  return hmac(signingKey(secret, scope), toSign).toString('hex')
}

export const isSignedWith = (http: HttpRequest, signed: Signed, secret: string): boolean =>
  signed.signedHeaders.includes('host') &&
  signed.amzDate.startsWith(signed.date) &&
  timingSafeEqual(Buffer.from(signatureOf(http, signed, secret)), Buffer.from(signed.signature))

export type Signer = Pick<Signed, 'accessKeyId' | 'region' | 'service'> & {
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** The time of signing, in epoch milliseconds. */
  readonly at: number
  /** The number of seconds for which the URL is valid. */
  readonly lifetime: number
}

/** Presigns a URL: adds a signature to its query. Existing parameters stay as they are written. */
export const presign = (url: string, { secretAccessKey, at, lifetime, ...of }: Signer): string => {
  const amzDate = amzDateOf(at)
  const date = amzDate.slice(0, 8)
  const added = Object.entries({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${of.accessKeyId}/${date}/${of.region}/${of.service}/aws4_request`,
    'X-Amz-Date': amzDate,
    'X-Amz-Expires': String(lifetime),
    ...(of.sessionToken !== undefined && { 'X-Amz-Security-Token': of.sessionToken }),
    'X-Amz-SignedHeaders': 'host',
  }).map(([key, value]) => `${key}=${encode(value)}`)
  const full = `${url}&${added.join('&')}`
  const { host, pathname, search } = new URL(full)
  const http = {
    method: 'GET',
    path: pathname,
    query: new URLSearchParams(search),
    headers: { host },
    body: Buffer.alloc(0),
  }
  const signed = { sessionToken: undefined, ...of, date, amzDate, signedHeaders: ['host'], signature: '', lifetime }
  return `${full}&${SIGNATURE}=${signatureOf(http, signed, secretAccessKey)}`
}

/** Converts the time in x-amz-date to epoch milliseconds. Returns NaN if the text is not a valid date. */
export const timeOf = (amzDate: string): number =>
  Date.parse(amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

export const amzDateOf = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
