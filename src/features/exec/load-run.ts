// Loads what a plan for a standalone task needs: the command, the revision that runs, its container and its task role.

import type { Asker } from '../../engine/rules/asker.ts'
import { fullName } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { type ImageTags, readImageTags, readTagsOfRunning } from '../deployments/image-tags.ts'
import { deploymentInProgress } from '../deployments/in-progress.ts'
import type { DeploymentReads } from '../deployments/reads.ts'
import { redactionOptions } from '../logs/redaction.ts'
import type { StatusReads } from '../status/reads.ts'
import { type RequestedCommand, resolveCommand } from './allowed-command.ts'
import { isSidecar } from './pick-container.ts'
import type { ExecReads } from './reads.ts'
import { askForCommand } from './request.ts'
import type { RunContainer, RunSite } from './run-site.ts'
import type { TaskRole } from './task-role.ts'
import { isLogged, mayBeUnlogged } from './unlogged.ts'

type Reads = Pick<ExecReads, 'runSite' | 'taskRole'> &
  Pick<StatusReads, 'serviceDetail'> &
  Pick<DeploymentReads, 'revisions' | 'digestOf'>

export type RunState = {
  readonly site: RunSite
  readonly container: RunContainer
  readonly command: RequestedCommand
  /** Absent where the task definition has none. */
  readonly role?: TaskRole
  /** What the tags of the images mean now. */
  readonly tags: ImageTags
  /** The canonical text of the request, with the chosen container. */
  readonly invocation: string
}

type Asked = { readonly run?: string | undefined; readonly container?: string }

export const loadRun = async (
  ref: ServiceRef,
  asked: Asked,
  read: Reads,
  asker: Asker,
): Promise<RunState | Refusal> => {
  if (accountOf(asker.config, ref).roles.deployer === undefined)
    return refuse(
      `Standalone tasks need a deployer role in ${ref.account}, and the configuration has none.`,
      'Ask your administrator to add `deployer` under the account’s `roles`.',
    )
  if (asked.run === undefined) return askForCommand(asker)
  const command = resolveCommand(asked.run, asker.config.exec, redactionOptions(asker))
  if (isRefusal(command)) return command
  const site = await read.runSite(ref)
  if (site === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const container = refuseSite(site) ?? pickContainer(site, asked.container, asker)
  if (isRefusal(container)) return container
  const unable = refuseCommand(site, container, command) ?? refuseUnlogged(site, container, asker)
  if (unable !== undefined) return unable
  const { taskRoleArn } = site.definition
  const [role, tags] = await Promise.all([
    taskRoleArn === undefined ? undefined : read.taskRole(ref, taskRoleArn, { clusterArn: site.clusterArn }),
    deploymentInProgress(site.service) === undefined
      ? readImageTags(ref, read)
      : readTagsOfRunning(ref, site.definition.name, read),
  ])
  return {
    site,
    container,
    command,
    tags,
    ...(role !== undefined && { role }),
    invocation: asker.again({
      service: ref,
      container: container.name,
      ...{ reason: undefined, 'dry-run': undefined, 'break-glass': undefined },
    }),
  }
}

/** Refuses commands in production whose output nobody keeps, unless the configuration allows them. */
const refuseUnlogged = ({ service, definition }: RunSite, container: RunContainer, { config }: Asker) =>
  isLogged(container) || mayBeUnlogged(service.ref, config)
    ? undefined
    : refuse(
        `This task would not be logged, so it is not allowed: container \`${plainName(container.name)}\` of \`${plainName(definition.name)}\` ${container.logDriver === undefined ? 'has no log configuration' : `logs to \`${plainName(container.logDriver)}\``}.`,
        'Set its `logConfiguration` to a driver such as `awslogs`, or configure `exec.unlogged`.',
      )

const refuseSite = ({ service, definition }: RunSite): Refusal | undefined => {
  const name = `*${service.ref.service}*`
  if (service.status !== 'ACTIVE') return refuse(`${name} is ${service.status.toLowerCase()}: no task runs from it.`)
  if (definition.arn === '')
    return refuse(
      `${name} has no task definition of its own: an external controller deploys it with task sets.`,
      'Start the task where its task sets come from.',
    )
  return definition.isActive
    ? undefined
    : refuse(
        `\`${plainName(definition.name)}\` was deregistered: ECS starts no new task from it.`,
        'Deploy an active revision first.',
      )
}

const pickContainer = (
  { definition: { containers, name } }: RunSite,
  wanted: string | undefined,
  { again }: Asker,
): RunContainer | Refusal => {
  const found = containers.filter(one => (wanted === undefined ? !isSidecar(one.name) : one.name === wanted))
  const [first, second] = found
  const named = containers.map(one => `\`${plainName(one.name)}\``).join(', ')
  if (first === undefined)
    return refuse(
      `\`${plainName(name)}\` has no container \`${plainName(wanted ?? '')}\`.`,
      named === '' ? 'ECS names no container of it.' : `It has ${named}.`,
    )
  return second === undefined
    ? first
    : refuse(
        `In which container? \`${plainName(name)}\` has ${named}.`,
        undefined,
        found.slice(0, 5).map(one => ({ label: one.name, invocation: again({ container: one.name }) })),
      )
}

/** Characters of all overrides as JSON (ECS API reference, RunTask). */
const MOST_OVERRIDES = 8_192

export const overridesOf = ({ name }: RunContainer, { argv }: RequestedCommand) => ({
  containerOverrides: [{ name, command: [...argv] }],
})

const refuseCommand = (
  { definition }: RunSite,
  container: RunContainer,
  command: RequestedCommand,
): Refusal | undefined => {
  const name = `\`${plainName(container.name)}\``
  if (!container.isEssential)
    return refuse(
      `${name} is not essential in \`${plainName(definition.name)}\`: the task would go on after the command.`,
      'Choose an essential container with `--container`.',
    )
  if (definition.isWindows && command.named === undefined)
    return refuse(`${name} is a Windows container: it has no \`sh\`.`, 'It can run configured commands only.')
  return JSON.stringify(overridesOf(container, command)).length > MOST_OVERRIDES
    ? refuse('This command is too long for ECS, which allows 8,192 characters.', 'Put it into a script in the image.')
    : undefined
}
