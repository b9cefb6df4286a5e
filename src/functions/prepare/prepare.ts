// Converts a line to an authorised command whose target is resolved. Runs for the request, and again without caches
// before the execution.

import type { AnyCommand, AnyMutation } from '../../commands/command.ts'
import { declarations } from '../../commands/declarations.ts'
import { commands } from '../../commands/index.ts'
import type { Ports } from '../../commands/ports.ts'
import type { Readers } from '../../commands/readers.ts'
import { identify } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { spendCommand } from '../../engine/rules/budgets.ts'
import type { Config } from '../../engine/rules/config.ts'
import { loadHaltAlone, loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { maySeeTarget } from '../../engine/rules/place-access.ts'
import { aboutTeamOf } from '../../engine/rules/teams/teams.ts'
import { leftPlace, leftPlaceText } from '../../features/services/channel-place.ts'
import type { Finding, Found } from '../../features/services/choose-service.ts'
import { findPlace } from '../../features/services/find-place.ts'
import { findTarget } from '../../features/services/find-service.ts'
import { findSet, isServiceSet } from '../../features/services/find-set.ts'
import type { KindName } from '../../kit/language/grammar.ts'
import { type Invocation, parseText, printInvocation } from '../../kit/language/invocation.ts'
import { isSetText } from '../../kit/language/kinds/set.ts'
import type { PlaceText } from '../../kit/language/place.ts'
import type { Target } from '../../kit/language/target.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import { isProblem, isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'
import { knownZone } from '../../model/time.ts'
import { withoutSecrets } from './kept-line.ts'
import { sharedReads } from './shared-reads.ts'

export type Values = Readonly<Record<string, unknown>>

/** An authorised command with its target resolved: the arguments of the command's `load`. */
export type Prepared<Command extends AnyCommand> = {
  readonly kind: 'prepared'
  readonly command: Command
  readonly values: Values
  readonly read: Readers
  readonly own: Asker
  /** For the asker: the places that the name could not be compared with. */
  readonly note?: string
  /** For a card: the service is elsewhere than what the channel's last commands were about. */
  readonly left?: string
}

export type Preparing = {
  readonly line: string
  readonly actor: Actor
  readonly purpose: string
  readonly ports: Ports
  readonly isFresh?: boolean
  /**
   * The channel whose defaults resolve bare names. Absent when a plan is made again, because the target is fully
   * qualified by then.
   */
  readonly channel?: string
}

export const prepare = async <Kind extends 'query' | 'mutation' | 'setting'>(
  kind: Kind,
  { line, actor, purpose, ports, isFresh = false, channel }: Preparing,
): Promise<Prepared<Extract<AnyCommand, { kind: Kind }>> | Refusal> => {
  const config = await ports.config()
  const corporateId = identify(actor, config)
  if (typeof corporateId !== 'string') return corporateId
  const parsed = parseText(line, declarations)
  if (isProblem(parsed)) return refuse(parsed.text, parsed.hint)
  const command = commands.find(({ name }) => name === parsed.command)
  if (command === undefined || !isOfKind(command, kind)) return refuse(`\`${parsed.command}\` cannot run here.`)
  const invocation = withoutSecrets(parsed, config)
  if (channel !== undefined || kind === 'setting') {
    const spent = await spendCommand(invocation.command, corporateId, config, ports)
    if (spent !== undefined) return spent
  }
  const isForAnyone = 'right' in command && command.right === 'anyone'
  if (isFresh && !isForAnyone && !(await (await ports.slack()).isActive(actor.user)))
    return refuse(`${actor.name} is no longer active in Slack.`)
  const facts = isForAnyone
    ? await loadHaltAlone(ports)
    : await loadRuleInputs(aboutNamed(invocation, config), ports, isFresh)
  const readers = ports.readers(config, { actor, corporateId }, purpose)
  const read = kind === 'mutation' ? sharedReads(readers) : readers
  const zone = async () => knownZone(await (await ports.slack()).zone(actor.user).catch(() => undefined))
  const again = (found: Values) => (values: Values) =>
    printInvocation(
      { ...invocation, values: { ...invocation.values, ...found, ...values } as Invocation['values'] },
      declarations,
    )
  const own: Asker = {
    who: { actor, corporateId },
    config,
    facts,
    store: ports.store,
    operation: purpose,
    channel: channel ?? '',
    zone,
    again: again({}),
  }
  const prepared = { kind: 'prepared' as const, command, read, own }
  const found = await findAll(
    invocation,
    command,
    {
      actor,
      config,
      facts,
      read,
      store: ports.store,
      invocation,
      print: one => printInvocation(one, declarations),
      isMutation: kind === 'mutation',
      takesTask: takesTask(command),
      ...(channel !== undefined && { channel }),
    },
    ports.store,
  )
  if (isRefusal(found)) return found
  const { values, note } = found
  const { service } = values
  const where = { channel: kind === 'setting' ? undefined : channel, purpose, now: ports.now() }
  const left = await loadLeftPlace(service, where, own, ports)
  return {
    ...prepared,
    values,
    ...(note !== undefined && { note }),
    ...(left !== undefined && { left }),
    ...(service !== undefined && !isServiceSet(service) && { own: { ...own, again: again({ service }) } }),
  }
}

/** The configuration with the user groups that the named service's rules need. */
const aboutNamed = ({ values }: Invocation, config: Config): Config => {
  const { service } = values
  return isTarget(service) ? aboutTeamOf(service, config) : config
}

type LookUp = { readonly channel: string | undefined; readonly purpose: string; readonly now: string }

/** Without it, a card only lacks a note. */
const loadLeftPlace = async (
  service: unknown,
  { channel, ...request }: LookUp,
  { who, config, facts }: Asker,
  { store }: Ports,
): Promise<string | undefined> => {
  if (channel === undefined || !isServiceRef(service)) return undefined
  const before = await leftPlace(service, { channel, ...request }, store).catch(() => undefined)
  if (before === undefined) return undefined
  return leftPlaceText(service, maySeeTarget(before, who.actor, config, facts) ? before : 'another place')
}

export const isServiceRef = (value: unknown): value is ServiceRef =>
  typeof value === 'object' && value !== null && 'arn' in value && 'cluster' in value

const takesTask = ({ options }: AnyCommand): boolean => Object.values(options).some(({ kind }) => kind === 'task')

/** The values of the invocation, with its target found. */
const findAll = async (
  { values }: Invocation,
  command: AnyCommand,
  finding: Finding,
  store: Pick<Store, 'list'>,
): Promise<FoundValues | Refusal> => {
  const { service, place } = values
  if (isSetText(service)) {
    const set = await findSet(service, finding, store)
    return isRefusal(set) ? set : { values: { ...values, service: set }, note: set.unread }
  }
  if (isTarget(service)) {
    const target = await findTarget(service, finding)
    if (isRefusal(target)) return target
    const whole = withParts(target, values, command)
    return isRefusal(whole) ? whole : { values: whole, note: target.note }
  }
  if (!isScopeText(place)) return { values }
  const extent = await findPlace(place, finding)
  return isRefusal(extent) ? extent : { values: { ...values, place: extent } }
}

type FoundValues = { readonly values: Values; readonly note?: string | undefined }

/**
 * Adds the task and container that a target such as `orders-api/3f2a:app` names to the options. Options that were typed
 * take precedence.
 */
const withParts = ({ service, task, container }: Found, values: Values, { name, options }: AnyCommand) => {
  const optionOf = (kind: KindName) => Object.entries(options).find(([, spec]) => spec.kind === kind)?.[0]
  const [taskOption, containerOption] = [optionOf('task'), optionOf('container')]
  if (container !== undefined && containerOption === undefined)
    return refuse(`\`${name}\` applies to a whole service.`, `Leave out \`:${container}\`.`)
  return {
    ...(task !== undefined && taskOption !== undefined && { [taskOption]: task }),
    ...(container !== undefined && containerOption !== undefined && { [containerOption]: container }),
    ...values,
    service,
  }
}

const isOfKind = <Kind extends AnyCommand['kind']>(
  command: AnyCommand,
  kind: Kind,
): command is Extract<AnyCommand, { kind: Kind }> => command.kind === kind

const isScopeText = (value: unknown): value is PlaceText =>
  typeof value === 'object' && value !== null && 'text' in value

const isTarget = (value: unknown): value is Target => typeof value === 'object' && value !== null && 'service' in value

export const mutationNamed = (name: string): AnyMutation | undefined =>
  commands.find((command): command is AnyMutation => command.kind === 'mutation' && command.name === name)
