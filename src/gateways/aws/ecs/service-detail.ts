// Reads a service's details, running tasks, deployments and revisions from Amazon ECS.
import {
  type Deployment,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  type Service as EcsService,
  type TaskDefinition as EcsTaskDefinition,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { RunningTask, ServiceDetail, Strategy, TaskDefinition } from '../../../model/service-detail.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { readRecord, readRevision } from './deployment-history.ts'
import { readService } from './ecs.ts'
import { iso, readTask } from './tasks.ts'

/** ECS API reference: ListTasks and DescribeTasks, at most 100; deployments and revisions, at most 20. */
const MOST_TASKS = 100
/** Pages of tasks: at most the first 500 tasks. */
const MOST_PAGES = 5
const MOST_RECORDS = 20

type StateReaders = Pick<
  Readers,
  'serviceDetail' | 'runningTasks' | 'deployment' | 'deployments' | 'revisions' | 'definition'
>

export const createStateReaders = (config: Config, sessions: Sessions): StateReaders => {
  const clientFor = sessions.each(settings => new ECSClient(settings))
  const clientOf = (ref: ServiceRef) => clientFor(accountOf(config, ref), ref.region)
  const describe = async (ref: ServiceRef, arns: readonly string[]) => {
    if (arns.length === 0) return []
    const { serviceDeployments = [] } = await (await clientOf(ref)).send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [...arns] }),
    )
    return serviceDeployments.map(readRecord)
  }
  return {
    serviceDetail: ref =>
      askAws(`reading ${ref.service}`, async () => {
        const { services = [] } = await (await clientOf(ref)).send(
          new DescribeServicesCommand({ cluster: ref.cluster, services: [ref.arn], include: ['TAGS'] }),
        )
        const [service] = services
        return service === undefined || service.status === 'INACTIVE' ? undefined : readDetail(ref, service)
      }),
    runningTasks: ref =>
      askAws(`reading the tasks of ${ref.service}`, async () => {
        const client = await clientOf(ref)
        const { cluster, service: serviceName } = ref
        const tasks: RunningTask[] = []
        let token: string | undefined
        for (let page = 0; page < MOST_PAGES; page += 1) {
          const { taskArns = [], nextToken } = await client.send(
            new ListTasksCommand({
              cluster,
              serviceName,
              desiredStatus: 'RUNNING',
              maxResults: MOST_TASKS,
              ...(token !== undefined && { nextToken: token }),
            }),
          )
          if (taskArns.length > 0) {
            const described = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
            tasks.push(...(described.tasks ?? []).map(readTask))
          }
          token = nextToken
          if (token === undefined) break
        }
        return { tasks, isPartial: token !== undefined }
      }),
    deployment: (ref, arn) =>
      askAws(`reading the deployment of ${ref.service}`, async () => (await describe(ref, [arn]))[0]),
    deployments: (ref, max) =>
      askAws(`reading the deployments of ${ref.service}`, async () => {
        const { serviceDeployments = [] } = await (await clientOf(ref)).send(
          new ListServiceDeploymentsCommand({
            cluster: ref.cluster,
            service: ref.service,
            maxResults: Math.min(max, MOST_RECORDS),
          }),
        )
        const arns = serviceDeployments.map(({ serviceDeploymentArn = '' }) => serviceDeploymentArn)
        const records = await describe(ref, arns)
        return records.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
      }),
    revisions: (ref, arns) =>
      askAws(`reading the revisions of ${ref.service}`, async () => {
        if (arns.length === 0) return []
        const { serviceRevisions = [] } = await (await clientOf(ref)).send(
          new DescribeServiceRevisionsCommand({ serviceRevisionArns: [...new Set(arns)].slice(0, MOST_RECORDS) }),
        )
        return serviceRevisions.map(readRevision)
      }),
    definition: (ref, name) =>
      askAws(`reading the task definition ${name}`, async () => {
        const client = await clientOf(ref)
        const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }))
        return taskDefinition && readDefinition(ref, taskDefinition)
      }).catch(error => {
        // ECS answers ClientException for a missing task definition.
        if (error instanceof RemoteError && error.code === 'ClientException') return undefined
        throw error
      }),
  }
}

/** Role names without an ARN get the service's account. Containers are not read. */
const readDefinition = ({ arn, accountId }: ServiceRef, definition: EcsTaskDefinition): TaskDefinition => {
  const [, partition = 'aws'] = arn.split(':')
  const { taskRoleArn, executionRoleArn } = definition
  const roles = [taskRoleArn ?? '', executionRoleArn ?? ''].filter(role => role !== '')
  return {
    arn: definition.taskDefinitionArn ?? '',
    isActive: definition.status === 'ACTIVE',
    roles: [
      ...new Set(
        roles.map(role => (role.startsWith('arn:') ? role : `arn:${partition}:iam::${accountId}:role/${role}`)),
      ),
    ],
  }
}

const readDetail = (ref: ServiceRef, service: EcsService): ServiceDetail => {
  const { deploymentConfiguration: configuration = {} } = service
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY')
  const network = (service.networkConfiguration ?? primary?.networkConfiguration)?.awsvpcConfiguration
  const { deploymentCircuitBreaker: breaker, alarms } = configuration
  const connect = connectOf(primary)
  return {
    service: readService(ref, service),
    strategy: readStrategy(configuration),
    ...(breaker?.enable === true && { breaker: { rollback: breaker.rollback === true } }),
    alarms: alarms?.enable === true ? (alarms.alarmNames ?? []) : [],
    alarmsRollBack: alarms?.rollback === true,
    isExecEnabled: service.enableExecuteCommand === true,
    placement: (service.placementStrategy ?? []).map(({ type = '', field = '' }) =>
      field === '' ? type : `${type} by ${field}`,
    ),
    isRebalancing: service.availabilityZoneRebalancing === 'ENABLED',
    securityGroups: network?.securityGroups ?? [],
    subnets: network?.subnets?.length ?? 0,
    hasPublicIp: network?.assignPublicIp === 'ENABLED',
    targetGroups: (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
    ...(connect !== undefined && { connect }),
    latticeGroups: (primary?.vpcLatticeConfigurations ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
    events: (service.events ?? []).map(({ createdAt, message = '' }) => ({ at: iso(createdAt), message })),
    ...(service.currentServiceDeployment !== undefined && { deployment: service.currentServiceDeployment }),
    revisions: (service.currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []),
  }
}

const connectOf = (primary: Deployment | undefined): ServiceDetail['connect'] => {
  const { enabled, namespace = '', services = [] } = primary?.serviceConnectConfiguration ?? { enabled: false }
  if (enabled !== true) return undefined
  return {
    namespace: namespace.split('/').at(-1) ?? '',
    names: services.map(({ discoveryName, portName = '' }) => discoveryName ?? portName),
  }
}

const readStrategy = (given: NonNullable<EcsService['deploymentConfiguration']>): Strategy => {
  const step = given.linearConfiguration?.stepPercent ?? given.canaryConfiguration?.canaryPercent
  return {
    kind: given.strategy ?? 'ROLLING',
    least: given.minimumHealthyPercent ?? 100,
    most: given.maximumPercent ?? 200,
    bakeMinutes: given.bakeTimeInMinutes ?? 0,
    ...(step !== undefined && { step }),
  }
}
