// Amazon ECS, read into our words and written call by call; the SDK's types stop here.
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  type Deployment as EcsDeployment,
  type Service as EcsService,
  type Task as EcsTask,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs'
import { type Account, accountOf, type Config } from '../config.ts'
import type { JsonObject } from '../json.ts'
import type { Deployment, Service, ServiceRef, StoppedTask } from '../model.ts'
import type { Call } from '../plan.ts'
import type { Readers, Writer } from '../ports.ts'
import type { Credentials } from './credentials.ts'
import { readHalt } from './parameters.ts'
import { asking } from './translate.ts'

/** Sessions of one role in many accounts: credentials and clients, each made when first needed. */
export type Sessions = {
  readonly credentials: (account: Account) => Promise<Credentials>
  readonly client: (account: Account, region: string) => Promise<ECSClient>
}

/** `maxAttempts`: 1 for writers, because the SDK would repeat on its own what must not be repeated; the story decides that. */
export const createSessions = (
  credentialsFor: (account: Account) => Promise<Credentials>,
  maxAttempts = 3,
): Sessions => {
  const held = new Map<string, Promise<Credentials>>()
  const clients = new Map<string, Promise<ECSClient>>()
  const credentials = (account: Account) => once(held, account.id, () => credentialsFor(account))
  return {
    credentials,
    client: (account, region) =>
      once(
        clients,
        `${account.id} ${region}`,
        async () => new ECSClient({ region, maxAttempts, credentials: await credentials(account) }),
      ),
  }
}

const once = <T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
  const known = made.get(key) ?? make()
  made.set(key, known)
  return known
}

/** `env`: what says where AWS is. */
export const createReaders = (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv): Readers => {
  const clientOf = (ref: ServiceRef) => sessions.client(accountOf(config, ref), ref.region)
  return {
    services: async () => {
      const places = config.accounts.flatMap(account => account.regions.map(region => ({ account, region })))
      const found = await Promise.all(
        places.map(async ({ account, region }) =>
          listServices(account, region, await sessions.client(account, region)),
        ),
      )
      return found.flat()
    },
    service: async ref =>
      asking(`reading ${ref.service}`, async () => {
        const client = await clientOf(ref)
        const { services = [] } = await client.send(
          new DescribeServicesCommand({ cluster: ref.cluster, services: [ref.arn] }),
        )
        const [service] = services
        return service === undefined || service.status === 'INACTIVE' ? undefined : readService(ref, service)
      }),
    halted: async ref => {
      const { accessKeyId, secretAccessKey, sessionToken } = await sessions.credentials(accountOf(config, ref))
      return readHalt({
        ...env,
        AWS_REGION: ref.region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      })
    },
    stoppedTasks: async ref =>
      asking(`reading the tasks of ${ref.service}`, async () => {
        const client = await clientOf(ref)
        const { taskArns = [] } = await client.send(
          new ListTasksCommand({
            cluster: ref.cluster,
            serviceName: ref.service,
            desiredStatus: 'STOPPED',
            maxResults: 100,
          }),
        )
        if (taskArns.length === 0) return []
        const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster: ref.cluster, tasks: taskArns }))
        return tasks.map(readStopped).toSorted((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1))
      }),
  }
}

/** ListServices gives 10 a page unless asked for 100 (ECS API reference). */
const listServices = (account: Account, region: string, client: ECSClient): Promise<readonly ServiceRef[]> =>
  asking(`listing services of ${account.name} in ${region}`, async () => {
    const clusters = await pages(async nextToken => {
      const { clusterArns = [], nextToken: next } = await client.send(
        new ListClustersCommand({ ...(nextToken && { nextToken }) }),
      )
      return { items: clusterArns, next }
    })
    const found: ServiceRef[] = []
    for (const cluster of clusters) {
      const arns = await pages(async nextToken => {
        const { serviceArns = [], nextToken: next } = await client.send(
          new ListServicesCommand({ cluster, maxResults: 100, ...(nextToken && { nextToken }) }),
        )
        return { items: serviceArns, next }
      })
      found.push(...arns.map(arn => refOf(account, region, arn)))
    }
    return found
  })

const pages = async <T>(
  page: (token: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): Promise<readonly T[]> => {
  const all: T[] = []
  let token: string | undefined
  do {
    const { items, next } = await page(token)
    all.push(...items)
    token = next
  } while (token !== undefined)
  return all
}

/** `arn:aws:ecs:region:account:service/cluster/name` */
const refOf = (account: Account, region: string, arn: string): ServiceRef => {
  const [, cluster = 'default', service = ''] = arn.split('/')
  return { account: account.name, accountId: account.id, region, cluster, service, arn }
}

const iso = (at: Date | undefined): string => at?.toISOString() ?? ''

const readService = (ref: ServiceRef, service: EcsService): Service => ({
  ref,
  status: service.status === 'DRAINING' ? 'DRAINING' : 'ACTIVE',
  scheduling: service.schedulingStrategy === 'DAEMON' ? 'DAEMON' : 'REPLICA',
  createdAt: iso(service.createdAt),
  desired: service.desiredCount ?? 0,
  running: service.runningCount ?? 0,
  pending: service.pendingCount ?? 0,
  taskDefinition: shortName(service.taskDefinition),
  capacity:
    service.capacityProviderStrategy
      ?.map(({ capacityProvider, weight = 0 }) => `${capacityProvider} × ${weight}`)
      .join(', ') ??
    service.launchType ??
    'unknown',
  events: (service.events ?? []).slice(0, 5).map(({ createdAt, message = '' }) => ({ at: iso(createdAt), message })),
  deployments: (service.deployments ?? []).map(readDeployment),
})

const readDeployment = (deployment: EcsDeployment): Deployment => ({
  id: deployment.id ?? '',
  status: deployment.status === 'PRIMARY' || deployment.status === 'ACTIVE' ? deployment.status : 'INACTIVE',
  ...(deployment.rolloutState !== undefined && { rolloutState: deployment.rolloutState }),
  ...(deployment.rolloutStateReason !== undefined && { rolloutReason: deployment.rolloutStateReason }),
  taskDefinition: shortName(deployment.taskDefinition),
  desired: deployment.desiredCount ?? 0,
  running: deployment.runningCount ?? 0,
  pending: deployment.pendingCount ?? 0,
  failed: deployment.failedTasks ?? 0,
  createdAt: iso(deployment.createdAt),
})

const shortName = (arn = ''): string => arn.split('/').at(-1) ?? ''

const readStopped = (task: EcsTask): StoppedTask => ({
  id: shortName(task.taskArn),
  createdAt: iso(task.createdAt),
  stoppedAt: iso(task.stoppedAt),
  stopCode: task.stopCode ?? '',
  reason: task.stoppedReason ?? '',
  containers: (task.containers ?? []).map(({ name = '', exitCode, reason }) => ({
    name,
    ...(exitCode !== undefined && { exitCode }),
    ...(reason !== undefined && { reason }),
  })),
})

/** Sends a plan's calls exactly as they stand. */
export const createWriter =
  (client: ECSClient): Writer =>
  async call =>
    asking(`${call.action} on ${shortName(call.resources[0])}`, async () => {
      const { $metadata } = await send(client, call)
      return { requestId: $metadata.requestId ?? '', output: {} satisfies JsonObject }
    })

const send = (client: ECSClient, { action, input }: Call) => {
  switch (action) {
    case 'UpdateService':
      return client.send(new UpdateServiceCommand(input as unknown as UpdateServiceCommandInput))
  }
}
