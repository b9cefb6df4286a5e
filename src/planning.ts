// From a line to a plan and what the rules say of it, as often as it is needed: when it is asked for, and again, uncached,
// before it runs.
import type { AnyCommand, AnyMutation, AnyQuery, Own, Rendered } from './command.ts'
import { commands } from './commands/index.ts'
import { companyOf } from './company.ts'
import type { Config } from './config.ts'
import { declarations } from './declarations.ts'
import { isProblem, isRefusal, type Refusal, refuse } from './errors.ts'
import { loadFacts } from './facts.ts'
import type { SlackFile } from './gateways/upload.ts'
import { type Invocation, parseText, printInvocation } from './invocation.ts'
import { isTaskTarget, type TaskTarget } from './log-target.ts'
import type { Actor, ServiceRef } from './model.ts'
import { knownZone } from './moment.ts'
import type { Plan } from './plan.ts'
import { type Asked, type Facts, identify, judge, standing, type Verdict } from './policy.ts'
import type { Ports, Readers } from './ports.ts'
import { resolve, type Target, targetOffers } from './target.ts'

type Values = Readonly<Record<string, unknown>>

/** Authorised, parsed, and with its target found: what a command's `load` can be called with. */
export type Prepared<Command extends AnyCommand> = {
  readonly kind: 'prepared'
  readonly command: Command
  readonly values: Values
  readonly read: Readers
  readonly own: Own
}

type Preparing = {
  readonly line: string
  readonly actor: Actor
  readonly purpose: string
  readonly ports: Ports
  readonly isFresh?: boolean
}

export const prepare = async <Kind extends 'query' | 'mutation' | 'setting'>(
  kind: Kind,
  { line, actor, purpose, ports, isFresh = false }: Preparing,
): Promise<Prepared<Extract<AnyCommand, { kind: Kind }>> | Refusal> => {
  const config = await ports.config()
  const corporateId = identify(actor, config)
  if (typeof corporateId !== 'string') return corporateId
  if (isFresh && !(await (await ports.slack()).isActive(actor.user)))
    return refuse(`${actor.name} is no longer active in Slack.`)
  const invocation = parseText(line, declarations)
  if (isProblem(invocation)) return refuse(invocation.text, invocation.hint)
  const command = commands.find(({ name }) => name === invocation.command)
  if (command === undefined || !isOfKind(command, kind)) return refuse(`\`${invocation.command}\` does not run here.`)
  const facts = await loadFacts(config, ports, isFresh)
  const read = ports.readers(config, { actor, corporateId }, purpose)
  const zone = async () => knownZone(await (await ports.slack()).zone(actor.user).catch(() => undefined))
  const again = (found: Values) => (values: Values) =>
    printInvocation(
      { ...invocation, values: { ...invocation.values, ...found, ...values } as Invocation['values'] },
      declarations,
    )
  const own: Own = { who: { actor, corporateId }, config, facts, store: ports.store, zone, again: again({}) }
  const prepared = { kind: 'prepared' as const, command, read, own }
  const target = invocation.values['service']
  if (isTaskTarget(target)) {
    const service = await findTask(target, { actor, config, facts, read })
    return isRefusal(service) ? service : { ...prepared, values: { task: target.task, ...invocation.values, service } }
  }
  if (!isTarget(target)) return { ...prepared, values: invocation.values }
  const service = await findService(target, invocation, { actor, config, facts, read })
  return isRefusal(service)
    ? service
    : { ...prepared, own: { ...own, again: again({ service }) }, values: { ...invocation.values, service } }
}

const isOfKind = <Kind extends AnyCommand['kind']>(
  command: AnyCommand,
  kind: Kind,
): command is Extract<AnyCommand, { kind: Kind }> => command.kind === kind

const isTarget = (value: unknown): value is Target => typeof value === 'object' && value !== null && 'service' in value

type Finding = { readonly actor: Actor; readonly config: Config; readonly facts: Facts; readonly read: Readers }

const findService = async (target: Target, invocation: Invocation, finding: Finding): Promise<ServiceRef | Refusal> => {
  const { actor, config, facts, read } = finding
  const maySee = (ref: ServiceRef) => standing(actor, 'viewer', ref, config, facts)
  const outright = await namedOutright(target, finding)
  if (outright !== undefined) return outright
  const index = (await read.services()).filter(ref => maySee(ref).kind === 'allowed')
  const resolved = resolve(target, index)
  if (resolved.kind === 'one') return resolved.ref
  const meaning = (ref: ServiceRef) =>
    printInvocation({ ...invocation, values: { ...invocation.values, service: ref } }, declarations)
  if (resolved.kind === 'several') {
    return refuse(severalWords(target, resolved.refs), 'Which one?', targetOffers(resolved.refs, meaning))
  }
  const [near] = resolved.nearest
  const hint =
    near === undefined ? 'Write `cluster/service` with a name that ECS knows.' : `Did you mean *${near.service}*?`
  return refuse(`*${target.service}* is not a service here.`, hint, targetOffers(resolved.nearest, meaning))
}

const severalWords = ({ cluster, service }: Target, refs: readonly ServiceRef[]): string =>
  cluster !== undefined && refs.some(ref => ref.cluster !== cluster)
    ? `*${cluster}* is a cluster and an account here: ${refs.length} services could be meant.`
    : `There are ${refs.length} services named *${service}*.`

const findTask = async (target: TaskTarget, { actor, config, facts, read }: Finding): Promise<ServiceRef | Refusal> => {
  const { refs, silent } = await read.servicesOfTask(target)
  const [ref] = refs
  if (ref !== undefined) {
    const seen = standing(actor, 'viewer', ref, config, facts)
    return seen.kind === 'refusal' ? seen : ref
  }
  const unasked = silent.length === 0 ? '' : ` ${silent.join(' and ')} did not answer.`
  return refuse(
    `No service has a task \`${target.task}\` that runs or stopped within the last hour.${unasked}`,
    'Name the service, and the task with `--task`.',
  )
}

/** A full name needs no index: one read tells whether it is there. Plans that are made again always have one. */
const namedOutright = async (
  target: Target,
  { actor, config, facts, read }: Finding,
): Promise<ServiceRef | Refusal | undefined> => {
  const { account, region, cluster, service } = target
  const place = config.accounts.find(({ name, id }) => name === account || id === account)
  if (place === undefined || region === undefined || cluster === undefined || !place.regions.includes(region))
    return undefined
  const arn = `arn:aws:ecs:${region}:${place.id}:service/${cluster}/${service}`
  const ref: ServiceRef = { account: place.name, accountId: place.id, region, cluster, service, arn }
  const seen = standing(actor, 'viewer', ref, config, facts)
  if (seen.kind === 'refusal') return seen
  return (await read.service(ref))?.ref
}

export type Proposal = {
  readonly kind: 'proposal'
  readonly plan: Plan
  readonly verdict: Verdict
  readonly reason?: string
  readonly isDryRun: boolean
  readonly isBreakGlass: boolean
  readonly configVersion: string
}

/** The plan of a line, and whose consent it needs; or the first reason why not. */
export const propose = async (
  preparing: Preparing,
  given?: Pick<Asked, 'reason' | 'isBreakGlass'>,
): Promise<Proposal | Refusal> => {
  const prepared = await prepare('mutation', preparing)
  if (isRefusal(prepared)) return prepared
  const { command, values, read, own } = prepared
  const { config, facts } = own
  const planned = await planOf(command, values, read, own)
  if (isRefusal(planned)) return planned
  const company = await companyOf(planned, preparing.purpose, own.store)
  const plan: Plan = { ...planned, consequences: [...planned.consequences, ...company] }
  const reason = given?.reason ?? textOf(values['reason'])
  const isBreakGlass = given?.isBreakGlass ?? values['break-glass'] === true
  const asked = { actor: preparing.actor, isBreakGlass, ...(reason !== undefined && { reason }) }
  const halted = facts.halted ?? (await read.halted(plan.target))
  const verdict = judge(plan, asked, config, { ...facts, ...(halted !== undefined && { halted }) })
  if (isRefusal(verdict)) return verdict
  const isDryRun = values['dry-run'] === true
  return {
    kind: 'proposal',
    plan,
    verdict,
    isDryRun,
    isBreakGlass,
    configVersion: config.version,
    ...(reason !== undefined && { reason }),
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const planOf = async (command: AnyMutation, values: Values, read: Readers, own: Own): Promise<Plan | Refusal> => {
  const state = await command.load(values, read, own)
  return isRefusal(state) ? state : command.plan(values, state)
}

export const renderQuery = async ({ command, values, read, own }: Prepared<AnyQuery>): Promise<Answered | Refusal> => {
  const state = await command.load(values, read, own)
  if (isRefusal(state)) return state
  const file = command.file?.(state, values)
  return { message: command.render(state, values), ...(file !== undefined && { file }) }
}

/** `file`: what does not fit into a message, or what was asked for as one. */
export type Answered = { readonly message: Rendered; readonly file?: SlackFile }

export const mutationNamed = (name: string): AnyMutation | undefined =>
  commands.find((command): command is AnyMutation => command.kind === 'mutation' && command.name === name)
