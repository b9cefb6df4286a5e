// The button Undo of a done card: for a day, and only while the state is what the operation left. Otherwise it asks.

import { recordsAbout } from '../../engine/audit/audit.ts'
import type { Card } from '../../engine/cards/card.ts'
import type { Change, Plan } from '../../engine/change/plan.ts'
import { finalCardKey } from '../../engine/change/records.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { plainName } from '../../kit/messages/text.ts'
import { type Refusal, refuse } from '../../model/errors.ts'

const DAY_MS = 86_400_000

/** `operation`: the whole id of what is taken back. `plan`: the way back, as it would be now. */
export const refuseUndo = async (operation: string, plan: Plan, own: Asker): Promise<Refusal | undefined> => {
  const card = (await own.store.get<Card>(finalCardKey(operation)))?.value
  // Who may plan this change may view its service, so the card of another service tells nothing.
  if (card?.stage.kind !== 'ended' || card.plan.target.arn !== plan.target.arn || card.stage.outcome.status !== 'done')
    return refuse('There is nothing to undo.', 'The operation is not known, or it changed nothing.')
  const offers = [{ label: restoreLabel(plan), invocation: plan.invocation }]
  if (Date.parse(own.facts.now) - Date.parse(card.stage.at) > DAY_MS)
    return refuse('Undo works for 24 hours.', 'The same change can be planned as a new request.', offers)
  const moved = movedSince(card.plan, plan)
  if (moved === undefined) return undefined
  const by = await lastChangeBy(operation, plan, own)
  return refuse(
    `This is no longer as the change left it. ${moved.what}: now *${moved.now}*, then ${moved.left}${by}.`,
    `${restoreLabel(plan)}?`,
    offers,
  )
}

type Moved = { readonly what: string; readonly now: string; readonly left: string }

/** A value that the plan predicted, such as the split of tasks: it tells nothing about what the operation left. */
const isPredicted = ({ to }: Change): boolean => to.startsWith('about ')

/** The first value that differs from what the operation left. */
const movedSince = (done: Plan, back: Plan): Moved | undefined => {
  const left = new Map(done.changes.filter(change => !isPredicted(change)).map(({ what, to }) => [what, to]))
  const moved = back.changes.find(({ what, from }) => left.has(what) && left.get(what) !== from)
  return moved === undefined ? undefined : { what: moved.what, now: moved.from, left: left.get(moved.what) ?? '' }
}

/** `Restore 4`, where one value is restored. */
const restoreLabel = ({ changes: [first, ...others] }: Plan): string =>
  first === undefined || first.to === '' || others.length > 0 ? 'Plan It Anyway' : `Restore ${first.to}`.slice(0, 40)

/** Who changed it since, where Quarterdeck made the change. */
const lastChangeBy = async (operation: string, { target }: Plan, { store }: Asker): Promise<string> => {
  const [newest] = await recordsAbout(store, target.arn, 1)
  return newest === undefined || newest.operation === operation
    ? ''
    : `, @${plainName(newest.actor.name, 40)} ${timeMark(newest.at)}`
}
