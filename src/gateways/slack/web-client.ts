// Replaces `@slack/web-api` in the bundle of ingress (build.ts) with a client that loads the real one on first use.
// Bolt creates a client for each request, but most requests make no call to Slack.
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
    // biome-ignore lint/correctness/noConstructorReturn: the proxy forwards each method to the real client
    return new Proxy(this, { get: (_, name) => Reflect.get(loaded(), name) })
  }
}

/** Replaces a class of Slack's errors for `instanceof`, which Bolt uses. It loads the real class on first use. */
const errorOf = (name: 'WebAPIPlatformError' | 'WebAPIRateLimitedError' | 'WebAPIHTTPError') => ({
  [Symbol.hasInstance]: (error: unknown) => error instanceof load()[name],
})
export const WebAPIPlatformError = errorOf('WebAPIPlatformError')
export const WebAPIRateLimitedError = errorOf('WebAPIRateLimitedError')
export const WebAPIHTTPError = errorOf('WebAPIHTTPError')
