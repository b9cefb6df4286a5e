// What EventBridge tells of ECS: at least once, in any order, perhaps late. What is kept of it has a key of its own, so
// that the same event twice is one item.
import type { Store } from './gateways/store.ts'
import { STOPS_DAYS, stopIn, stopKey } from './task-stops.ts'

export type EventPorts = { readonly store: Pick<Store, 'create'> }

export const takeEvent = async (event: unknown, { store }: EventPorts): Promise<void> => {
  const stop = stopIn(event)
  if (stop === undefined) return
  const until = Math.floor(Date.parse(stop.task.stoppedAt) / 1_000) + STOPS_DAYS * 86_400
  await store.create(stopKey(stop.service, stop.task), stop.task, until)
}
