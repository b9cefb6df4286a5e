// What stands in for Slack's client in the bundle of ingress.
import { createRequire } from 'node:module'
import type * as webApi from '@slack/web-api'
import { expect, test } from 'vitest'
import {
  addAppMetadata,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
} from '../../../src/gateways/slack/web-client.ts'

test('what is asked of it the real client asks, as whom it was made for', async () => {
  const asked: { readonly url: string; readonly headers: Readonly<Record<string, string>> }[] = []
  const fetch = async (url: unknown, { headers }: RequestInit = {}) => {
    asked.push({ url: String(url), headers: headers as Record<string, string> })
    return new Response('{"ok":true,"user":{"name":"riley"}}', { headers: { 'content-type': 'application/json' } })
  }
  addAppMetadata({ name: '@slack/bolt', version: '5' })
  const client = new WebClient('xoxb-1', { slackApiUrl: 'https://slack.example/api', fetch })
  const { users } = client as unknown as webApi.WebClient
  expect(await users.info({ user: 'U1' })).toMatchObject({ user: { name: 'riley' } })
  expect(asked).toMatchObject([
    {
      url: 'https://slack.example/api/users.info',
      headers: { Authorization: 'Bearer xoxb-1', 'User-Agent': expect.stringContaining('@slack:bolt/5') },
    },
  ])
})

test('Bolt knows the client’s errors by their classes', () => {
  const { WebAPIPlatformError: Platform, WebAPIHTTPError: Http } = createRequire(import.meta.url)(
    '@slack/web-api',
  ) as typeof webApi
  const refused = new Platform({ ok: false, error: 'trigger_expired' })
  const kinds = (error: unknown) =>
    [WebAPIPlatformError, WebAPIRateLimitedError, WebAPIHTTPError].map(kind => kind[Symbol.hasInstance](error))
  expect(kinds(refused)).toEqual([true, false, false])
  expect(kinds(new Http(500, 'Internal Server Error', {}, ''))).toEqual([false, false, true])
  expect(kinds(new Error('another'))).toEqual([false, false, false])
})
