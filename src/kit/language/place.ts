// Places that a lock can cover: an account, a cluster in a region, or a service.
import { type Problem, problem } from '../../model/errors.ts'

/**
 * A place as typed: `prod`, `web`, `prod.us-east-1/web`, or any form of a service's name. features/services/places.ts
 * resolves it.
 */
export type PlaceText = { readonly text: string }

export const parsePlace = (text: string): PlaceText | Problem =>
  /^[A-Za-z0-9_.:/-]{1,400}$/.test(text)
    ? { text }
    : problem(`\`${text.slice(0, 100)}\` is not an account, a cluster or a service.`)

/** The scope of a place: an account; an account, region and cluster; or an account, region, cluster and service. */
export type PlaceScope = {
  readonly accountId: string
  readonly region?: string
  readonly cluster?: string
  readonly service?: string
}

/** A resolved place. `name`: its full name in messages, such as `prod.us-east-1/web`. `account`: the account's name. */
export type Place = { readonly scope: PlaceScope; readonly name: string; readonly account: string }
