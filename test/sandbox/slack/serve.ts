// A Slack of its own for each test: a server at the wire, a clock that stands still, and a bot that the test writes.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LogLevel, WebClient } from '@slack/web-api'
import { onTestFinished } from 'vitest'
import type { Handler } from '../../../sandbox/slack/lambda-event.ts'
import { createSlack, type SlackOptions } from '../../../sandbox/slack/slack.ts'
import { Clock } from '../../../sandbox/world/clock.ts'

export const SECRET = 'a-signing-secret'
export const TOKEN = 'xoxb-sandbox'
export const START = Date.parse('2026-11-22T10:00:00Z')

export const quiet: Handler = async () => ({ statusCode: 200, body: '' })

const nothing = () => {}
const silent = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => LogLevel.ERROR,
}

export const serveSlack = async (handler: Handler = quiet, options: Partial<SlackOptions> = {}) => {
  const clock = new Clock({ start: START, speed: 0 })
  const real = new Clock({ start: START, speed: 0 })
  const slack = createSlack({ clock, real, handler, signingSecret: SECRET, botToken: TOKEN, ...options })
  const server = createServer((req, res) => void slack.route(req, res))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  slack.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const web = new WebClient(TOKEN, {
    slackApiUrl: `${slack.origin}/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { slack, clock, real, web, workspace: slack.workspace, deliver: slack.deliver }
}
