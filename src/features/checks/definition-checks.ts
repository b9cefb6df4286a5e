// The checks of a service's task definition. Source of the ids ECS.n: Security Hub user guide, ecs-controls.
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

/**
 * Matches the end of a variable's name. `TOKEN_TTL`, `SECRET_ARN` and `PASSWORD_FILE` do not match: they refer to a
 * secret, but do not contain it.
 */
const SECRET_NAME =
  /(?:password|passwd|passphrase|pwd|secret|token|api_?key|access_?key|secret_?key|private_?key|signing_?key|encryption_?key|credentials?|connection_?string|(?:^|_)pass)_?\d*$/i

const isSecretName = (name: string): boolean => !KEYS.includes(name) && SECRET_NAME.test(name)

const variables = ({ definition }: Workload, is: (name: string) => boolean): readonly string[] =>
  definition.containers.flatMap(({ name, environment }) => {
    const found = environment.filter(is)
    return found.length === 0 ? [] : [`\`${name}\` has ${found.map(one => `\`${one}\``).join(', ')}`]
  })

/** The tag of `image` or `registry:port/image:tag`; undefined for an image with a digest, which never changes. */
const tagOf = (image: string): string | undefined =>
  image.includes('@') ? undefined : (/:([^/:]+)$/.exec(image)?.[1] ?? 'latest')

const EXEC_NEEDS_WRITING =
  'ECS Exec is on, and its agent must write to the root file system: AWS does not support both, so choose one.'

export const definitionChecks: readonly Check<Workload>[] = [
  {
    id: 'ECS.3',
    severity: 'high',
    title: 'Tasks share the process namespace of their host',
    why: 'An attacker in a container can see and end every process of the host and of other tasks.',
    fix: 'Register a revision without `pidMode: host`.',
    seen: ({ definition: { name, pidMode } }) => (pidMode === 'host' ? [`\`${name}\``] : []),
  },
  {
    id: 'ECS.4',
    severity: 'high',
    title: 'A container is privileged',
    why: 'It has root access to the host: an attacker in the container controls the host.',
    fix: 'Register a revision without `privileged`, with only the Linux capabilities that it needs.',
    seen: workload => containers(workload, ({ isPrivileged }) => isPrivileged),
  },
  {
    id: 'ECS.5',
    severity: 'high',
    title: 'A container can write to its root file system',
    why: 'An attacker in the container can change the program and leave files.',
    fix: 'Register a revision with `readonlyRootFilesystem: true`, and a volume for files it must write.',
    seen: workload => linux(workload, ({ isRootReadOnly }) => !isRootReadOnly),
    conflict: ({ service }) => (service.hasExec ? EXEC_NEEDS_WRITING : undefined),
  },
  {
    id: 'ECS.8',
    severity: 'high',
    title: 'AWS access keys are in the environment',
    why: 'Everyone who can describe the task definition can read them, in every revision, and they do not expire.',
    fix: 'Deactivate those keys in IAM, and grant the permissions through the task role.',
    seen: workload => variables(workload, name => KEYS.includes(name)),
  },
  {
    id: 'ECS.9',
    severity: 'high',
    title: 'A container has no log configuration',
    why: 'Its output is lost with its task, so the cause of a stop cannot be found.',
    fix: 'Register a revision with a `logConfiguration`, such as `awslogs` with a CloudWatch Logs group.',
    seen: workload => containers(workload, ({ hasLogs }) => !hasLogs),
  },
  {
    id: 'env-secrets',
    severity: 'high',
    title: 'A variable named like a secret is in the environment',
    why: 'Everyone who can describe the task definition can read it, in old revisions too.',
    fix: 'Rotate the secret, store it in Secrets Manager or Parameter Store, and reference it under `secrets`.',
    seen: workload => variables(workload, isSecretName),
  },
  {
    id: 'ECS.17',
    severity: 'medium',
    title: 'Tasks use the host’s network',
    why: 'They have no security group of their own, and can reach services that listen only on the host.',
    fix: 'Register a revision with `networkMode: awsvpc`.',
    seen: ({ definition: { name, networkMode } }) => (networkMode === 'host' ? [`\`${name}\``] : []),
  },
  {
    id: 'ECS.18',
    severity: 'medium',
    title: 'An EFS volume is not encrypted in transit',
    why: 'Anyone who can read the network traffic between the task and EFS can read the files.',
    fix: 'Register a revision with `transitEncryption: ENABLED` for that volume.',
    seen: ({ definition }) => definition.plainVolumes.map(name => `\`${name}\``),
  },
  {
    id: 'ECS.20',
    severity: 'medium',
    title: 'A container runs as root',
    why: 'An attacker who escapes through a kernel or runtime vulnerability is root on the host.',
    fix: 'Register a revision with a non-root `user`; without one the image’s user applies, usually root.',
    seen: workload => linux(workload, isRoot),
  },
  {
    id: 'ECS.21',
    severity: 'medium',
    title: 'A Windows container runs as administrator',
    why: 'An attacker in the container can change everything in it.',
    fix: 'Register a revision with a `user` such as `ContainerUser`.',
    seen: workload => windows(workload, isAdministrator),
  },
  {
    id: 'one-role',
    severity: 'medium',
    title: 'Task role and execution role are the same',
    why: 'The application gets permissions that only ECS needs: reading injected secrets and pulling images.',
    fix: 'Give the task its own task role with only the permissions that the application needs.',
    seen: ({ definition: { taskRole, executionRole } }) =>
      taskRole !== undefined && taskRole === executionRole ? [`\`${taskRole}\``] : [],
  },
  {
    id: 'latest-image',
    severity: 'medium',
    title: 'An image uses the tag latest, or no tag',
    why: 'Tasks run the image that was pushed last: a rollback starts the same image again.',
    fix: 'Reference images by digest, or by immutable tags.',
    seen: workload => containers(workload, ({ image }) => tagOf(image) === 'latest'),
  },
  {
    id: 'ECS.15',
    severity: 'low',
    title: 'The task definition has no tags',
    why: 'Its owner is unknown, and rules and costs by tag do not cover it.',
    fix: 'Tag it with `aws ecs tag-resource`, and in the template that registers it.',
    seen: ({ definition: { name, tags } }) => (tags.length === 0 ? [`\`${name}\``] : []),
  },
  {
    id: 'moving-image',
    severity: 'low',
    title: 'An image is referenced by tag only',
    why: 'A tag can be moved: the next task may start an untested image.',
    fix: 'Reference images by digest, or make the repository’s tags immutable.',
    seen: workload => containers(workload, ({ image }) => ![undefined, 'latest'].includes(tagOf(image))),
  },
]
