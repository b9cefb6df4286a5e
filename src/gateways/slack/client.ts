// Creates Slack's Web API client. SLACK_API_URL overrides Slack's endpoint.
import { WebClient, type WebClientOptions } from '@slack/web-api'

export const TIMEOUT_MS = 5_000

export const apiUrlOf = (env: NodeJS.ProcessEnv): string => env['SLACK_API_URL'] ?? 'https://slack.com/api/'

export const createClient = (token: string, env: NodeJS.ProcessEnv, options: WebClientOptions = {}): WebClient =>
  new WebClient(token, {
    slackApiUrl: apiUrlOf(env),
    retryConfig: { retries: 0 },
    timeout: TIMEOUT_MS,
    rejectRateLimitedCalls: true,
    ...options,
  })
