// The places that a lock can be put on: a service, a cluster in a region, or a whole account.
import { type Problem, problem } from '../../model/errors.ts'

/** As typed: `prod`, `web`, `prod.us-east-1/web`, or a service in any of its forms. What it names is found by resolving. */
export type ScopeText = { readonly text: string }

export const parseScope = (text: string): ScopeText | Problem =>
  /^[A-Za-z0-9_.:/-]{1,400}$/.test(text)
    ? { text }
    : problem(`\`${text.slice(0, 100)}\` is not an account, a cluster or a service.`)

/** What is there: an account, or less of it the more is given. */
export type PlaceScope = {
  readonly accountId: string
  readonly region?: string
  readonly cluster?: string
  readonly service?: string
}

export type Place = { readonly scope: PlaceScope; readonly name: string; readonly account: string }
