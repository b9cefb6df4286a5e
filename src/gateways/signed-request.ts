// Sends signed AWS requests without an SDK: for short cold starts, and where an SDK client is too large for one call. Uses
// node:http, because the first use of fetch or Headers adds more to a cold start than all other code of ingress.
import type http from 'node:http'
import { LOST, RemoteError } from '../model/errors.ts'
import type { Credentials } from './aws/identity/credentials.ts'
import { sign } from './sigv4.ts'

export type Reply = { readonly status: number; readonly headers: http.IncomingHttpHeaders; readonly text: string }

export type SignedPost = (path: string, body: string, headers?: Readonly<Record<string, string>>) => Promise<Reply>

type Service =
  | 'kms'
  | 'lambda'
  | 'ssm'
  | 'scheduler'
  | 'tagging'
  | 'dynamodb'
  | 'elasticloadbalancing'
  | 'ec2'
  | 'iam'
  | 'secretsmanager'
  | 's3'

/** The timeout of one attempt. Slack waits three seconds, which is enough time for one attempt and one retry. */
const TIMEOUT_MS = 1_200

/** Returns a copy of `env` with these credentials and this region. */
export const envOf = (
  env: NodeJS.ProcessEnv,
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): NodeJS.ProcessEnv => ({
  ...env,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
})

/**
 * Creates a function that sends requests to one service. `env`: credentials, AWS_REGION, and AWS_ENDPOINT_URL or
 * AWS_ENDPOINT_URL_<service> to override the endpoint.
 */
export const createSignedPost = (service: Service, env: NodeJS.ProcessEnv): SignedPost =>
  createSigned('POST', service, env)

export const createSignedGet = (service: Service, env: NodeJS.ProcessEnv): ((path: string) => Promise<Reply>) => {
  const send = createSigned('GET', service, env)
  return path => send(path, '')
}

/** Like createSignedPost, but for PUT. */
export const createSignedPut = (service: Service, env: NodeJS.ProcessEnv): SignedPost =>
  createSigned('PUT', service, env)

const createSigned = (method: 'GET' | 'POST' | 'PUT', service: Service, env: NodeJS.ProcessEnv): SignedPost => {
  const region = env['AWS_REGION'] ?? 'us-east-1'
  const given = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? env['AWS_ENDPOINT_URL']
  const endpoint = new URL(given ?? `https://${service === 'iam' ? service : `${service}.${region}`}.amazonaws.com`)
  const keys = {
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: env['AWS_SESSION_TOKEN'],
  }
  const send = (path: string, body: string, headers: Readonly<Record<string, string>>): Promise<Reply> => {
    const unsigned = { method, host: endpoint.host, path, headers, body }
    const signature = sign(unsigned, { service, region, keys, at: Date.now() })
    return request(endpoint, method, path, { ...headers, ...signature }, body)
  }
  return async (path, body, headers = {}) => {
    const first = await send(path, body, headers).catch(asFailure)
    if (!(first instanceof RemoteError) && !isPassing(first)) return first
    const second = await send(path, body, headers).catch(asFailure)
    if (!(second instanceof RemoteError) && !isPassing(second)) return second
    const lost = [first, second].find(one => one instanceof RemoteError && one.code === LOST)
    if (lost instanceof RemoteError) throw lost
    if (second instanceof RemoteError) throw second
    return second
  }
}

/** Matches the network errors that occur before a connection exists, so AWS did not receive the request. */
const NO_CONNECTION = /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH/

const asFailure = (error: unknown): RemoteError => {
  if (error instanceof RemoteError) return error
  throw error
}

/** Whether a retry may succeed. Throttling is status 429, or 400 in the JSON protocols. */
const isPassing = (reply: Reply): boolean =>
  reply.status >= 500 || reply.status === 429 || /Throttl|TooManyRequests/.test(codeOf(reply))

/** Loads only the module for the URL's protocol, because loading TLS is a large part of a cold start. */
const transport = ({ protocol }: URL): Pick<typeof http, 'request'> =>
  protocol === 'http:' ? process.getBuiltinModule('node:http') : process.getBuiltinModule('node:https')

const request = (
  endpoint: URL,
  method: string,
  path: string,
  headers: http.OutgoingHttpHeaders,
  body: string,
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const options = {
      hostname: endpoint.hostname,
      port: endpoint.port,
      method,
      path,
      headers,
      timeout: TIMEOUT_MS,
    }
    const req = transport(endpoint).request(options, res => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    req.on('timeout', () => req.destroy(new RemoteError('AWS did not answer in time', { code: LOST, passing: true })))
    req.on('error', error => reject(lost(error)))
    req.end(body)
  })

const lost = (error: Error): RemoteError => {
  if (error instanceof RemoteError) return error
  const code = NO_CONNECTION.test(error.message) ? 'Unreachable' : LOST
  return new RemoteError(`AWS could not be reached (${error.message})`, { code, passing: true, cause: error })
}

/** The error code of AWS, from a header (REST) or from the body (JSON protocols); `HTTP <status>` if there is none. */
export const codeOf = ({ status, headers, text }: Reply): string => {
  const type = headers['x-amzn-errortype'] ?? /"__type":"([^"]+)"/.exec(text)?.[1]
  return String(type ?? `HTTP ${status}`).replace(/^.*#|:.*$/g, '')
}

export const refusedBy = (peer: string, reply: Reply): RemoteError =>
  new RemoteError(`${peer} answered ${codeOf(reply)}: ${reply.text.slice(0, 300)}`, {
    code: codeOf(reply),
    passing: isPassing(reply),
  })
