// Converts a line to a plan and the decision of the rules about it.

import type { AnyMutation } from '../../commands/command.ts'
import type { Readers } from '../../commands/readers.ts'
import { operationIn, PENDING, type Pending } from '../../engine/change/open-request.ts'
import type { Plan } from '../../engine/change/plan.ts'
import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { refuseTooManyWaiting } from '../../engine/rules/budgets.ts'
import { loadAmountsBefore, windowText } from '../../engine/rules/change-window.ts'
import type { Config } from '../../engine/rules/config.ts'
import { type ChangeRequest, judge, type Verdict } from '../../engine/rules/judge.ts'
import { withRaisedRisk } from '../../engine/rules/raise-risk.ts'
import type { RuleInputs } from '../../engine/rules/rule-inputs.ts'
import { isSamePerson } from '../../engine/rules/voters.ts'
import { isServiceSet, type ServiceSet } from '../../features/services/find-set.ts'
import { withNow } from '../../features/status/load-now.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { isRefusal, type Refusal } from '../../model/errors.ts'
import { withEndedWatches } from './ended-watches.ts'
import { isOpen, type OpenRequest, type OtherActivity, otherActivityOn, sameRequests } from './pending.ts'
import { isServiceRef, type Prepared, type Preparing, prepare, type Values } from './prepare.ts'
import type { Proposal } from './proposal.ts'
import { proposeSet, type SetOfOne } from './propose-set.ts'
import { refuseUndo } from './refuse-undo.ts'
import { refuseSame } from './same-request.ts'
import { withShadow } from './shadow.ts'

/** Returns the plan and the approval that it needs, or the first reason for a refusal. */
export const propose = async (
  preparing: Preparing,
  given?: Pick<ChangeRequest, 'reason' | 'isBreakGlass'>,
): Promise<Proposal | Refusal> => {
  const prepared = await prepare('mutation', preparing)
  if (isRefusal(prepared)) return prepared
  const { command, values, read, own, left, note } = prepared
  if (isServiceSet(values['service'])) return proposeMany(preparing, prepared, values['service'], given)
  const refused = refuseEarly(values['service'], own)
  if (refused !== undefined) return refused
  const { config, facts } = own
  const isBreakGlass = given?.isBreakGlass ?? values['break-glass'] === true
  const reason = given?.reason ?? textOf(values['reason'])
  const asker = { ...own, ...(isBreakGlass && { isBreakGlass }), ...(reason !== undefined && { reason }) }
  const planned = await planOf(command, values, read, asker)
  if (isRefusal(planned)) return planned
  const [activity, { plan: shown }, halted, amountsBefore] = await Promise.all([
    otherActivityOn(planned, preparing.purpose, own.store, facts.now),
    preparing.isFresh ? { plan: planned } : withNow({ plan: planned }, read, facts.now, own.store),
    facts.halted ?? read.halted(planned.target),
    loadAmountsBefore(planned, config, facts.now, own.store),
  ])
  const warnings = [left, note].filter(text => text !== undefined)
  const asked = { actor: preparing.actor, isBreakGlass, ...(reason !== undefined && { reason }) }
  const inputs = { ...facts, amountsBefore, ...(halted !== undefined && { halted }) }
  const told = await withEndedWatches(withActivity(shown, activity), own.store, facts.now)
  const noted: Plan = { ...told, ...(warnings.length > 0 && { warnings }) }
  const plan = withShadow(withRaisedRisk(noted, config, inputs), config)
  const verdict = judge(plan, asked, config, inputs)
  if (isRefusal(verdict)) return verdict
  const isDryRun = values['dry-run'] === true
  const waiting = isDryRun ? undefined : await checkWaiting(preparing, plan, verdict, config)
  if (waiting !== undefined) return waiting
  const same = isDryRun ? undefined : await refuseAny(sameRequests(plan, activity), plan, verdict, preparing)
  if (same !== undefined) return same
  return {
    kind: 'proposal',
    plan: withEased(withWindow(plan, verdict, inputs), verdict),
    verdict,
    isDryRun,
    isBreakGlass,
    configVersion: config.version,
    ...(reason !== undefined && { reason }),
  }
}

/** Approvers see that the rule asks for fewer approvals than usual, and until when. */
const withEased = (plan: Plan, { eased }: Verdict): Plan =>
  eased === undefined
    ? plan
    : {
        ...plan,
        warnings: [
          `Incident: fewer approvals than the usual ${eased.from}, until ${timeMark(eased.until)}.`,
          ...(plan.warnings ?? []),
        ],
      }

/** Before anything else is read and told: people who may not change the service learn no more about it. */
const refuseEarly = (service: unknown, { who, config, facts }: Asker): Refusal | undefined => {
  if (!isServiceRef(service)) return undefined
  const [access, exec] = (['operator', 'exec'] as const).map(one => accessOf(who.actor, one, service, config, facts))
  return access?.kind === 'refusal' && exec?.kind === 'refusal' ? access : undefined
}

const withActivity = (plan: Plan, { sentences, open }: OtherActivity): Plan => ({
  ...plan,
  consequences: [...plan.consequences, ...sentences],
  ...(open.length > 0 && { openRequests: open.length }),
})

const refuseAny = async (
  same: readonly OpenRequest[],
  plan: Plan,
  verdict: Verdict,
  asked: Preparing,
): Promise<Refusal | undefined> => {
  if (verdict.kind === 'free') return undefined
  for (const one of same) {
    const refused = await refuseSame(one, plan, verdict, asked)
    if (refused !== undefined) return refused
  }
  return undefined
}

/** The budget counts a set as one request. */
const proposeMany = async (
  preparing: Preparing,
  prepared: Prepared<AnyMutation>,
  set: ServiceSet,
  given: Pick<ChangeRequest, 'reason' | 'isBreakGlass'> | undefined,
): Promise<Proposal | Refusal> => {
  const asking = askingOf(preparing, prepared.values, given)
  const proposed = await proposeSet(prepared, set, asking)
  if (isRefusal(proposed)) return proposed
  if (proposed.kind === 'set of one') return proposeOne(preparing, proposed, asking)
  const { config, facts, store } = prepared.own
  const activity = await otherActivityOn(proposed.plan, preparing.purpose, store, facts.now)
  const plan = await withEndedWatches(withActivity(proposed.plan, activity), store, facts.now)
  const shown = { ...proposed, plan: withShadow(plan, config) }
  if (shown.isDryRun) return shown
  return (await checkWaiting(preparing, shown.plan, shown.verdict, config)) ?? shown
}

/** The only service of a set. */
const proposeOne = async (
  preparing: Preparing,
  { line, note }: SetOfOne,
  { asked, isDryRun }: ReturnType<typeof askingOf>,
): Promise<Proposal | Refusal> => {
  const proposed = await propose({ ...preparing, line }, asked)
  if (isRefusal(proposed)) return proposed
  const { plan } = proposed
  const warnings = [...(note === undefined ? [] : [note]), ...(plan.warnings ?? [])]
  return { ...proposed, isDryRun, plan: { ...plan, ...(warnings.length > 0 && { warnings }) } }
}

const askingOf = (
  { actor }: Preparing,
  values: Values,
  given: Pick<ChangeRequest, 'reason' | 'isBreakGlass'> | undefined,
) => {
  const reason = given?.reason ?? textOf(values['reason'])
  const isBreakGlass = given?.isBreakGlass ?? values['break-glass'] === true
  const known = reason === undefined ? {} : { reason }
  return { asked: { actor, isBreakGlass, ...known }, isDryRun: values['dry-run'] === true, ...known }
}

/** Says on the card that a rule matched because of earlier changes. */
const withWindow = (plan: Plan, verdict: Verdict, inputs: RuleInputs): Plan => {
  if (verdict.kind === 'free') return plan
  const text = windowText(plan, verdict.rule, inputs)
  return text === undefined ? plan : { ...plan, warnings: [text, ...(plan.warnings ?? [])] }
}

/** Applies to a new request, not to one that is planned again. A gate asks by itself, so it does not count. */
const checkWaiting = async (
  { channel, actor, purpose, ports }: Preparing,
  { command }: Plan,
  { kind }: Verdict,
  config: Config,
): Promise<Refusal | undefined> => {
  if (kind === 'free' || channel === undefined) return undefined
  const pending = await ports.store.list<Pending>(PENDING)
  const own = pending.filter(
    ({ key, value }) =>
      value.gate === undefined && isSamePerson(value.requester, actor, config) && !key.sk.endsWith(`#${purpose}`),
  )
  const refusal = refuseTooManyWaiting(command, own.length, config)
  if (refusal === undefined) return undefined
  const open = await Promise.all(own.map(({ key, value }) => isOpen(operationIn(key), value, ports)))
  return refuseTooManyWaiting(command, open.filter(Boolean).length, config)
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const planOf = async (command: AnyMutation, values: Values, read: Readers, own: Asker): Promise<Plan | Refusal> => {
  const state = await command.load(values, read, own)
  const plan = isRefusal(state) ? state : command.plan(values, state)
  const undone = textOf(values['undo'])
  return isRefusal(plan) || undone === undefined ? plan : ((await refuseUndo(undone, plan, own)) ?? plan)
}
