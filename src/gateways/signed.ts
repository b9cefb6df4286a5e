// AWS requests signed without an SDK, for the functions that have to start fast: Lambda and SSM parameters.
import { AwsClient } from 'aws4fetch'
import { PeerError } from '../errors.ts'

export type SignedFetch = (
  path: string,
  init: { readonly headers?: Readonly<Record<string, string>>; readonly body: string },
) => Promise<Response>

/** Slack waits three seconds: one attempt, one retry, and an end. */
const MOST_MS = 1_200

/** `env` is Lambda's environment: credentials, AWS_REGION, and AWS_ENDPOINT_URL where AWS is not at its usual place. */
export const createSignedFetch = (service: 'lambda' | 'ssm', env: NodeJS.ProcessEnv): SignedFetch => {
  const region = env['AWS_REGION'] ?? 'us-east-1'
  const endpoint =
    env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ??
    env['AWS_ENDPOINT_URL'] ??
    `https://${service}.${region}.amazonaws.com`
  const client = new AwsClient({
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(env['AWS_SESSION_TOKEN'] !== undefined && { sessionToken: env['AWS_SESSION_TOKEN'] }),
    service,
    region,
    retries: 0,
  })
  const send: SignedFetch = (path, { headers = {}, body }) =>
    client.fetch(`${endpoint}${path}`, { method: 'POST', headers, body, signal: AbortSignal.timeout(MOST_MS) })
  return async (path, init) => {
    const first = await send(path, init).catch(passingFailure)
    const answer = first === undefined || first.status >= 500 || first.status === 429 ? await send(path, init) : first
    return answer
  }
}

/** A dropped connection is worth the one retry; anything else is a bug and is thrown. */
const passingFailure = (error: unknown): undefined => {
  if (error instanceof Error && /TypeError|TimeoutError|AbortError/.test(error.name)) return undefined
  throw error
}

export const refusedBy = async (peer: string, answer: Response): Promise<PeerError> => {
  const text = (await answer.text()).slice(0, 300)
  const code = answer.headers.get('x-amzn-errortype')?.split(':')[0] ?? `HTTP ${answer.status}`
  return new PeerError(`${peer} answered ${code}: ${text}`, {
    code,
    passing: answer.status >= 500 || answer.status === 429,
  })
}
