// Signs AWS requests with Signature Version 4 in headers (IAM user guide, "Create a signed AWS API request"). For S3, paths must
// not need encoding. The code is small, because ingress signs a request before it can answer.
import { createHmac, hash } from 'node:crypto'

export type SigningKeys = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export type Unsigned = {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly host: string
  /** The path as sent, with the query. A `+` in the query means a space. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a signature needs in addition to the request. `at`: epoch milliseconds. */
export type Signing = {
  readonly service: string
  readonly region: string
  readonly keys: SigningKeys
  readonly at: number
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/** Signs a request; returns the headers to add. The HTTP client adds `Host`. */
export const sign = (
  { method, host, path, headers = {}, body = '' }: Unsigned,
  { service, region, keys, at }: Signing,
): Readonly<Record<string, string>> => {
  const date = `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const { accessKeyId, secretAccessKey, sessionToken } = keys
  const added = { 'X-Amz-Date': date, ...(sessionToken ? { 'X-Amz-Security-Token': sessionToken } : {}) }
  const signed = Object.entries({ ...headers, host, ...added })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/\s+/g, ' ')] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const names = signed.map(([name]) => name).join(';')
  const [pathname = '/', query = ''] = path.split('?')
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('')
  const request = [method, canonicalPath(pathname), canonicalQuery(query), lines, names, hash('sha256', body)].join(
    '\n',
  )
  const scope = [date.slice(0, 8), region, service, 'aws4_request']
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  const signature = hmac(key, [ALGORITHM, date, scope.join('/'), hash('sha256', request)].join('\n')).toString('hex')
  const credential = `${accessKeyId}/${scope.join('/')}`
  return {
    ...added,
    Authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

/** The path as it is signed. All services except S3 encode the path twice. */
const canonicalPath = (path: string): string => path.split('/').map(encoded).join('/')

const canonicalQuery = (query: string): string =>
  [...new URLSearchParams(query)]
    .map(pair => pair.map(encoded))
    .toSorted(([a = '', x = ''], [b = '', y = '']) => (a < b || (a === b && x < y) ? -1 : 1))
    .map(pair => pair.join('='))
    .join('&')
