// Plans a change of many services: those that the rules refuse are left out and named. Each service is planned in full,
// and judged again, when its turn comes.

import type { AnyMutation } from '../../commands/command.ts'
import { mayAllView } from '../../engine/rules/access.ts'
import type { Config } from '../../engine/rules/config.ts'
import type { ChangeRequest } from '../../engine/rules/judge.ts'
import type { ServiceSet } from '../../features/services/find-set.ts'
import { withIncidents } from '../../features/status/load-now.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { judgeSet, type LeftOut, leftOutText, refuseSet, strictest } from './judge-set.ts'
import { planSet } from './plan-set.ts'
import type { Prepared } from './prepare.ts'
import type { Proposal } from './proposal.ts'

type Asking = { readonly asked: ChangeRequest; readonly isDryRun: boolean; readonly reason?: string }

/** A set of one is a change of one service. `line`: that change. `note`: what was left out. */
export type SetOfOne = { readonly kind: 'set of one'; readonly line: string; readonly note?: string }

export const proposeSet = async (
  prepared: Prepared<AnyMutation>,
  set: ServiceSet,
  { asked, isDryRun, reason }: Asking,
): Promise<Proposal | SetOfOne | Refusal> => {
  const { command, values, read, own, note } = prepared
  const { many } = command
  if (many === undefined) return refuse(`\`${command.name}\` changes one service at a time.`, 'Name one service.')
  if (asked.isBreakGlass) return refuse('Breaking glass changes one service.', 'Write its full name.')
  const { config, facts } = own
  const found = await judgeSet(prepared, many, (await many.among?.(set.refs, own)) ?? set.refs, asked)
  const refusal = refuseSet(found, set.words, config)
  if (refusal !== undefined) return refusal
  const { judged, leftOut } = found
  const services = judged.map(({ service }) => service)
  const [only, another] = services
  if (only !== undefined && another === undefined) {
    const left = leftOut.length === 0 ? note : othersText(leftOut, config)
    return { kind: 'set of one', line: many.lineFor(only.ref, values, own), ...(left !== undefined && { note: left }) }
  }
  const verdict = strictest(judged, own)
  if (isRefusal(verdict)) return verdict
  const binds = await Promise.all(services.map(async ({ ref }) => [ref.arn, await many.binds?.(ref, own)] as const))
  const plan = planSet({
    ...found,
    command,
    many,
    set,
    invocation: own.again({ 'dry-run': undefined, reason: undefined }),
    included: many.included?.(values, own) ?? [],
    sums: (await many.sums?.(services, read)) ?? [],
    line: service => many.lineFor(service.ref, values, own),
    at: facts.now,
    binds: new Map(binds),
  })
  const now =
    plan.now &&
    (await withIncidents(
      plan.now,
      services.map(({ ref }) => ref),
      own.store,
    ))
  return {
    kind: 'proposal',
    plan: { ...plan, ...(now && { now }), ...(note !== undefined && { warnings: [note] }) },
    verdict,
    isDryRun,
    isBreakGlass: asked.isBreakGlass,
    configVersion: config.version,
    ...(reason !== undefined && { reason }),
  }
}

/** It is on the card of the only service: it names others only where everybody may view them. */
const othersText = (leftOut: readonly LeftOut[], config: Config): string => {
  const text = `${leftOut.length} others are left out`
  return leftOut.every(({ ref }) => mayAllView(ref, config)) ? `${text}: ${leftOutText(leftOut)}` : text
}
