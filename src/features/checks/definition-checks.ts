// What can be wrong with the task definition that a service runs. Source of ECS.n: Security Hub user guide, ecs-controls.
import type { Check } from './check.ts'
import type { ContainerPosture, Workload } from './posture.ts'

const containers = ({ definition }: Workload, is: (container: ContainerPosture) => boolean): readonly string[] =>
  definition.containers.filter(is).map(({ name }) => `\`${name}\``)

const linux = (workload: Workload, is: (container: ContainerPosture) => boolean) =>
  workload.definition.isWindows ? [] : containers(workload, is)
const windows = (workload: Workload, is: (container: ContainerPosture) => boolean) =>
  workload.definition.isWindows ? containers(workload, is) : []

const isRoot = ({ user }: ContainerPosture): boolean =>
  user === undefined || ['', 'root', '0'].includes(user.split(':')[0] ?? '')
const isAdministrator = ({ user }: ContainerPosture): boolean =>
  user === undefined || ['', 'containeradministrator'].includes(user.toLowerCase())

const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'ECS_ENGINE_AUTH_DATA']

/** By how they end: `TOKEN_TTL`, `SECRET_ARN` and `PASSWORD_FILE` say something about a secret, and are none. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|pwd|secret|token|api_?key|access_?key|secret_?key|private_?key|signing_?key|encryption_?key|credentials?|connection_?string|(?:^|_)pass)_?\d*$/i

const isSecretName = (name: string): boolean => !KEYS.includes(name) && SECRET_NAME.test(name)

const variables = ({ definition }: Workload, is: (name: string) => boolean): readonly string[] =>
  definition.containers.flatMap(({ name, environment }) => {
    const found = environment.filter(is)
    return found.length === 0 ? [] : [`\`${name}\` has ${found.map(one => `\`${one}\``).join(', ')}`]
  })

/** `image`, `image:tag`, with a registry that may have a port; a digest makes it the same image for ever. */
const tagOf = (image: string): string | undefined =>
  image.includes('@') ? undefined : (/:([^/:]+)$/.exec(image)?.[1] ?? 'latest')

const EXEC_NEEDS_WRITING =
  'ECS Exec is on, and its agent has to write to the root file system: AWS does not support both, so choose one.'

export const definitionChecks: readonly Check<Workload>[] = [
  {
    id: 'ECS.3',
    severity: 'high',
    title: 'Tasks share the process ids of their host',
    why: 'Whoever gets into a container sees, and may end, every process of the host and of other tasks.',
    fix: 'Register a revision without `pidMode: host`.',
    seen: ({ definition: { name, pidMode } }) => (pidMode === 'host' ? [`\`${name}\``] : []),
  },
  {
    id: 'ECS.4',
    severity: 'high',
    title: 'A container is privileged',
    why: 'It has what root on the host has: whoever gets into it is out of it.',
    fix: 'Register a revision without `privileged`, and give it the Linux capabilities that it needs.',
    seen: workload => containers(workload, ({ isPrivileged }) => isPrivileged),
  },
  {
    id: 'ECS.5',
    severity: 'high',
    title: 'A container may write to its root file system',
    why: 'Whoever gets into it can change the program that runs, and leave something there.',
    fix: 'Register a revision with `readonlyRootFilesystem: true`, and a volume for what has to be written.',
    seen: workload => linux(workload, ({ isRootReadOnly }) => !isRootReadOnly),
    conflict: ({ service }) => (service.hasExec ? EXEC_NEEDS_WRITING : undefined),
  },
  {
    id: 'ECS.8',
    severity: 'high',
    title: 'Keys of AWS are in the environment',
    why: 'Everyone who may describe the task definition reads them, in every revision, and they do not expire.',
    fix: 'Make those keys invalid in IAM, and let the task role give the rights.',
    seen: workload => variables(workload, name => KEYS.includes(name)),
  },
  {
    id: 'ECS.9',
    severity: 'high',
    title: 'A container keeps no logs',
    why: 'What it wrote is gone with its task: nobody can tell why it stopped, or who was in it.',
    fix: 'Register a revision with a `logConfiguration`, such as `awslogs` with a group of CloudWatch Logs.',
    seen: workload => containers(workload, ({ hasLogs }) => !hasLogs),
  },
  {
    id: 'env-secrets',
    severity: 'high',
    title: 'What is named like a secret is in the environment',
    why: 'Everyone who may describe the task definition reads it, in every revision, also old ones.',
    fix: 'Change that secret, keep it in Secrets Manager or Parameter Store, and name it under `secrets`.',
    seen: workload => variables(workload, isSecretName),
  },
  {
    id: 'ECS.17',
    severity: 'medium',
    title: 'Tasks use the network of their host',
    why: 'No security group of their own keeps them apart, and they reach what listens on the host alone.',
    fix: 'Register a revision with `networkMode: awsvpc`.',
    seen: ({ definition: { name, networkMode } }) => (networkMode === 'host' ? [`\`${name}\``] : []),
  },
  {
    id: 'ECS.18',
    severity: 'medium',
    title: 'A volume of EFS is read and written unencrypted',
    why: 'Whoever can listen in the network between the task and EFS reads the files.',
    fix: 'Register a revision with `transitEncryption: ENABLED` for that volume.',
    seen: ({ definition }) => definition.plainVolumes.map(name => `\`${name}\``),
  },
  {
    id: 'ECS.20',
    severity: 'medium',
    title: 'A container runs as root',
    why: 'What gets out of it through a fault of the kernel or the runtime is root on the host.',
    fix: 'Register a revision with a `user` that is not root; without one it is the user of the image, mostly root.',
    seen: workload => linux(workload, isRoot),
  },
  {
    id: 'ECS.21',
    severity: 'medium',
    title: 'A Windows container runs as its administrator',
    why: 'Whoever gets into it can change everything in it.',
    fix: 'Register a revision with a `user` such as `ContainerUser`.',
    seen: workload => windows(workload, isAdministrator),
  },
  {
    id: 'one-role',
    severity: 'medium',
    title: 'The program and ECS act as the same role',
    why: 'The program may do what only ECS has to: read every secret that is injected, and pull every image.',
    fix: 'Give the task a role of its own with what the program needs, beside the execution role.',
    seen: ({ definition: { taskRole, executionRole } }) =>
      taskRole !== undefined && taskRole === executionRole ? [`\`${taskRole}\``] : [],
  },
  {
    id: 'latest-image',
    severity: 'medium',
    title: 'An image is named by the tag latest, or by none',
    why: 'What runs is whatever was pushed last: a rollback starts the same image again.',
    fix: 'Name images by their digest, or by tags that the repository does not let anyone move.',
    seen: workload => containers(workload, ({ image }) => tagOf(image) === 'latest'),
  },
  {
    id: 'ECS.15',
    severity: 'low',
    title: 'The task definition has no tags',
    why: 'Nobody can tell whose it is, and rules and costs by tag pass it by.',
    fix: 'Tag it with `aws ecs tag-resource`, and let whatever registers it do so.',
    seen: ({ definition: { name, tags } }) => (tags.length === 0 ? [`\`${name}\``] : []),
  },
  {
    id: 'moving-image',
    severity: 'low',
    title: 'An image is named by a tag alone',
    why: 'A tag can be moved: what was tested need not be what starts next.',
    fix: 'Name images by their digest, or make the tags of the repository immutable.',
    seen: workload => containers(workload, ({ image }) => ![undefined, 'latest'].includes(tagOf(image))),
  },
]
