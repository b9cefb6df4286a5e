// Loads what an exec plan needs: the command, the tasks and containers, their roles, networks and logging. Returns a
// refusal if something rules the plan out.

import type { Asker } from '../../engine/rules/asker.ts'
import { fullName } from '../../kit/language/target.ts'
import { codeText } from '../../kit/messages/text.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { redactionOptions } from '../logs/redaction.ts'
import { wholeId } from '../services/find-task.ts'
import { type RequestedCommand, resolveCommand } from './allowed-command.ts'
import { CONTAINER_TAG, GRANT_TAG, type GrantTag } from './grant.ts'
import { missingEndpoint } from './network-paths.ts'
import { type Chosen, placesFor, rolesOf } from './pick-container.ts'
import type { ExecReads } from './reads.ts'
import { type Asked, askForCommand, minutesOf, refuseCombination } from './request.ts'
import { logFixes, logsNothing } from './session-log.ts'
import type { ExecSite, ExecTask } from './site.ts'
import { mayBeUnlogged } from './unlogged.ts'

type With = { readonly read: Pick<ExecReads, 'endpoints' | 'execSite' | 'taskRole'>; readonly asker: Asker }

export type ExecState = {
  readonly ref: ServiceRef
  readonly site: ExecSite
  readonly places: readonly Chosen[]
  /** Warnings about missing network routes to Session Manager. */
  readonly ways: readonly string[]
  /** The command to run; absent for shell access. */
  readonly command?: RequestedCommand
  readonly minutes: number
  readonly keepsGoing?: true
  readonly asker: Asker
  /** The canonical text of the request, with the chosen task and container. */
  readonly invocation: string
}

export const loadExec = async (ref: ServiceRef, asked: Asked, { read, asker }: With): Promise<ExecState | Refusal> => {
  const command = requestedCommand(ref, asked, asker)
  if (isRefusal(command)) return command
  const site = await read.execSite(ref, asked.all === true ? undefined : wholeId(asked.task))
  const places = await placesFor(asked, { ref, site, read, asker })
  if (isRefusal(places)) return places
  const windows = command === undefined ? undefined : refuseWindows(places, asker)
  if (windows !== undefined) return windows
  const unlogged = refuseUnlogged(ref, site, places, asker)
  if (unlogged !== undefined) return unlogged
  const [place] = places
  if (place === undefined) return refuse(`*${fullName(ref)}* has no running task.`)
  const ways = await readWays(ref, places, read)
  const granted = asked.interactive ? refuseGranted(place.task, asker) : undefined
  if (granted !== undefined) return granted
  return {
    ref,
    site,
    places,
    ways,
    ...(command !== undefined && { command }),
    ...(asked['keep-going'] === true && { keepsGoing: true }),
    minutes: minutesOf(asked),
    asker,
    invocation: invocationOf(ref, asked, place, places, asker),
  }
}

/** Commands run in a POSIX shell, which reports their status; Windows containers have none. */
const refuseWindows = (places: readonly Chosen[], { again }: Asker): Refusal | undefined => {
  const place = places.find(({ task }) => task.isWindows)
  if (place === undefined) return undefined
  const { container, task } = place
  return refuse(
    `${codeText(container.name)} of task \`${task.id.slice(0, 8)}\` is a Windows container: it has no \`sh\`, in which Quarterdeck runs commands.`,
    'Shell access opens PowerShell in your own terminal:',
    [
      {
        label: 'Request Shell Access',
        invocation: again({
          ...{ interactive: true, task: task.id, container: container.name },
          ...{ run: undefined, all: undefined, timeout: undefined, 'keep-going': undefined },
        }),
      },
    ],
  )
}

/** The command to run; undefined for shell access. */
const requestedCommand = (ref: ServiceRef, asked: Asked, asker: Asker): RequestedCommand | Refusal | undefined => {
  if (accountOf(asker.config, ref).roles.exec === undefined)
    return refuse(
      `Commands cannot run in ${ref.account}: the configuration has no \`roles.exec\` for it.`,
      'Ask your administrator to add it.',
    )
  const refusal = refuseCombination(asked)
  if (refusal !== undefined) return refusal
  if (asked.run === undefined) return asked.interactive ? undefined : askForCommand(asker)
  return resolveCommand(asked.run, asker.config.exec, redactionOptions(asker))
}

const invocationOf = (
  ref: ServiceRef,
  asked: Asked,
  first: Chosen,
  places: readonly Chosen[],
  { again }: Asker,
): string =>
  again({
    service: ref,
    ...(asked.all !== true && { task: first.task.id }),
    // The container is named only if it is the same in all tasks: another revision may name its container differently.
    ...(places.every(({ container }) => container.name === first.container.name) && {
      container: first.container.name,
    }),
    // The reason, the dry run and the break-glass option apply only to the original request, so they are left out.
    ...{ reason: undefined, 'dry-run': undefined, 'break-glass': undefined },
    ...(asked.interactive ? { for: minutesOf(asked) } : { timeout: minutesOf(asked) }),
  })

/** A task has at most one grant: its end removes the tags and every session of the task. */
const refuseGranted = ({ id, grantTags = [] }: ExecTask, { who }: Asker): Refusal | undefined => {
  if (grantTags.length === 0) return undefined
  const grantee = grantTags.find(({ key }) => key === GRANT_TAG)?.value
  const foreign = grantTags.find(({ key }) => grantee === undefined || (key !== GRANT_TAG && key !== CONTAINER_TAG))
  if (foreign !== undefined || grantee === undefined) return refuseForeign(id, foreign)
  if (grantee !== who.corporateId)
    return refuse(
      `${grantee} has shell access to this task; one person at a time.`,
      'Choose another task with `--task`.',
    )
  return refuse(
    'You already have shell access to this task; its card shows until when.',
    `*Revoke* it there or wait for its end, then request it again; or choose another task with \`--task\`. If there is no card, somebody else set the tag \`${GRANT_TAG}\`: remove it.`,
  )
}

/** IAM finds tags without case: such a tag may let somebody in whom nobody approved. */
const refuseForeign = (id: string, tag: GrantTag | undefined): Refusal =>
  refuse(
    `Task \`${id.slice(0, 8)}\` has the tag \`${tag?.key}\`, which no grant of Quarterdeck set: it may let somebody in.`,
    'Remove it, and find in CloudTrail who set it; or choose another task with `--task`.',
  )

/** Reads the endpoints of each network once. */
const readWays = async (
  ref: ServiceRef,
  places: readonly Chosen[],
  read: Pick<ExecReads, 'endpoints'>,
): Promise<readonly string[]> => {
  const subnets = [...new Set(places.flatMap(({ task }) => task.subnet ?? []))]
  const ways = await Promise.all(subnets.map(async subnet => missingEndpoint(await read.endpoints(ref, subnet)) ?? []))
  return [...new Set(ways.flat())]
}

/** Refuses sessions in production that would not be logged, unless the configuration allows them. */
const refuseUnlogged = (
  ref: ServiceRef,
  site: ExecSite,
  places: readonly Chosen[],
  { config }: Asker,
): Refusal | undefined => {
  if (mayBeUnlogged(ref, config)) return undefined
  if (site.log === undefined)
    return refuse(
      `Cluster *${ref.cluster}* does not log ECS Exec sessions, so none are allowed there.`,
      'Set its `executeCommandConfiguration.logging` to `OVERRIDE` with a log group, or configure `exec.unlogged`.',
    )
  const fixes = rolesOf(places)
    .filter(role => logsNothing(site, role))
    .flatMap(logFixes)
  if (fixes.length === 0) return undefined
  return refuse(
    `This session would not be logged, so it is not allowed:\n${fixes.map(fix => `• ${fix}`).join('\n')}`,
    'Or configure `exec.unlogged`.',
  )
}
