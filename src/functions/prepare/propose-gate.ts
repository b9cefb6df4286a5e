// Plans the answer to a gate that a deployment asks for. Nobody requested it, so Quarterdeck reads as itself.

import { continueGate } from '../../commands/gate/continue.ts'
import type { Ports } from '../../commands/ports.ts'
import type { Plan } from '../../engine/change/plan.ts'
import { type Asker, SYSTEM } from '../../engine/rules/asker.ts'
import type { Config } from '../../engine/rules/config.ts'
import { judgeGate, withTooFew } from '../../engine/rules/judge-gate.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { withRaisedRisk } from '../../engine/rules/raise-risk.ts'
import type { RuleInputs } from '../../engine/rules/rule-inputs.ts'
import { withNow } from '../../features/status/load-now.ts'
import type { Actor } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { GateRequest } from '../../model/ports/job.ts'
import { UTC } from '../../model/time.ts'
import { otherActivityOn } from './pending.ts'
import type { Proposal } from './proposal.ts'
import { withShadow } from './shadow.ts'

/** `inputs`: the state of the rules; a step does not return it. */
export type GateProposal = { readonly kind: 'gate'; readonly proposal: Proposal; readonly inputs: RuleInputs }

/** The person who deployed as the one who asks; nobody, where that is not known. */
export const deployerOf = ({ gate }: Pick<Plan, 'gate'>, { people, team }: Config): Actor => {
  const [person] = gate?.isKnown === true ? gate.people : []
  const user = Object.keys(people).find(one => people[one] === person)
  return user === undefined || person === undefined
    ? { ...SYSTEM.actor, name: 'a deployment' }
    : { team, user, name: person }
}

/** `operation`: of the gate. `isFresh`: right before the answer is sent. */
export const proposeGate = async (
  { hookId, service }: GateRequest,
  operation: string,
  ports: Ports,
  isFresh = false,
): Promise<GateProposal | Refusal> => {
  const config = await ports.config()
  const account = config.accounts.find(({ id }) => id === service.accountId)
  if (account === undefined || !account.regions.includes(service.region))
    return refuse(`The configuration does not have ${service.accountId} in ${service.region}.`)
  const facts = await loadRuleInputs(config, ports, isFresh)
  const read = ports.readers(config, SYSTEM, operation)
  const own: Asker = {
    ...{ who: SYSTEM, config, facts, store: ports.store, channel: '', again: () => '' },
    zone: async () => UTC,
  }
  const state = await continueGate.load({ service: { ...service, account: account.name }, hook: hookId }, read, own)
  if (isRefusal(state)) return state
  const planned = continueGate.plan({}, state)
  if (isRefusal(planned)) return planned
  const [activity, { plan: shown }, halted] = await Promise.all([
    otherActivityOn(planned, operation, ports.store, facts.now),
    isFresh ? { plan: planned as Plan } : withNow({ plan: planned as Plan }, read, facts.now, ports.store),
    read.halted(planned.target),
  ])
  const inputs: RuleInputs = { ...facts, ...(facts.halted === undefined && halted !== undefined && { halted }) }
  const noted = { ...shown, consequences: [...planned.consequences, ...activity.sentences] }
  const raised = withShadow(withRaisedRisk(noted, config, inputs), config)
  const verdict = judgeGate(raised, config, inputs)
  const plan = withTooFew(raised, verdict, config)
  const rest = { isDryRun: false, isBreakGlass: false, configVersion: config.version }
  return {
    kind: 'gate',
    proposal: { kind: 'proposal', plan, verdict, requester: deployerOf(plan, config), ...rest },
    inputs,
  }
}
