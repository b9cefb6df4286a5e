// From a line to a plan and what the rules say of it, as often as it is needed: when it is asked for, and again, uncached,
// before it runs.
import type { AnyCommand, AnyMutation, AnyQuery } from './command.ts'
import { commands } from './commands/index.ts'
import { companyOf } from './company.ts'
import { declarations } from './declarations.ts'
import type { Own } from './engine/rules/asker.ts'
import { isProblem, isRefusal, type Refusal, refuse } from './errors.ts'
import { loadFacts } from './facts.ts'
import { type Finding, type Found, findTarget } from './finding.ts'
import { findPlace } from './finding-place.ts'
import type { KindName } from './grammar.ts'
import { type Invocation, parseText, printInvocation } from './invocation.ts'
import { explained } from './messages/explained.ts'
import type { Rendered } from './model/ports/message.ts'
import type { SlackFile } from './model/ports/slack.ts'
import type { Actor } from './model.ts'
import { knownZone } from './moment.ts'
import type { Plan } from './plan.ts'
import { type Asked, identify, judge, type Verdict } from './policy.ts'
import type { Ports, Readers } from './ports.ts'
import type { ScopeText } from './scope.ts'
import type { Target } from './target.ts'

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
  /** Where it was asked: what bare names mean there. What is planned again has its full name. */
  readonly channel?: string
}

export const prepare = async <Kind extends 'query' | 'mutation' | 'setting'>(
  kind: Kind,
  { line, actor, purpose, ports, isFresh = false, channel }: Preparing,
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
  const own: Own = {
    who: { actor, corporateId },
    config,
    facts,
    store: ports.store,
    channel: channel ?? '',
    zone,
    again: again({}),
  }
  const prepared = { kind: 'prepared' as const, command, read, own }
  const values = await findAll(invocation, command, {
    actor,
    config,
    facts,
    read,
    store: ports.store,
    invocation,
    print: one => printInvocation(one, declarations),
    isMutation: kind === 'mutation',
    ...(channel !== undefined && { channel }),
  })
  if (isRefusal(values)) return values
  const { service } = values
  return { ...prepared, values, ...(service !== undefined && { own: { ...own, again: again({ service }) } }) }
}

/** The values of an invocation, with what it is about found. */
const findAll = async ({ values }: Invocation, command: AnyCommand, finding: Finding): Promise<Values | Refusal> => {
  const { service, place } = values
  if (isTarget(service)) {
    const target = await findTarget(service, finding)
    return isRefusal(target) ? target : withParts(target, values, command)
  }
  if (!isScopeText(place)) return values
  const extent = await findPlace(place, finding)
  return isRefusal(extent) ? extent : { ...values, place: extent }
}

/** `orders-api/3f2a:app` says by the target what `--task` and `--container` say by options. */
const withParts = ({ service, task, container }: Found, values: Values, { name, options }: AnyCommand) => {
  const optionOf = (kind: KindName) => Object.entries(options).find(([, spec]) => spec.kind === kind)?.[0]
  const [taskOption, containerOption] = [optionOf('task'), optionOf('container')]
  if (container !== undefined && containerOption === undefined)
    return refuse(`\`${name}\` is about a whole service.`, `Leave out \`:${container}\`.`)
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

const isScopeText = (value: unknown): value is ScopeText =>
  typeof value === 'object' && value !== null && 'text' in value

const isTarget = (value: unknown): value is Target => typeof value === 'object' && value !== null && 'service' in value

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
  const rendered = command.render(state, values)
  const message = values['explain'] === true ? explained(rendered, read.calls()) : rendered
  return { message, ...(file !== undefined && { file }) }
}

/** `file`: what does not fit into a message, or what was asked for as one. */
export type Answered = { readonly message: Rendered; readonly file?: SlackFile }

export const mutationNamed = (name: string): AnyMutation | undefined =>
  commands.find((command): command is AnyMutation => command.kind === 'mutation' && command.name === name)
