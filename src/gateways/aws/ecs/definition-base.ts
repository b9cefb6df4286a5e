// Reads task definitions as the JSON that ECS returns. New revisions are made from this JSON, and it may have members that
// the SDK does not know. Only this file and register-definition.ts handle the values of environment variables.
import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type TaskDefinition as EcsTaskDefinition,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Registration } from '../../../engine/change/plan.ts'
import type { Config } from '../../../engine/rules/config.ts'
import {
  type Described,
  describedIn,
  hashOf,
  isRegistered,
  withPatch,
} from '../../../features/deployments/definition-patch.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { ContainerSize, DefinitionBase } from '../../../model/service-detail.ts'
import type { Sessions, Settings } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { rawAnswer } from './raw-json.ts'
import { readDefinition } from './read-detail.ts'

export const createEcsClient = (settings: Settings): ECSClient => new ECSClient(settings)

/** The maximum number of newest revisions that are compared with a registration whose result is not known. */
const MOST_COMPARED = 10

type BaseReaders = Pick<Readers, 'definitionBase' | 'newestRevision' | 'registered'>

export const createBaseReaders = (config: Config, sessions: Sessions): BaseReaders => {
  const clientFor = sessions.each(createEcsClient)
  const clientOf = (ref: ServiceRef) => clientFor(accountOf(config, ref), ref.region)
  return {
    definitionBase: async (ref, name) => {
      const described = await askAws(`reading the task definition ${name}`, async () =>
        describe(await clientOf(ref), name),
      ).catch(ignoreMissing)
      return described && readBase(ref, described)
    },
    newestRevision: (ref, family) =>
      askAws(`reading the revisions of ${family}`, async () => {
        const [newest] = await newestOf(await clientOf(ref), family, 1)
        return numberOf(newest ?? '')
      }),
    registered: (ref, registration, after) =>
      askAws('reading what was registered', async () => find(await clientOf(ref), registration, after)),
  }
}

const ignoreMissing = (error: unknown): undefined => {
  if (error instanceof RemoteError && error.code === 'ClientException') return undefined
  throw error
}

/** Reads a task definition, by name or ARN, with its tags. */
export const describe = async (client: ECSClient, taskDefinition: string): Promise<Described | undefined> =>
  describedIn(await rawAnswer(client, new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] })))

/** Returns the ARNs of the newest active revisions of a family, newest first, at most `maxResults`. */
const newestOf = async (client: ECSClient, familyPrefix: string, maxResults: number): Promise<readonly string[]> => {
  const input = { familyPrefix, maxResults, sort: 'DESC' as const, status: 'ACTIVE' as const }
  const { taskDefinitionArns = [] } = await client.send(new ListTaskDefinitionsCommand(input))
  return taskDefinitionArns.filter(arn => arn.split('/').at(-1)?.split(':')[0] === familyPrefix)
}

const numberOf = (arn: string): number => Number(arn.split(':').at(-1) ?? 0) || 0

const find = async (
  client: ECSClient,
  registration: Registration,
  after: number,
): ReturnType<BaseReaders['registered']> => {
  const { base } = registration
  const family = base.split('/').at(-1)?.split(':')[0] ?? ''
  const newer = (await newestOf(client, family, MOST_COMPARED)).filter(arn => numberOf(arn) > after)
  if (newer.length === 0) return false
  const described = await describe(client, base)
  const input = described && withPatch(described, registration)
  if (input === undefined) return 'unknown'
  for (const arn of newer) {
    const found = await describe(client, arn)
    if (found !== undefined && isRegistered(input, found)) return { registered: arn }
  }
  return 'unknown'
}

const readBase = (ref: ServiceRef, described: Described): DefinitionBase => {
  const definition = described.taskDefinition as unknown as EcsTaskDefinition
  const { family = '', revision = 0, runtimePlatform = {}, cpu, memory, requiresCompatibilities = [] } = definition
  const containers = definition.containerDefinitions ?? []
  return {
    ...readDefinition(ref, definition),
    family,
    revision,
    hash: hashOf(described),
    essential: containers.filter(({ essential }) => essential !== false).map(({ name = '' }) => name),
    secrets: [...new Set(containers.flatMap(secretsOf))],
    logGroups: containers.flatMap(one => logGroupOf(one, ref.region)),
    architecture: runtimePlatform.cpuArchitecture === 'ARM64' ? 'ARM64' : 'X86_64',
    isWindows: runtimePlatform.operatingSystemFamily?.startsWith('WINDOWS') === true,
    isPrivileged: containers.some(({ privileged }) => privileged === true),
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    sizes: containers.map(sizeOf),
    compatibilities: requiresCompatibilities,
    tagKeys: described.tags.map(({ key }) => String(key)),
  }
}

const sizeOf = ({ name = '', cpu, memory, memoryReservation: reservation }: ContainerDefinition): ContainerSize => ({
  name,
  ...(cpu !== undefined && { cpu }),
  ...(memory !== undefined && { memory }),
  ...(reservation !== undefined && { reservation }),
})

const secretsOf = ({ secrets = [], logConfiguration, repositoryCredentials }: ContainerDefinition) => [
  ...[...secrets, ...(logConfiguration?.secretOptions ?? [])].flatMap(({ valueFrom }) => valueFrom ?? []),
  ...((repositoryCredentials?.credentialsParameter ?? '') ? [repositoryCredentials?.credentialsParameter ?? ''] : []),
]

const logGroupOf = ({ logConfiguration }: ContainerDefinition, region: string) => {
  const { logDriver, options = {} } = logConfiguration ?? {}
  const name = options['awslogs-group']
  if (logDriver !== 'awslogs' || name === undefined || options['awslogs-create-group'] === 'true') return []
  return [{ name, region: options['awslogs-region'] ?? region }]
}
