// Draws command lines, without their options.
import type { Chance } from './chance.ts'

const PLACES = [
  [5, 'prod.us-east-1/web/orders-api'],
  [2, 'prod.us-east-1/web/checkout'],
  [1, 'prod.us-east-1/jobs/orders-worker'],
  [2, 'staging.us-east-1/web/catalog-api'],
  [1, 'orders-api'],
] as const

const COUNTS = ['0', '1', '2', '3', '5', '6', '8', '9', '12', '70', '+2', '-1', 'x2', '50%'] as const

/** The container that commands run in. */
const SHELLS = 'prod.us-east-1/web/orders-api:app'

/** Commands whose exit status is known. */
const COMMANDS = ['env-names', 'processes', 'true', 'sleep 0.2; echo over', 'exit 3'] as const

export const drawLine = (chance: Chance): string => {
  const place = chance.weighted(PLACES)
  return chance.weighted<() => string>([
    [5, () => `scale ${place} ${chance.pick(COUNTS)}`],
    [2, () => `restart ${place}`],
    [4, () => leased(chance)],
    [2, () => autoscaled(chance)],
    [3, () => `rollback ${place}${chance.happens(0.3) ? ` --to ${1 + chance.below(4)}` : ''}`],
    [0.5, () => 'exec enable prod.us-east-1/web/payments-api'],
    [1, () => `exec ${SHELLS} --interactive --for ${chance.pick(['5m', '30m'])}`],
    [3, () => `exec ${SHELLS}${chance.happens(0.2) ? ' --all' : ''} -- ${chance.pick(COMMANDS)}`],
  ])()
}

const CHECKOUT = 'prod.us-east-1/web/checkout'

/** Permanent changes, independent of leases. */
const autoscaled = (chance: Chance): string =>
  chance.pick([
    `autoscale bounds ${CHECKOUT} ${chance.pick(['2..8', '4..12', '6..20', '8..9', '0..10'])}`,
    `autoscale suspend ${CHECKOUT} ${chance.pick(['in', 'out', ''])} --permanent`,
    `autoscale resume ${CHECKOUT}`,
    `scale ${CHECKOUT} ${chance.pick(['3', '12'])} --move-bounds`,
    `scale ${CHECKOUT} ${chance.pick(['3', '5', '12'])} --count-only`,
    `lease extend ${CHECKOUT} 1h`,
    `lease keep ${CHECKOUT}`,
  ])

const TIMES = ['5m', '30m', '30m', '1h', '2h'] as const
const ORDERS = 'prod.us-east-1/web/orders-api'

const counted = (chance: Chance): string =>
  `scale ${ORDERS} ${chance.pick(['3', '6', '8', '9', '+2'])} --for ${chance.pick(TIMES)}`

const floored = (chance: Chance): string =>
  `scale ${CHECKOUT} ${chance.pick(['6', '8', '12', '14'])} --for ${chance.pick(TIMES)}`

const suspended = (chance: Chance): string =>
  chance.pick([
    `scale ${CHECKOUT} 9 --suspend --for ${chance.pick(TIMES)}`,
    `autoscale suspend ${CHECKOUT} ${chance.pick(['in', 'out', ''])} --for ${chance.pick(TIMES)}`,
  ])

/** Several of one kind set the same quantity. */
export const CROWDED = [counted, floored, suspended] as const

const leased = (chance: Chance): string =>
  chance.weighted([
    [4, counted(chance)],
    [4, floored(chance)],
    [2, suspended(chance)],
    [1, `scale prod.us-east-1/web/search ${chance.pick(['6', '9'])} --for ${chance.pick(TIMES)}`],
  ])
