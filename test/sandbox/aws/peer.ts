// A small AWS for one test file: a clock that stands still, one cluster, and real clients that speak to it.

import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ECSClient } from '@aws-sdk/client-ecs'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import { type AwsOptions, createAws } from '../../../sandbox/aws/aws.ts'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { Clock } from '../../../sandbox/world/clock.ts'
import { createFleet, type NewService } from '../../../sandbox/world/fleet.ts'

export const account = localUser.account
export const region = 'us-east-1'
export const place = { account, region }

type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }

export const clientsOf = (url: string, credentials: Keys = localUser) => {
  const config = { endpoint: url, region, credentials, maxAttempts: 1 }
  return {
    ecs: new ECSClient(config),
    sts: new STSClient(config),
    ssm: new SSMClient(config),
    cloudformation: new CloudFormationClient(config),
    logs: new CloudWatchLogsClient(config),
    quotas: new ServiceQuotasClient(config),
    dynamodb: new DynamoDBClient(config),
  }
}

export const startPeer = async (options: Partial<AwsOptions> = {}) => {
  const clock = new Clock({ speed: 0 })
  const fleet = createFleet({ clock, seed: 7 })
  const aws = createAws({ clock, fleet, ...options })
  await aws.listen()
  return { clock, fleet, aws, ...clientsOf(aws.url) }
}

export type Peer = Awaited<ReturnType<typeof startPeer>>

export const aDefinition = ({ fleet }: Pick<Peer, 'fleet'>, family: string, image = `${family}:v1`) =>
  fleet.registerTaskDefinition(
    place,
    {
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image, essential: true }],
    },
    localUser.arn,
  )

export const awsvpc = { awsvpcConfiguration: { subnets: ['subnet-1'] } }

/** A settled Fargate service of two tasks in the cluster `web`. */
export const aService = (peer: Pick<Peer, 'fleet'>, name: string, more: Partial<NewService> = {}) => {
  const { fleet } = peer
  const providers = { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }
  const cluster = fleet.site(place).clusters.get('web') ?? fleet.createCluster(place, 'web', providers)
  return fleet.createService(cluster, {
    name,
    createdBy: localUser.arn,
    desired: 2,
    spec: {
      taskDefinition: aDefinition(peer, name),
      launchType: 'FARGATE',
      capacityProviderStrategy: [],
      platformVersion: 'LATEST',
      networkConfiguration: awsvpc,
      loadBalancers: [],
      serviceRegistries: [],
    },
    originalLaunchType: 'FARGATE',
    isSettled: true,
    ...more,
  })
}

/** What a call was refused with: `Code: message`. */
export const refusal = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'not refused'
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
}
