// Converts a line to a plan and the decision of the rules about it.

import type { AnyMutation } from '../../commands/command.ts'
import type { Readers } from '../../commands/readers.ts'
import type { Plan } from '../../engine/change/plan.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { type ChangeRequest, judge, type Verdict } from '../../engine/rules/judge.ts'
import { isRefusal, type Refusal } from '../../model/errors.ts'
import { otherActivityOn } from './pending.ts'
import { type Preparing, prepare, type Values } from './prepare.ts'

export type Proposal = {
  readonly kind: 'proposal'
  readonly plan: Plan
  readonly verdict: Verdict
  readonly reason?: string
  readonly isDryRun: boolean
  readonly isBreakGlass: boolean
  readonly configVersion: string
}

/** Returns the plan and the approval that it needs, or the first reason for a refusal. */
export const propose = async (
  preparing: Preparing,
  given?: Pick<ChangeRequest, 'reason' | 'isBreakGlass'>,
): Promise<Proposal | Refusal> => {
  const prepared = await prepare('mutation', preparing)
  if (isRefusal(prepared)) return prepared
  const { command, values, read, own, left, note } = prepared
  const { config, facts } = own
  const planned = await planOf(command, values, read, own)
  if (isRefusal(planned)) return planned
  const activity = await otherActivityOn(planned, preparing.purpose, own.store)
  const notes = [left, note].filter(text => text !== undefined)
  const plan: Plan = { ...planned, consequences: [...notes, ...planned.consequences, ...activity] }
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

const planOf = async (command: AnyMutation, values: Values, read: Readers, own: Asker): Promise<Plan | Refusal> => {
  const state = await command.load(values, read, own)
  return isRefusal(state) ? state : command.plan(values, state)
}
