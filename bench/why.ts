// Measures /ecs why for a service with 500 changes in a day, with the product's own readers and 50 ms for each call to AWS.

import { setTimeout as sleep } from 'node:timers/promises'
import { loadWhy } from '../src/features/incidents/load-why.ts'
import { renderWhy } from '../src/features/incidents/render-why.ts'
import { createSessions } from '../src/gateways/aws/identity/sessions.ts'
import { createReaders } from '../src/gateways/aws/readers.ts'
import { isRefusal } from '../src/model/errors.ts'
import { aRef } from '../test/builders.ts'

const CALL_MS = 50
const NOW = Date.parse('2026-11-22T12:00:00Z')
const DAY_MS = 86_400_000
const ref = aRef()
const { accountId: id } = ref
const roles = { viewer: 'v', operator: 'o', revert: 'r' }
const config = { accounts: [{ name: ref.account, id, environment: 'prod', regions: [ref.region], roles }] }

/** The nth of so many changes, evenly over the day, newest first. */
const at = (nth: number, of: number): Date => new Date(NOW - (nth * DAY_MS) / of - 60_000)
const many = <T>(count: number, make: (nth: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, nth) => make(nth))

const deployments = many(40, nth => ({
  serviceDeploymentArn: `${ref.arn.replace(':service/', ':service-deployment/')}/d${nth}`,
  createdAt: at(nth, 40),
  finishedAt: new Date(at(nth, 40).getTime() + 120_000),
  status: 'SUCCESSFUL',
  sourceServiceRevisions: [{ arn: `revision/${nth + 1}` }],
  targetServiceRevision: { arn: `revision/${nth}` },
}))

const ACTIVITIES = 370
const answers: Readonly<Record<string, (input: Record<string, unknown>) => object>> = {
  DescribeServices: () => ({
    services: [
      {
        serviceArn: ref.arn,
        serviceName: ref.service,
        status: 'ACTIVE',
        desiredCount: 4,
        runningCount: 4,
        createdAt: new Date(0),
        deployments: [],
        events: [],
      },
    ],
  }),
  ListServiceDeployments: () => ({ serviceDeployments: deployments }),
  DescribeServiceDeployments: ({ serviceDeploymentArns: arns }) => ({
    serviceDeployments: deployments.filter(one => (arns as readonly string[]).includes(one.serviceDeploymentArn)),
  }),
  DescribeServiceRevisions: ({ serviceRevisionArns: arns }) => ({
    serviceRevisions: (arns as readonly string[]).map(arn => ({
      serviceRevisionArn: arn,
      taskDefinition: `orders-api:${arn.length}`,
    })),
  }),
  DescribeScalingActivities: ({ NextToken }) => {
    const from = Number(NextToken ?? 0)
    return {
      ScalingActivities: many(50, nth => ({
        StartTime: at(from + nth, ACTIVITIES),
        StatusCode: 'Successful',
        Description: `Setting desired count to ${nth % 9}.`,
        Cause: 'monitor alarm x in state ALARM triggered policy cpu60',
      })),
      ...(from + 50 < ACTIVITIES && { NextToken: `${from + 50}` }),
    }
  },
  LookupEvents: ({ LookupAttributes }) => {
    const [{ AttributeValue: eventName } = { AttributeValue: '' }] = LookupAttributes as readonly {
      AttributeValue: string
    }[]
    const isUpdate = eventName === 'UpdateService'
    return {
      Events: many(isUpdate ? 50 : 10, nth => ({
        CloudTrailEvent: JSON.stringify({
          ...{ eventName, eventID: `${eventName}${nth}`, eventTime: at(nth, 50).toISOString() },
          requestParameters: { cluster: ref.cluster, service: ref.service, desiredCount: nth },
          userIdentity: { arn: `arn:aws:iam::${id}:user/ada${nth % 5}` },
        }),
      })),
      ...(isUpdate && { NextToken: 'more' }),
    }
  },
}

const sessions = createSessions(async () => ({
  accessKeyId: '',
  secretAccessKey: '',
  sessionToken: '',
  expiration: new Date(NOW),
}))
let calls = 0
const slow = {
  ...sessions,
  each: () => async () =>
    ({
      send: async ({
        constructor: { name },
        input,
      }: {
        constructor: { name: string }
        input: Record<string, unknown>
      }) => {
        calls += 1
        await sleep(CALL_MS)
        return answers[name.replace(/Command$/, '')]?.(input) ?? {}
      },
    }) as never,
}
const store = {
  get: async () => undefined,
  list: async () => {
    await sleep(10)
    return []
  },
}
const read = createReaders(config as never, slow, { store, env: {} })
const asker = {
  store,
  config: config as never,
  facts: { now: new Date(NOW).toISOString() } as never,
  zone: async () => 'UTC',
  again: () => 'why',
}
// The SDK's modules are loaded once in a process.
await loadWhy(ref, { since: 60 }, { read, asker })
// The two look-ups that CloudTrail allows a second are free again.
await sleep(4_000)
calls = 0
const begun = performance.now()
const found = await loadWhy(ref, { since: 1_440 }, { read, asker })
if (isRefusal(found)) throw new Error(found.text)
const message = renderWhy(found)
const seconds = (performance.now() - begun) / 1_000
process.stdout.write(`
| /ecs why, ${found.count} changes in a day, ${CALL_MS} ms a call | |
|---|--:|
| time to the message | ${seconds.toFixed(1)} s |
| calls to AWS | ${calls} |
| changes for each call | ${(found.count / calls).toFixed(0)} |
| size of the message | ${(JSON.stringify(message.blocks).length / 1_000).toFixed(1)} KB |
`)
