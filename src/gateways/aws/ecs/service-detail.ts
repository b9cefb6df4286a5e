// Creates the readers of a service's details, running tasks, deployments, revisions and task definitions.
import {
  type ContainerDefinition,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { DeploymentRecord, RunningTasks, ServiceRevision } from '../../../model/service-detail.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { readRecord } from './deployment-history.ts'
import { describeTasks, listTasks } from './load-tasks.ts'
import { chunks, pages } from './pages.ts'
import { readDefinition, readDetail } from './read-detail.ts'
import { readRevision } from './read-revision.ts'
import { describeService } from './services.ts'
import { readTask } from './tasks.ts'

/** The maximum page size of ListServiceDeployments. Source: ECS API reference. */
const MOST_LISTED = 100
/** The maximum number of ARNs in DescribeServiceDeployments and DescribeServiceRevisions. Source: ECS API reference. */
const MOST_RECORDS = 20
/** The maximum number of pages of tasks: the first 500 tasks. */
const MOST_PAGES = 5

type DetailReaders = Pick<
  Readers,
  | 'serviceDetail'
  | 'runningTasks'
  | 'deployment'
  | 'deployments'
  | 'revisions'
  | 'definition'
  | 'definitionTags'
  | 'secretsOf'
>

export const createDetailReaders = (config: Config, sessions: Sessions): DetailReaders => {
  const clientFor = sessions.each(settings => new ECSClient(settings))
  const clientOf = (ref: ServiceRef) => clientFor(accountOf(config, ref), ref.region)
  return {
    serviceDetail: ref =>
      askAws(`reading ${ref.service}`, async () => {
        const service = await describeService(await clientOf(ref), ref)
        return service && readDetail(ref, service)
      }),
    runningTasks: ref =>
      askAws(`reading the tasks of ${ref.service}`, async () => loadRunningTasks(await clientOf(ref), ref)),
    deployment: (ref, arn) =>
      askAws(
        `reading the deployment of ${ref.service}`,
        async () => (await describeDeployments(await clientOf(ref), [arn]))[0],
      ),
    deployments: (ref, max, before) =>
      askAws(`reading the deployments of ${ref.service}`, async () =>
        loadDeployments(await clientOf(ref), ref, { max, before }),
      ),
    revisions: (ref, arns) =>
      askAws(`reading the revisions of ${ref.service}`, async () => loadRevisions(await clientOf(ref), arns)),
    secretsOf: (ref, name) =>
      askAws(`reading the task definition ${name}`, async () => {
        if (name === '') return []
        const client = await clientOf(ref)
        const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }))
        return secretsIn(taskDefinition?.containerDefinitions ?? [])
      }),
    definition: (ref, name) =>
      askAws(`reading the task definition ${name}`, async () => {
        if (name === '') return undefined
        const client = await clientOf(ref)
        const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }))
        return taskDefinition && readDefinition(ref, taskDefinition)
      }).catch(ignoreMissing),
    definitionTags: (ref, arn) =>
      askAws('reading the tags of a task definition', async () => {
        const client = await clientOf(ref)
        const { tags = [] } = await client.send(
          new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ['TAGS'] }),
        )
        return Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value]))
      }),
  }
}

/** The names or ARNs of the secrets in the environment, the log options, and the credentials of private registries. */
const secretsIn = (containers: readonly ContainerDefinition[]): readonly string[] =>
  containers.flatMap(({ secrets = [], logConfiguration, repositoryCredentials }) =>
    [
      ...secrets.map(({ valueFrom }) => valueFrom),
      ...(logConfiguration?.secretOptions ?? []).map(({ valueFrom }) => valueFrom),
      repositoryCredentials?.credentialsParameter,
    ].filter(name => name !== undefined),
  )

/** Ignores a ClientException, which ECS returns for a task definition that does not exist. Throws other errors. */
const ignoreMissing = (error: unknown): undefined => {
  if (error instanceof RemoteError && error.code === 'ClientException') return undefined
  throw error
}

const loadRunningTasks = async (client: ECSClient, { cluster, service }: ServiceRef): Promise<RunningTasks> => {
  const input = { cluster, serviceName: service, desiredStatus: 'RUNNING' as const }
  const { arns, isPartial } = await listTasks(client, input, MOST_PAGES)
  return { tasks: (await describeTasks(client, cluster, arns)).map(readTask), isPartial }
}

/** Reads at most `max` deployments, newest first. `before`: only those created before this ISO 8601 time. */
const loadDeployments = async (
  client: ECSClient,
  { cluster, service }: ServiceRef,
  { max, before }: { readonly max: number; readonly before: string | undefined },
): Promise<readonly DeploymentRecord[]> => {
  let left = max
  const arns = await pages(async nextToken => {
    const { serviceDeployments = [], nextToken: next } = await client.send(
      new ListServiceDeploymentsCommand({
        cluster,
        service,
        maxResults: Math.min(left, MOST_LISTED),
        ...(before !== undefined && { createdAt: { before: new Date(before) } }),
        ...(nextToken !== undefined && { nextToken }),
      }),
    )
    left -= serviceDeployments.length
    const items = serviceDeployments.flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? [])
    return { items, next: left > 0 ? next : undefined }
  })
  const records = await describeDeployments(client, arns)
  return records.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}

const describeDeployments = async (
  client: ECSClient,
  arns: readonly string[],
): Promise<readonly DeploymentRecord[]> => {
  const read = await Promise.all(
    chunks(arns, MOST_RECORDS).map(part =>
      client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: part })),
    ),
  )
  return read.flatMap(({ serviceDeployments = [] }) => serviceDeployments.map(readRecord))
}

const loadRevisions = async (client: ECSClient, arns: readonly string[]): Promise<readonly ServiceRevision[]> => {
  const read = await Promise.all(
    chunks([...new Set(arns)], MOST_RECORDS).map(part =>
      client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: part })),
    ),
  )
  return read.flatMap(({ serviceRevisions = [] }) => serviceRevisions.map(readRevision))
}
