// The places that a lock can be put on: a service, a cluster in a region, or a whole account.
import type { Config } from './config.ts'
import { type Problem, problem, type Refusal, refuse } from './errors.ts'
import type { ServiceRef } from './model.ts'
import type { Hold } from './policy.ts'
import { fullName, parseTarget, type Target } from './target.ts'

/** As typed: `prod`, `web`, `prod.us-east-1/web`, or a service in any of its forms. What it names is found by resolving. */
export type ScopeText = { readonly text: string }

export const parseScope = (text: string): ScopeText | Problem =>
  /^[A-Za-z0-9_.:/-]{1,400}$/.test(text)
    ? { text }
    : problem(`\`${text.slice(0, 100)}\` is not an account, a cluster or a service.`)

export type Place = Pick<Hold, 'scope' | 'name'> & { readonly account: string }

/** What a scope names: an account before a cluster, a cluster before a service. */
export const resolveScope = ({ text }: ScopeText, config: Config, index: readonly ServiceRef[]): readonly Place[] => {
  const account = config.accounts.find(({ name, id }) => name === text || id === text)
  if (account !== undefined) return [{ scope: { accountId: account.id }, name: account.name, account: account.name }]
  const clusters = clustersNamed(text, index)
  if (clusters.length > 0) return clusters
  const target = parseTarget(text)
  return 'kind' in target ? [] : index.filter(ref => isMeant(target, ref)).map(placeOf)
}

/** `web`, `prod/web` or `prod.us-east-1/web`. */
const clustersNamed = (text: string, index: readonly ServiceRef[]): readonly Place[] => {
  const places = new Map<string, Place>()
  for (const { account, accountId, region, cluster } of index) {
    const name = `${account}.${region}/${cluster}`
    if ([cluster, `${account}/${cluster}`, name].includes(text))
      places.set(name, { scope: { accountId, region, cluster }, name, account })
  }
  return [...places.values()]
}

const isMeant = (target: Target, ref: ServiceRef): boolean =>
  target.service === ref.service &&
  [ref.account, ref.accountId, undefined].includes(target.account) &&
  [ref.region, undefined].includes(target.region) &&
  [ref.cluster, undefined].includes(target.cluster)

const placeOf = (ref: ServiceRef): Place => {
  const { accountId, region, cluster, service, account } = ref
  return { scope: { accountId, region, cluster, service }, name: fullName(ref), account }
}

export const onePlace = (places: readonly Place[], text: string): Place | Refusal => {
  const [first, second] = places
  if (first === undefined) return refuse(`*${text}* is neither an account, nor a cluster, nor a service here.`)
  if (second === undefined) return first
  return refuse(
    `*${text}* names ${places.length} places: ${places
      .slice(0, 5)
      .map(({ name }) => `\`${name}\``)
      .join(', ')}.`,
    'Write one of them in full.',
  )
}
