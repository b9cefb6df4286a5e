// Pure: explains in plain words why a task stopped, from its stop code, its reason and its containers' reasons. Texts:
// ECS developer guide, stopped task error codes. AWS changes the texts, so patterns match only their distinctive part.
import type { StoppedTask } from '../../model/ecs.ts'

/** The meaning of exit codes. Codes above 128 are 128 + the signal (POSIX shells). */
const EXITS: Readonly<Record<number, string>> = {
  0: 'finished by itself',
  1: 'application error',
  2: 'application error, or wrong arguments',
  126: 'command not executable',
  127: 'command not found',
  134: 'aborted (SIGABRT)',
  137: 'killed (SIGKILL), usually out of memory',
  139: 'segmentation fault (SIGSEGV)',
  143: 'terminated (SIGTERM)',
}

/** Patterns of reasons with their explanation. The first match counts. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/OutOfMemory/i, 'Out of memory: its container reached its memory limit and was killed.'],
  [/toomanyrequests|rate limit/i, 'Image pull failed: the registry’s rate limit was reached.'],
  [
    /CannotPull[\s\S]*(?:not found|does not exist|manifest unknown)/i,
    'Image not found: the tag or the repository is wrong, or the image was deleted.',
  ],
  [
    /CannotPull[\s\S]*(?:denied|403|401|no basic auth|unauthorized)/i,
    'Image pull denied: the execution role or the registry’s policy does not allow it.',
  ],
  [
    /CannotPull[\s\S]*(?:timeout|timed out|no route|dial tcp|connection)/i,
    'Image pull failed: the registry is unreachable. Check NAT, VPC endpoints and security groups.',
  ],
  [/CannotPull[\s\S]*no space left/i, 'Image pull failed: the image does not fit on the task’s disk.'],
  [/CannotPull[\s\S]*platform|exec format error/i, 'Its image is built for another CPU architecture.'],
  [/CannotPull/i, 'Image pull failed.'],
  [
    /(?:secret|ssm|parameter|asm)[\s\S]*(?:AccessDenied|not authorized)/i,
    'A secret could not be read: the execution role lacks permission.',
  ],
  [
    /(?:secret|parameter|asm)[\s\S]*(?:ResourceNotFound|invalid ssm parameters|not found|can't find)/i,
    'A secret or parameter in its task definition does not exist.',
  ],
  [
    /ResourceInitializationError[\s\S]*(?:secret|registry auth)/i,
    'Secrets or registry credentials could not be read. Check the route to Secrets Manager, SSM or ECR, and the execution role.',
  ],
  [
    /ResourceInitializationError[\s\S]*(?:logger|log group|log stream)/i,
    'Its log destination does not exist, or write access is denied.',
  ],
  [/ResourceInitializationError[\s\S]*(?:efs|mount)/i, 'A file system could not be mounted.'],
  [/ResourceInitializationError/i, 'A resource that it needs to start could not be initialized.'],
  [/failed container health checks/i, 'Its container health check failed repeatedly.'],
  [/failed ELB health checks/i, 'The load balancer’s health check failed repeatedly.'],
  [/Capacity is unavailable|RESOURCE:/i, 'AWS had no capacity for it.'],
  [/limit on the number of vCPUs/i, 'The account’s Fargate vCPU quota was reached.'],
  [/ContainerRuntimeTimeout/i, 'The container runtime did not answer in time.'],
  [/CannotStartContainer/i, 'Its container could not be started: usually its command, its user or a mount.'],
]

const CODES: Readonly<Record<string, string>> = {
  SpotInterruption: 'Spot interruption: AWS reclaimed its capacity.',
  TerminationNotice: 'Its host was shut down or retired.',
  InfrastructureHealth: 'Its host was unhealthy.',
}

/** The explanation: one or two sentences, at most 400 characters. */
export const whyStopped = (task: StoppedTask): string => {
  const { reason, stopCode, containers } = task
  const reasons = [reason, ...containers.flatMap(container => container.reason ?? [])].join(' ')
  const cause = CODES[stopCode] ?? REASONS.find(([pattern]) => pattern.test(reasons))?.[1] ?? intendedStop(task)
  if (cause !== undefined) return `${cause}${imageIn(reasons)}`.slice(0, 400)
  return (exitOf(containers, stopCode) ?? `${withoutFullStop(reason) || 'ECS gave no reason'}.`).slice(0, 400)
}

const withoutFullStop = (text: string): string => text.replace(/[.\s]+$/, '')

/** The image that could not be pulled, with its registry's host. */
const imageIn = (reasons: string): string => {
  const image = /CannotPull[\s\S]*?\bref ([\w./:@-]+)/i.exec(reasons)?.[1]?.replace(/[:.]+$/, '')
  return image === undefined ? '' : ` ${image}`
}

/** The explanation of a stop that is not a failure: a person or the scheduler stopped the task. */
const intendedStop = ({ reason, stopCode }: StoppedTask): string | undefined => {
  if (/Scaling activity initiated by/i.test(reason)) return 'A scale-in or a deployment no longer needed it.'
  if (stopCode === 'UserInitiated') return `Stopped by someone: ${withoutFullStop(reason)}.`
  return undefined
}

/**
 * The exit of the container that failed. Undefined if ECS stopped the task, because the exit code is then only the
 * signal.
 */
const exitOf = (containers: StoppedTask['containers'], stopCode: string): string | undefined => {
  const failed = containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0)
  const first = failed ?? containers.find(({ exitCode }) => exitCode !== undefined)
  if (first?.exitCode === undefined) return undefined
  if (stopCode !== 'EssentialContainerExited' && stopCode !== 'TaskFailedToStart') return undefined
  const { name, exitCode } = first
  return `${name} exited with ${exitCode}${EXITS[exitCode] === undefined ? '' : `: ${EXITS[exitCode]}`}.`
}
