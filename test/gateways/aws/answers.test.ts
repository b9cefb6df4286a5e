// Answers that AWS may give: the SDK's own clients read them, and the gateways tell what they mean.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chunks } from '../../../src/gateways/aws/ecs/pages.ts'
import { iso } from '../../../src/gateways/aws/ecs/tasks.ts'
import { translate } from '../../../src/gateways/aws/translate.ts'

const HTML = '<html><body><h1>503 Service Unavailable</h1> secret-looking-text</body></html>'

let said = { status: 200, body: '' }
const server = createServer((_, response) => {
  response.writeHead(said.status, { 'content-type': 'text/html' }).end(said.body)
})
let endpoint = ''
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

/** The settings of a client of a server that answers so. */
const answering = (status: number, body: string) => {
  said = { status, body }
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'x' }
  return { region: 'us-east-1', maxAttempts: 1, credentials, endpoint }
}

const asked = async (request: () => Promise<unknown>) => {
  try {
    await request()
  } catch (error) {
    return translate(error, 'reading it')
  }
  throw new Error('it was answered')
}

type Settings = ReturnType<typeof answering>

const CLIENTS: Readonly<Record<string, (settings: Settings) => Promise<unknown>>> = {
  ECS: settings => new ECSClient(settings).send(new DescribeServicesCommand({ services: ['a'] })),
  Logs: settings => new CloudWatchLogsClient(settings).send(new FilterLogEventsCommand({ logGroupName: 'a' })),
  CloudFormation: settings => new CloudFormationClient(settings).send(new DescribeStacksCommand({})),
  AutoScaling: settings =>
    new ApplicationAutoScalingClient(settings).send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' })),
}

describe.each(Object.entries(CLIENTS))('%s', (_, send) => {
  test.each([502, 503, 504])('an HTML page with status %i is that AWS answered it', async status => {
    const error = await asked(() => send(answering(status, HTML)))
    expect(error.message).toBe(`reading it: AWS answered ${status}`)
    expect(error.passing).toBe(true)
  })

  test('a page instead of an answer lasts', async () => {
    const error = await asked(() => send(answering(403, HTML)))
    expect(error.message).toBe('reading it: AWS answered 403')
    expect(error.passing).toBe(false)
  })

  test('an empty answer with status 500 is explained', async () => {
    const error = await asked(() => send(answering(500, '')))
    expect(error.message).toContain('AWS answered 500')
    expect(error.message).not.toMatch(/undefined|SyntaxError|Unknown/)
    expect(error.passing).toBe(true)
  })
})

test('empty names are not asked about', () => {
  expect(chunks(['', 'a', '', 'b'], 1)).toEqual([['a'], ['b']])
  expect(chunks([''], 10)).toEqual([])
})

test('a time that is none is no time', () => {
  expect(iso(new Date(Number.NaN))).toBe('')
  expect(iso(undefined)).toBe('')
})
