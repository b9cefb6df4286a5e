// What Bolt finds in the bundle of ingress in place of `@slack/web-api` (build.ts): it makes a client for every request, and
// most requests ask Slack nothing. The real one lies beside, and is loaded when something is asked of it.
import type { WebClientOptions } from '@slack/web-api'

type WebApi = typeof import('@slack/web-api')

const metadata: Parameters<WebApi['addAppMetadata']>[0][] = []

const load = (): WebApi => {
  const api: WebApi = require('@slack/web-api')
  for (const one of metadata.splice(0)) api.addAppMetadata(one)
  return api
}

export const addAppMetadata: WebApi['addAppMetadata'] = one => void metadata.push(one)

export class WebClient {
  constructor(token?: string, options?: WebClientOptions) {
    let client: object | undefined
    const loaded = () => {
      client ??= new (load().WebClient)(token, options)
      return client
    }
    // biome-ignore lint/correctness/noConstructorReturn: whoever asks for a method gets the real client's
    return new Proxy(this, { get: (_, name) => Reflect.get(loaded(), name) })
  }
}

/** Bolt compares what was thrown with these three. */
const errorOf = (name: 'WebAPIPlatformError' | 'WebAPIRateLimitedError' | 'WebAPIHTTPError') => ({
  [Symbol.hasInstance]: (error: unknown) => error instanceof load()[name],
})
export const WebAPIPlatformError = errorOf('WebAPIPlatformError')
export const WebAPIRateLimitedError = errorOf('WebAPIRateLimitedError')
export const WebAPIHTTPError = errorOf('WebAPIHTTPError')
