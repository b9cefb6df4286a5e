import { CloudTrailClient, LookupEventsCommand, type LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail'
import { UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { aService, type Peer, refusal, region, startPeer } from './peer.ts'

let peer: Peer
let trail: CloudTrailClient
beforeEach(async () => {
  peer = await startPeer()
  aService(peer, 'orders-api')
  trail = new CloudTrailClient({ endpoint: peer.aws.url, region, credentials: localUser, maxAttempts: 1 })
})
afterEach(() => peer.aws.close())

const MINUTE = 60_000
const UPDATES = [{ AttributeKey: 'EventName', AttributeValue: 'UpdateService' }] as const
const lookup = (input: LookupEventsCommandInput = { LookupAttributes: [...UPDATES] }) =>
  trail.send(new LookupEventsCommand(input))
const update = (desiredCount: number) =>
  peer.ecs.send(new UpdateServiceCommand({ cluster: 'web', service: 'orders-api', desiredCount }))

test('who asked for what is known five minutes later, the newest first, in pages', async () => {
  await update(3)
  peer.clock.advance(MINUTE)
  await update(4)
  expect((await lookup()).Events).toEqual([])
  peer.clock.advance(5 * MINUTE)
  const first = await lookup({ LookupAttributes: [...UPDATES], MaxResults: 1 })
  const second = await lookup({ LookupAttributes: [...UPDATES], MaxResults: 1, NextToken: first.NextToken })
  const records = [first, second].map(({ Events = [] }) => JSON.parse(Events[0]?.CloudTrailEvent ?? '{}'))
  expect(records.map(({ requestParameters }) => requestParameters.desiredCount)).toEqual([4, 3])
  expect(records[0]).toMatchObject({
    eventSource: 'ecs.amazonaws.com',
    eventName: 'UpdateService',
    readOnly: false,
    userIdentity: { type: 'IAMUser', userName: 'local' },
    requestParameters: { cluster: 'web', service: 'orders-api' },
  })
  expect(second.NextToken).toBeUndefined()
})

test('two calls a second', async () => {
  await lookup()
  await lookup()
  expect(await refusal(lookup())).toMatch(/^ThrottlingException: /)
  peer.clock.advance(1_000)
  await lookup()
})

test.each([
  ['two attributes', { LookupAttributes: [...UPDATES, ...UPDATES] }, 'InvalidLookupAttributesException'],
  ['more than a page', { MaxResults: 51 }, 'InvalidMaxResultsException'],
  ['an end before its start', { StartTime: new Date(9_000), EndTime: new Date(1_000) }, 'InvalidTimeRangeException'],
  ['a token that nobody gave', { NextToken: 'x' }, 'InvalidNextTokenException'],
])('%s is refused', async (_, input, code) => {
  expect(await refusal(lookup(input))).toMatch(new RegExp(`^${code}: `))
})
