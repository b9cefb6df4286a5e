// Reports one service of a change set whose execution died: to the set while it counts, and in the thread of its card.

import type { Face } from '../../engine/cards/card.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import { finalCardKey, postedKey } from '../../engine/change/records.ts'
import type { OperationJob } from '../../model/ports/job.ts'
import type { Posted } from '../../model/ports/slack.ts'
import { faceOfSet, tellSet } from '../operation/set/member.ts'
import { resultKey } from '../operation/set/records.ts'
import type { ReportPorts } from '../operation/story.ts'
import { notifyLost } from './lost-lease.ts'

type DeadMember = {
  readonly operation: string
  readonly set: NonNullable<OperationJob['set']>
  readonly outcome: Outcome
  /** Absent if it died before its plan. */
  readonly face?: Face
  /** Whether its temporary change is not reverted any more. */
  readonly isLost?: boolean
}

/** The set's card is never edited: it is the card of other services, too. A set that still counts shows it at its end. */
export const reportDeadMember = async (
  { operation, set, outcome, face, isLost = false }: DeadMember,
  ports: ReportPorts,
): Promise<void> => {
  const { store } = ports
  const [final, told] = await Promise.all([
    store.get(finalCardKey(set.operation)),
    store.get(resultKey(set.operation, set.number)),
  ])
  if (isLost || (final !== undefined && told === undefined))
    await postInThread({ operation, set, outcome, isLost, ...(face && { face }) }, ports)
  const { status, text } = outcome
  await tellSet({ set }, { status, text }, ports)
}

const postInThread = async (
  { operation, set, outcome, face, isLost }: DeadMember,
  ports: ReportPorts,
): Promise<void> => {
  const posted = (await ports.store.get<Posted>(postedKey(set.operation, 'card')))?.value
  const shown = face ?? (await faceOfMember(set, ports))
  if (posted === undefined || shown === undefined) return
  const { onCall } = await ports.config()
  const text = `${outcome.text}${isLost ? ' `/ecs leases` shows the options.' : ''}`
  await notifyLost({ operation, posted, face: shown, text, onCall }, ports)
}

const faceOfMember = async (set: NonNullable<OperationJob['set']>, ports: ReportPorts): Promise<Face | undefined> => {
  const face = await faceOfSet({ set }, ports)
  const member = face?.plan.members?.[set.number]
  return face && member && { ...face, plan: { ...face.plan, target: member.ref } }
}
