// The line of a card about the watches that a change ends: it deploys, so no alarm rolls the earlier deployment back.

import { cardLine } from '../../engine/cards/card-line.ts'
import { eachTarget, type Plan } from '../../engine/change/plan.ts'
import { type ServiceWatch, watchKey } from '../../engine/change/records.ts'
import type { Store } from '../../model/ports/store.ts'

/** A rollback takes back what is watched, and a gate is of a deployment that has begun. */
const deploys = ({ command, also = [] }: Plan): boolean => [command, ...also].includes('restart')

/** `now`: ISO 8601. */
export const withEndedWatches = async (plan: Plan, store: Pick<Store, 'get'>, now: string): Promise<Plan> => {
  if (!deploys(plan)) return plan
  const found = await Promise.all(eachTarget(plan).map(({ target }) => store.get<ServiceWatch>(watchKey(target.arn))))
  const count = found.filter(item => item !== undefined && item.value.until > now).length
  if (count === 0) return plan
  const line =
    plan.members === undefined
      ? 'Ends the running watch: no alarm rolls that deployment back any more'
      : `Ends ${count === 1 ? '1 watch' : `${count} watches`}: no alarm rolls those back any more`
  return { ...plan, losses: [cardLine(line), ...(plan.losses ?? [])] }
}
