// Express Mode, in which Amazon ECS manages the load balancer, scaling and deployments of a service. Only scaling is
// simulated. Source: ECS API reference, CreateExpressGatewayService, UpdateExpressGatewayService,
// DescribeExpressGatewayService.

import type {
  CreateExpressGatewayServiceRequest,
  DescribeExpressGatewayServiceRequest,
  ECSExpressGatewayService,
  ExpressGatewayServiceConfiguration,
  UpdateExpressGatewayServiceRequest,
} from '@aws-sdk/client-ecs'
import type { Fleet, Site } from '../../../world/fleet.ts'
import type { Express, Service, Spec } from '../../../world/state.ts'
import { AwsError, type Call, type Operation } from '../../wire/service.ts'
import { checkName } from './create-service.ts'
import { invalid, serviceNotActive, serviceNotFound } from './errors.ts'
import { defaultSettings, defaultStrategy, defaultTarget, definitionOf, mergeTarget } from './express-rules.ts'
import { expectActiveTaskDefinition, expectCluster, findCluster, findService, siteOf } from './find.ts'
import { tagsFrom, viewTags } from './views.ts'

type ExpressService = Service & { readonly express: Express }

const isExpress = (service: Service): service is ExpressService => service.express !== undefined

const findExpress = (site: Site, arn: string): ExpressService | undefined => {
  const [, clusterName = ''] = /:service\/([^/]+)\//.exec(arn) ?? []
  const cluster = findCluster(site, clusterName)
  const service = cluster && findService(site, cluster, arn)
  return service && isExpress(service) ? service : undefined
}

const configurationOf = (service: ExpressService): ExpressGatewayServiceConfiguration => {
  const [deployment] = service.deployments
  const spec = deployment?.revision.spec
  const { input, arn } = spec?.taskDefinition ?? {}
  const [container] = input?.containerDefinitions ?? []
  const { subnets, securityGroups } = spec?.networkConfiguration?.awsvpcConfiguration ?? {}
  return {
    serviceRevisionArn: deployment?.revision.arn,
    executionRoleArn: input?.executionRoleArn,
    taskRoleArn: input?.taskRoleArn,
    taskDefinitionArn: arn,
    cpu: input?.cpu,
    memory: input?.memory,
    networkConfiguration: { subnets, securityGroups },
    healthCheckPath: service.express.healthCheckPath,
    primaryContainer: {
      image: container?.image ?? '',
      containerPort: container?.portMappings?.[0]?.containerPort ?? 80,
    },
    scalingTarget: service.express.scalingTarget,
    ingressPaths: [{ accessType: 'PUBLIC', endpoint: `${service.name}.ecs.${service.cluster.region}.on.aws` }],
    createdAt: new Date(deployment?.createdAt ?? service.createdAt),
  }
}

const view = (service: ExpressService, include: readonly string[] = []): ECSExpressGatewayService => ({
  cluster: service.cluster.name,
  serviceName: service.name,
  serviceArn: service.arn,
  infrastructureRoleArn: service.express.infrastructureRoleArn,
  status: { statusCode: service.status },
  currentDeployment: service.deployments[0]?.record.arn,
  activeConfigurations: service.status === 'INACTIVE' ? [] : [configurationOf(service)],
  ...(include.includes('TAGS') && { tags: viewTags(service.tags) }),
  createdAt: new Date(service.createdAt),
  updatedAt: new Date(service.express.updatedAt),
})

const specOf = (
  fleet: Fleet,
  site: Site,
  name: string,
  input: CreateExpressGatewayServiceRequest,
  call: Call,
): Spec => {
  const { region, account } = site
  const taskDefinition =
    input.taskDefinitionArn === undefined
      ? fleet.registerTaskDefinition(site, definitionOf(name, input), call.caller.arn)
      : expectActiveTaskDefinition(site, input.taskDefinitionArn)
  const { subnets = ['subnet-default'], securityGroups = [] } = input.networkConfiguration ?? {}
  return {
    taskDefinition,
    capacityProviderStrategy: defaultStrategy,
    platformVersion: 'LATEST',
    networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp: 'ENABLED' } },
    loadBalancers: [
      {
        targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/ecs-gateway-tg-${name}/6d0ecf831eec9f09`,
        containerName: 'Main',
        containerPort: input.primaryContainer?.containerPort ?? 80,
      },
    ],
    serviceRegistries: [],
  }
}

const create = (fleet: Fleet, input: CreateExpressGatewayServiceRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const cluster = expectCluster(site, input.cluster)
  const name = input.serviceName ?? `express-${cluster.services.size + 1}`
  checkName(name, cluster)
  if (input.taskDefinitionArn === undefined && !input.primaryContainer?.image)
    throw invalid('primaryContainer must specify an image when no task definition is given.')
  const scalingTarget = mergeTarget(defaultTarget, input.scalingTarget)
  const service = fleet.createService(cluster, {
    name,
    createdBy: call.caller.roleArn ?? call.caller.arn,
    desired: scalingTarget.minTaskCount,
    spec: specOf(fleet, site, name, input, call),
    settings: defaultSettings,
    tags: tagsFrom(input.tags),
    express: {
      infrastructureRoleArn: input.infrastructureRoleArn ?? '',
      healthCheckPath: input.healthCheckPath ?? '/ping',
      scalingTarget,
      updatedAt: fleet.clock.now(),
    },
  })
  return { service: isExpress(service) ? view(service, ['TAGS']) : undefined }
}

const within = (count: number, { minTaskCount, maxTaskCount }: Express['scalingTarget']) =>
  Math.min(maxTaskCount, Math.max(minTaskCount, count))

/**
 * UpdateExpressGatewayService. New bounds move the desired count into the bounds at once, as RegisterScalableTarget does,
 * and start no deployment.
 */
const update = (fleet: Fleet, input: UpdateExpressGatewayServiceRequest, call: Call) => {
  const service = findExpress(siteOf(fleet, call), input.serviceArn ?? '')
  if (!service) throw serviceNotFound()
  if (service.status !== 'ACTIVE') throw serviceNotActive()
  const scalingTarget = mergeTarget(service.express.scalingTarget, input.scalingTarget)
  Object.assign(service.express, {
    scalingTarget,
    updatedAt: fleet.clock.now(),
    ...(input.healthCheckPath !== undefined && { healthCheckPath: input.healthCheckPath }),
  })
  if (input.scalingTarget) service.desired = within(service.desired, scalingTarget)
  fleet.touch(service)
  return {
    service: {
      serviceArn: service.arn,
      cluster: service.cluster.name,
      serviceName: service.name,
      status: { statusCode: service.status },
      targetConfiguration: configurationOf(service),
      createdAt: new Date(service.createdAt),
      updatedAt: new Date(service.express.updatedAt),
    },
  }
}

const describe = (fleet: Fleet, { serviceArn = '', include }: DescribeExpressGatewayServiceRequest, call: Call) => {
  const service = findExpress(siteOf(fleet, call), serviceArn)
  if (!service) throw new AwsError('ResourceNotFoundException', 'The specified Express service was not found.')
  return { service: view(service, include) }
}

export const expressOperations = (fleet: Fleet) =>
  ({
    CreateExpressGatewayService: (input: CreateExpressGatewayServiceRequest, call) => create(fleet, input, call),
    UpdateExpressGatewayService: (input: UpdateExpressGatewayServiceRequest, call) => update(fleet, input, call),
    DescribeExpressGatewayService: (input: DescribeExpressGatewayServiceRequest, call) => describe(fleet, input, call),
  }) satisfies Record<string, Operation>
