// From a service and what is asked of it to what is known of where it would run, or to what is in the way.

import { fits } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { isProduction, type Scope } from '../../engine/rules/config.ts'
import { fullName } from '../../kit/language/target.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { hidingOf } from '../logs/load-logs.ts'
import { type Wanted, wantedOf } from './allowed-command.ts'
import { missingWay } from './network-paths.ts'
import { type Chosen, placesFor, rolesOf } from './pick-container.ts'
import type { ExecReads } from './reads.ts'
import { type Asked, minutesOf, unfitting, whatToRun } from './request.ts'
import { keepsNothing, mendsOfLog } from './session-log.ts'
import type { ExecSite, ExecTask } from './site.ts'

type With = { readonly read: Pick<ExecReads, 'endpoints' | 'execSite' | 'taskRole'>; readonly own: Asker }

export type ExecState = {
  readonly ref: ServiceRef
  readonly site: ExecSite
  readonly places: readonly Chosen[]
  /** What their networks may lack, in words. */
  readonly ways: readonly string[]
  /** Not there where a person is let in instead. */
  readonly wanted?: Wanted
  readonly minutes: number
  readonly keepsGoing?: true
  readonly own: Asker
  /** Canonical text with the task and container that were chosen. */
  readonly invocation: string
}

export const loadExec = async (ref: ServiceRef, asked: Asked, { read, own }: With): Promise<ExecState | Refusal> => {
  if (accountOf(own.config, ref).roles.exec === undefined)
    return refuse(
      `Nobody runs commands in ${ref.account}: it has no role for that.`,
      'Whoever keeps the configuration can name it: `roles.exec`.',
    )
  const { run: command, interactive = false } = asked
  const minutes = minutesOf(asked)
  const unfit = unfitting(asked)
  if (unfit !== undefined) return unfit
  if (command === undefined && !interactive) return whatToRun(own)
  const wanted = command === undefined ? undefined : wantedOf(command, own.config.exec, hidingOf(own))
  if (isRefusal(wanted)) return wanted
  const site = await read.execSite(ref)
  const places = await placesFor(asked, { ref, site, read, own })
  if (isRefusal(places)) return places
  const unlogged = refuseUnlogged(ref, site, places, own)
  if (unlogged !== undefined) return unlogged
  const [place] = places
  if (place === undefined) return refuse(`*${fullName(ref)}* has no task that runs.`)
  const ways = await readWays(ref, places, read)
  const { id } = place.task
  const taken = interactive ? refuseTaken(place.task, own) : undefined
  if (taken !== undefined) return taken
  const invocation = own.again({
    service: ref,
    ...(asked.all !== true && { task: id }),
    // Of another revision it may have another name.
    ...(places.every(({ container }) => container.name === place.container.name) && {
      container: place.container.name,
    }),
    // What is said once, for this time alone, is no part of what is asked for.
    ...{ reason: undefined, 'dry-run': undefined, 'break-glass': undefined },
    ...(interactive ? { for: minutes } : { timeout: minutes }),
  })
  return {
    ref,
    site,
    places,
    ways,
    ...(wanted !== undefined && { wanted }),
    ...(asked['keep-going'] === true && { keepsGoing: true }),
    minutes,
    own,
    invocation,
  }
}

/** A grant takes everybody's tag and sessions along at its end: a second one in the same task would end with the first. */
const refuseTaken = ({ grantee }: ExecTask, { who }: Asker): Refusal | undefined => {
  if (grantee === undefined) return undefined
  if (grantee !== who.corporateId)
    return refuse(`${grantee} has been let into that task; one person at a time.`, 'Name another one: `--task`.')
  return refuse(
    'You have been let into that task already; the card of that says until when.',
    '*Revoke* it there, or wait for its end, and then ask anew; or name another task: `--task`.',
  )
}

/** Each network once. */
const readWays = async (
  ref: ServiceRef,
  places: readonly Chosen[],
  read: Pick<ExecReads, 'endpoints'>,
): Promise<readonly string[]> => {
  const subnets = [...new Set(places.flatMap(({ task }) => task.subnet ?? []))]
  const ways = await Promise.all(subnets.map(async subnet => missingWay(await read.endpoints(ref, subnet)) ?? []))
  return [...new Set(ways.flat())]
}

/** In production: where the cluster keeps no log, or the task role may not write it. */
const refuseUnlogged = (
  ref: ServiceRef,
  site: ExecSite,
  places: readonly Chosen[],
  { config }: Asker,
): Refusal | undefined => {
  const isAllowed = config.exec.unlogged.some((rule: Scope) => fits(rule, ref, config))
  if (!isProduction(accountOf(config, ref)) || isAllowed) return undefined
  if (site.log === undefined)
    return refuse(
      `Cluster *${ref.cluster}* keeps no log of what is run in its containers, so nothing is run there.`,
      'Set its `executeCommandConfiguration.logging` to `OVERRIDE` with a log group, or allow it in the configuration: `exec.unlogged`.',
    )
  const mends = rolesOf(places)
    .filter(role => keepsNothing(site, role))
    .flatMap(mendsOfLog)
  if (mends.length === 0) return undefined
  return refuse(
    `Nothing of this session would be kept, so nothing is run there:\n${mends.map(mend => `• ${mend}`).join('\n')}`,
    'Or allow it in the configuration: `exec.unlogged`.',
  )
}
