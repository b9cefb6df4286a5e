// From a line to a plan, as often as it is needed: when it is asked for, and again, uncached, before it runs.
import type { AnyCommand, AnyMutation, AnyQuery } from './command.ts'
import { commands } from './commands/index.ts'
import { type Config, isOurs } from './config.ts'
import { declarations } from './declarations.ts'
import { isProblem, isRefusal, type Refusal, refuse } from './errors.ts'
import { type Invocation, parseText, printInvocation } from './invocation.ts'
import type { Actor, ServiceRef } from './model.ts'
import type { Plan } from './plan.ts'
import type { Readers } from './ports.ts'
import { resolve, type Target, targetOffers } from './target.ts'

export type Prepared<Command extends AnyCommand> = {
  readonly kind: 'prepared'
  readonly command: Command
  readonly values: Readonly<Record<string, unknown>>
}

export type Planned = {
  readonly kind: 'planned'
  readonly plan: Plan
  readonly reason?: string
  readonly isDryRun: boolean
}

/** Authorised, parsed, and with its target found: what a command's `load` can be called with. */
export const prepare = async <Kind extends 'query' | 'mutation'>(
  kind: Kind,
  line: string,
  actor: Actor,
  config: Config,
  read: Readers,
): Promise<Prepared<Extract<AnyCommand, { kind: Kind }>> | Refusal> => {
  if (!isOurs(config, actor)) return refuse('Only people of this workspace may use Quarterdeck.')
  const invocation = parseText(line, declarations)
  if (isProblem(invocation)) return refuse(invocation.text, invocation.hint)
  const command = commands.find(({ name }) => name === invocation.command)
  if (command === undefined || !isOfKind(command, kind)) return refuse(`\`${invocation.command}\` does not run here.`)
  const target = invocation.values['service']
  if (!isTarget(target)) return { kind: 'prepared', command, values: invocation.values }
  const service = (await namedOutright(target, config, read)) ?? (await findService(target, invocation, read))
  return isRefusal(service) ? service : { kind: 'prepared', command, values: { ...invocation.values, service } }
}

const isOfKind = <Kind extends AnyCommand['kind']>(
  command: AnyCommand,
  kind: Kind,
): command is Extract<AnyCommand, { kind: Kind }> => command.kind === kind

const isTarget = (value: unknown): value is Target => typeof value === 'object' && value !== null && 'service' in value

/** A full name needs no index: one read tells whether it is there. Plans that are made again always have one. */
const namedOutright = async (
  { account, region, cluster, service }: Target,
  { accounts }: Config,
  read: Readers,
): Promise<ServiceRef | undefined> => {
  const place = accounts.find(({ name, id }) => name === account || id === account)
  if (place === undefined || region === undefined || cluster === undefined || !place.regions.includes(region))
    return undefined
  const arn = `arn:aws:ecs:${region}:${place.id}:service/${cluster}/${service}`
  return (await read.service({ account: place.name, accountId: place.id, region, cluster, service, arn }))?.ref
}

const findService = async (target: Target, invocation: Invocation, read: Readers): Promise<ServiceRef | Refusal> => {
  const resolved = resolve(target, await read.services())
  if (resolved.kind === 'one') return resolved.ref
  const meaning = (ref: ServiceRef) =>
    printInvocation({ ...invocation, values: { ...invocation.values, service: ref } }, declarations)
  if (resolved.kind === 'several') {
    return refuse(
      `There are ${resolved.refs.length} services named *${target.service}*.`,
      'Which one?',
      targetOffers(resolved.refs, meaning),
    )
  }
  const [near] = resolved.nearest
  const hint =
    near === undefined ? 'Write `cluster/service` with a name that ECS knows.' : `Did you mean *${near.service}*?`
  return refuse(`*${target.service}* is not a service here.`, hint, targetOffers(resolved.nearest, meaning))
}

export const makePlan = async (
  line: string,
  actor: Actor,
  config: Config,
  read: Readers,
): Promise<Planned | Refusal> => {
  const prepared = await prepare('mutation', line, actor, config, read)
  if (isRefusal(prepared)) return prepared
  const { command, values } = prepared
  const plan = await planOf(command, values, read)
  if (isRefusal(plan)) return plan
  const { reason } = values
  return { kind: 'planned', plan, isDryRun: values['dry-run'] === true, ...(typeof reason === 'string' && { reason }) }
}

const planOf = async (
  command: AnyMutation,
  values: Readonly<Record<string, unknown>>,
  read: Readers,
): Promise<Plan | Refusal> => {
  const state = await command.load(values, read)
  return isRefusal(state) ? state : command.plan(values, state)
}

export const renderQuery = async ({ command, values }: Prepared<AnyQuery>, read: Readers) => {
  const state = await command.load(values, read)
  return isRefusal(state) ? state : command.render(state, values)
}

export const mutationNamed = (name: string): AnyMutation | undefined =>
  commands.find((command): command is AnyMutation => command.kind === 'mutation' && command.name === name)
