// The state of a service for dialogs. Votes and halts have their capacity in the same function, so dialogs read AWS
// seldom and do not wait long.

import type { Ports } from '../../commands/ports.ts'
import type { Face } from '../../engine/cards/card.ts'
import { maySpendRead } from '../../engine/rules/budgets.ts'
import { withNow } from '../../features/status/load-now.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Store } from '../../model/ports/store.ts'

/** `at`: when the read began, in epoch milliseconds. */
type Reading = { readonly at: number; readonly face: Promise<Face> }

/** The newest read of each service or change set in this process, by the ARNs of its services. */
const readings = new WeakMap<Store, Map<string, Reading>>()

/** How long dialogs share one read. */
const FRESH_MS = 5_000
/** A dialog that waited longer shows the state of the request. */
const MOST_MS = 2_500

/** The face with the state of its service now, or as it was, if the reader has read another one in these seconds. */
export const withLatestNow = async (face: Face, actor: Actor, corporateId: string, ports: Ports): Promise<Face> => {
  const reading = await readingOf(face, actor, corporateId, ports)
  if (reading === undefined) return face
  const read = await within(MOST_MS, reading.face, face)
  const { now } = read.plan
  return now === undefined ? face : { ...face, plan: { ...face.plan, now } }
}

const readingOf = async (face: Face, actor: Actor, corporateId: string, ports: Ports): Promise<Reading | undefined> => {
  const services = servicesOf(face)
  const at = Date.parse(ports.now())
  const known = readings.get(ports.store) ?? new Map<string, Reading>()
  readings.set(ports.store, known)
  for (const [key, one] of known) if (at - one.at >= FRESH_MS) known.delete(key)
  const shared = known.get(services)
  if (shared !== undefined) return shared
  if (!(await maySpendRead(corporateId, ports))) return undefined
  const read = ports.readers(await ports.config(), { actor, corporateId }, face.operation)
  const reading = { at, face: withNow(face, read, ports.now(), ports.store) }
  known.set(services, reading)
  return reading
}

/** A set of one service shows counts only, so it shares no read with that service. */
const servicesOf = ({ plan: { target, members } }: Face): string =>
  members === undefined
    ? target.arn
    : `set ${members
        .map(({ ref }) => ref.arn)
        .toSorted()
        .join(' ')}`

const within = async <T>(ms: number, work: Promise<T>, otherwise: T): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>(resolve => {
    timer = setTimeout(() => resolve(otherwise), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
