// Reads what a standalone task of a service needs. Does not return the environment of the task definition.
import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type Deployment as EcsDeployment,
  type Service as EcsService,
  type TaskDefinition,
} from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { clusterArn } from '../../../features/capacity/capacity-calls.ts'
import { deploymentInProgress } from '../../../features/deployments/in-progress.ts'
import type { RunContainer, RunSite } from '../../../features/exec/run-site.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { JsonObject } from '../../../model/json.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { readDefinition } from './read-detail.ts'
import { describeService, readService } from './services.ts'
import { shortName } from './tasks.ts'

export const createRunSiteReader = (config: Config, sessions: Sessions): Readers['runSite'] => {
  const ecsFor = sessions.each(settings => new ECSClient(settings))
  return ref =>
    askAws(`reading ${ref.service}`, async () => {
      const client = await ecsFor(accountOf(config, ref), ref.region)
      const found = await describeService(client, ref)
      if (found === undefined) return undefined
      const service = readService(ref, found)
      const running = runningOf(found, deploymentInProgress(service) !== undefined)
      const name = running.taskDefinition ?? found.taskDefinition
      const definition = name === undefined ? {} : await describeDefinition(client, name)
      return {
        service,
        clusterArn: clusterArn(ref),
        definition: definitionOf(ref, definition),
        where: whereOf(found, running),
      }
    })
}

/**
 * The deployment whose version a standalone task uses. During a deployment, this is the old deployment if it has running
 * tasks. In all other cases, also during the first deployment of a service, it is the newest (PRIMARY) deployment.
 */
const runningOf = ({ deployments = [] }: EcsService, isDeploying: boolean): EcsDeployment => {
  const old = isDeploying ? deployments.find(one => one.status === 'ACTIVE' && (one.runningCount ?? 0) > 0) : undefined
  return old ?? deployments.find(({ status }) => status === 'PRIMARY') ?? {}
}

const describeDefinition = async (client: ECSClient, taskDefinition: string): Promise<TaskDefinition> =>
  (await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition ?? {}

const definitionOf = (ref: ServiceRef, definition: TaskDefinition): RunSite['definition'] => {
  const { arn, isActive, roles } = readDefinition(ref, definition)
  return {
    arn,
    name: shortName(arn),
    isActive,
    isWindows: definition.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false,
    roles,
    ...(definition.taskRoleArn && { taskRoleArn: definition.taskRoleArn }),
    containers: (definition.containerDefinitions ?? []).map(containerOf),
  }
}

const containerOf = (container: ContainerDefinition): RunContainer => {
  const { name = '', image = '', essential, entryPoint, logConfiguration } = container
  return {
    name,
    image,
    isEssential: essential ?? true,
    hasEntryPoint: entryPoint !== undefined && entryPoint.length > 0,
    ...(logConfiguration?.logDriver !== undefined && { logDriver: logConfiguration.logDriver }),
  }
}

const whereOf = (service: EcsService, running: EcsDeployment): JsonObject => {
  const network = (running.networkConfiguration ?? service.networkConfiguration)?.awsvpcConfiguration
  const strategy = running.capacityProviderStrategy ?? service.capacityProviderStrategy ?? []
  const launchType = running.launchType ?? service.launchType
  const platformVersion = running.platformVersion ?? service.platformVersion
  return {
    ...(network !== undefined && {
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: network.subnets ?? [],
          ...(network.securityGroups !== undefined && { securityGroups: network.securityGroups }),
          ...(network.assignPublicIp !== undefined && { assignPublicIp: network.assignPublicIp }),
        },
      },
    }),
    ...(strategy.length > 0
      ? {
          capacityProviderStrategy: strategy.map(({ capacityProvider = '', weight = 0, base = 0 }) => ({
            capacityProvider,
            weight,
            base,
          })),
        }
      : launchType !== undefined && { launchType }),
    ...(platformVersion !== undefined && { platformVersion }),
  }
}
