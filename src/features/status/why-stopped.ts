// Why a task stopped, in plain words, from what ECS says of it: its stop code, its reason, and its containers' own.
// Texts: ECS developer guide, stopped task error codes; they change, so each is known by its telling part alone.
import type { StoppedTask } from '../../model/ecs.ts'

/** Exit codes above 128 are 128 + the signal (POSIX shells). */
const EXITS: Readonly<Record<number, string>> = {
  0: 'it finished on its own',
  1: 'the application failed',
  2: 'the application failed, or was called wrongly',
  126: 'its command may not be executed',
  127: 'its command was not found',
  134: 'it aborted',
  137: 'it was killed, mostly out of memory',
  139: 'it crashed with a segmentation fault',
  143: 'it was asked to end (SIGTERM)',
}

/** The first that fits. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/OutOfMemory/i, 'It ran out of memory: its container reached its limit and was killed.'],
  [/toomanyrequests|rate limit/i, 'Its image could not be pulled: the registry limits how often it may be.'],
  [
    /CannotPull[\s\S]*(?:not found|does not exist|manifest unknown)/i,
    'Its image is not there: the tag or the repository is wrong, or the image was deleted.',
  ],
  [
    /CannotPull[\s\S]*(?:denied|403|401|no basic auth|unauthorized)/i,
    'Its image could not be pulled: the execution role or the registry’s policy does not allow it.',
  ],
  [
    /CannotPull[\s\S]*(?:timeout|timed out|no route|dial tcp|connection)/i,
    'Its image could not be pulled: the registry was not reached. Look at the route to it: NAT, VPC endpoints, security groups.',
  ],
  [/CannotPull[\s\S]*no space left/i, 'Its image does not fit onto the disk of the task.'],
  [/CannotPull[\s\S]*platform|exec format error/i, 'Its image is built for another processor architecture.'],
  [/CannotPull/i, 'Its image could not be pulled.'],
  [
    /(?:secret|ssm|parameter|asm)[\s\S]*(?:AccessDenied|not authorized)/i,
    'A secret could not be read: the execution role is not allowed to.',
  ],
  [
    /(?:secret|parameter|asm)[\s\S]*(?:ResourceNotFound|invalid ssm parameters|not found|can't find)/i,
    'A secret or parameter that its task definition names is not there.',
  ],
  [
    /ResourceInitializationError[\s\S]*(?:secret|registry auth)/i,
    'A secret or the registry’s credentials could not be read: mostly the route to Secrets Manager, SSM or ECR, or the execution role.',
  ],
  [
    /ResourceInitializationError[\s\S]*(?:logger|log group|log stream)/i,
    'Its log destination is not there, or may not be written.',
  ],
  [/ResourceInitializationError[\s\S]*(?:efs|mount)/i, 'A file system could not be mounted.'],
  [/ResourceInitializationError/i, 'What it needs before it starts could not be made ready.'],
  [/failed container health checks/i, 'Its container health check failed again and again.'],
  [/failed ELB health checks/i, 'The load balancer’s health check failed again and again.'],
  [/Capacity is unavailable|RESOURCE:/i, 'AWS had no capacity for it at that moment.'],
  [/limit on the number of vCPUs/i, 'The account’s Fargate quota of vCPUs was used up.'],
  [/ContainerRuntimeTimeout/i, 'The container runtime did not answer in time.'],
  [/CannotStartContainer/i, 'Its container could not be started: mostly its command, its user or a mount.'],
]

const CODES: Readonly<Record<string, string>> = {
  SpotInterruption: 'AWS took the Spot capacity back that it ran on.',
  TerminationNotice: 'The machine that it ran on was shut down, or AWS retired it.',
  InfrastructureHealth: 'The machine that it ran on was no longer healthy.',
}

/** A sentence or two, at most 400 characters. */
export const whyStopped = (task: StoppedTask): string => {
  const { reason, stopCode, containers } = task
  const said = [reason, ...containers.flatMap(({ reason: own }) => own ?? [])].join(' ')
  const known = CODES[stopCode] ?? REASONS.find(([pattern]) => pattern.test(said))?.[1] ?? byWhom(task)
  if (known !== undefined) return `${known}${imageIn(said)}`.slice(0, 400)
  return (exitOf(containers, stopCode) ?? `${withoutStop(reason) || 'ECS did not say why'}.`).slice(0, 400)
}

const withoutStop = (text: string): string => text.replace(/[.\s]+$/, '')

/** Which image it was: the registry's host and all. */
const imageIn = (said: string): string => {
  const image = /CannotPull[\s\S]*?\bref ([\w./:@-]+)/i.exec(said)?.[1]?.replace(/[:.]+$/, '')
  return image === undefined ? '' : ` ${image}`
}

/** Nothing failed: somebody, or the scheduler, wanted it gone. */
const byWhom = ({ reason, stopCode }: StoppedTask): string | undefined => {
  if (/Scaling activity initiated by/i.test(reason)) return 'A scale-in or a deployment no longer needed it.'
  if (stopCode === 'UserInitiated') return `Somebody stopped it: ${withoutStop(reason)}.`
  return undefined
}

/** What says most: the container that failed. Where ECS stopped it, an exit by a signal says nothing more. */
const exitOf = (containers: StoppedTask['containers'], stopCode: string): string | undefined => {
  const failed = containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0)
  const first = failed ?? containers.find(({ exitCode }) => exitCode !== undefined)
  if (first?.exitCode === undefined) return undefined
  if (stopCode !== 'EssentialContainerExited' && stopCode !== 'TaskFailedToStart') return undefined
  const { name, exitCode } = first
  return `${name} exited with ${exitCode}: ${EXITS[exitCode] ?? 'an exit code of its own'}.`
}
