// Reads what a card shows of a task that failed: its last lines, and what its revision changed. Without them the card still stands.

import { logError } from '../../../engine/jobs/log-error.ts'
import { SYSTEM } from '../../../engine/rules/asker.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { ProblemCard } from '../../../features/incidents/problems/card.ts'
import { type FailedLines, loadFailedLines } from '../../../features/incidents/problems/failed-logs.ts'
import { loadDifference } from '../../../features/incidents/problems/last-good.ts'
import type { FailedTask } from '../../../features/incidents/problems/problem.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { TellerPorts } from './board.ts'
import type { Seen } from './views.ts'

type Failed = { readonly ref: ServiceRef; readonly failed: FailedTask }

/** Undefined for a bundle, for what is over, and where no task failed. */
export const failedIn = ({ isBundle }: ProblemCard, [view]: readonly Seen[]): Failed | undefined => {
  const ref = view?.refs.find(({ arn }) => view.problem.parts[arn]?.failed !== undefined)
  const failed = ref && view?.problem.parts[ref.arn]?.failed
  if (isBundle === true || ref === undefined || failed === undefined || view?.problem.state === 'closed')
    return undefined
  return { ref, failed }
}

export const linesOf = async (
  card: ProblemCard,
  views: readonly Seen[],
  config: Config,
  ports: TellerPorts,
): Promise<FailedLines | undefined> => {
  const found = failedIn(card, views)
  if (found === undefined) return undefined
  try {
    return await loadFailedLines(found.ref, found.failed, ports.readers(config, SYSTEM, 'schedule'), config)
  } catch (error) {
    logError('problem logs', found.ref.arn, error)
    return undefined
  }
}

export const differenceOf = async (
  card: ProblemCard,
  views: readonly Seen[],
  config: Config,
  ports: TellerPorts,
): Promise<string | undefined> => {
  const found = failedIn(card, views)
  if (found?.failed.definition === undefined || views[0]?.problem.cause.kind !== 'service') return undefined
  try {
    return await loadDifference(found.ref, found.failed.definition, ports.readers(config, SYSTEM, 'schedule'))
  } catch (error) {
    logError('problem difference', found.ref.arn, error)
    return undefined
  }
}
