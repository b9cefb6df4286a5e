// The name of a service, `[account[.region]/]cluster/service[/task][:container]` or an ARN: parses, prints and resolves
// it.

import type { ServiceRef } from '../../model/ecs.ts'
import { type Offer, type Problem, problem } from '../../model/errors.ts'

/** A target as typed. Parts may be missing; resolving the target finds them. */
export type Target = {
  readonly account?: string
  readonly region?: string
  readonly cluster?: string
  /** The name of the service. If no service has this name, it is read as a task id or its first characters. */
  readonly service: string
  readonly task?: string
  readonly container?: string
}

/**
 * Matches a name. ECS API reference, CreateService: "Up to 255 letters (uppercase and lowercase), numbers, underscores,
 * and hyphens".
 */
const NAME = /^[A-Za-z0-9_-]{1,255}$/
const REGION = /^[a-z]{2,4}(-[a-z]+){1,3}-\d$/
const ARN = /^arn:aws[\w-]*:ecs:([a-z0-9-]+):(\d{12}):(?:service|task)\/([\w-]+)\/([\w-]+)$/
/**
 * Matches a task id or its first characters. Task ids are 32 hexadecimal digits; older task ids are a UUID. A digit is
 * required, so that plain words do not match.
 */
const TASK = /^(?=.*\d)[0-9a-f][0-9a-f-]{5,35}$/

const TARGET_HELP = 'Write `service`, `cluster/service`, or `account.region/cluster/service`.'

export const parseTarget = (text: string): Target | Problem => {
  const [, region, account, cluster, named] = ARN.exec(text) ?? []
  if (region && account && cluster && named) return { account, region, cluster, service: named }
  const [path = '', container] = text.split(':')
  const no = () => problem(`\`${text.slice(0, 100)}\` is not a service's name.`, TARGET_HELP)
  if (text.split(':').length > 2 || (container !== undefined && !NAME.test(container))) return no()
  const target = parsePath(path.split('/'), no)
  return 'kind' in target || container === undefined ? target : { ...target, container }
}

const parsePath = (parts: readonly string[], no: () => Problem): Target | Problem => {
  const last = parts.at(-1) ?? ''
  if (parts.length === 4 && looksLikeTaskId(last)) {
    const target = parsePath(parts.slice(0, 3), no)
    return 'kind' in target ? target : { ...target, task: last }
  }
  const [service = '', inCluster, scope] = parts.toReversed()
  if (parts.length > 3 || ![service, inCluster ?? 'x'].every(part => NAME.test(part))) return no()
  if (scope === undefined) return inCluster === undefined ? { service } : { cluster: inCluster, service }
  const scoped = parseScope(scope)
  return 'kind' in scoped ? scoped : { ...scoped, ...(inCluster !== undefined && { cluster: inCluster }), service }
}

export const looksLikeTaskId = (text: string): boolean => TASK.test(text)

/**
 * Reads `a/b/c` as cluster, service and task, and `a/b` as service and task; undefined if the last part is not a task
 * id.
 */
export const readAsTask = ({ account, region, cluster, service, task }: Target): Target | undefined => {
  if (task !== undefined || cluster === undefined || region !== undefined || !looksLikeTaskId(service)) return undefined
  return { ...(account !== undefined && { cluster: account }), service: cluster, task: service }
}

const parseScope = (scope: string): { account: string; region?: string } | Problem => {
  const dot = scope.indexOf('.')
  const account = dot < 0 ? scope : scope.slice(0, dot)
  const region = dot < 0 ? undefined : scope.slice(dot + 1)
  if (!NAME.test(account)) return problem(`\`${scope}\` is not an account.`, TARGET_HELP)
  if (region === undefined) return { account }
  if (!REGION.test(region)) return problem(`\`${region}\` is not a region.`, TARGET_HELP)
  return { account, region }
}

export const printTarget = ({ account, region, cluster, service, task, container }: Target): string => {
  const scope = account === undefined ? '' : `${region === undefined ? account : `${account}.${region}`}/`
  const path = `${scope}${cluster === undefined ? '' : `${cluster}/`}${service}`
  return `${path}${task === undefined ? '' : `/${task}`}${container === undefined ? '' : `:${container}`}`
}

/** The full name of a service, `account.region/cluster/service`, as plans, cards and locks use it. */
export const fullName = ({ account, region, cluster, service }: ServiceRef): string =>
  printTarget({ account, region, cluster, service })

/**
 * Whether the service is in the account, region and cluster of the target. A missing part of the target matches all.
 */
export const isInScope = ({ account, region, cluster }: Target, ref: ServiceRef): boolean =>
  (account === undefined || account === ref.account || account === ref.accountId) &&
  (region === undefined || region === ref.region) &&
  (cluster === undefined || cluster === ref.cluster)

export const matchesTarget = (target: Target, ref: ServiceRef): boolean =>
  isInScope(target, ref) && target.service === ref.service

export type Resolved =
  | { readonly kind: 'one'; readonly ref: ServiceRef }
  | { readonly kind: 'several'; readonly refs: readonly ServiceRef[] }
  | { readonly kind: 'none'; readonly nearestServices: readonly ServiceRef[] }

/**
 * Whether the service matches with the target's cluster read as an account: in `prod/orders-api`, `prod` may be either.
 */
const matchesAsCluster = ({ account, cluster, service }: Target, ref: ServiceRef): boolean =>
  account === undefined && cluster === ref.account && service === ref.service

/** All services in the index that match the target. */
export const matchingServices = (target: Target, index: readonly ServiceRef[]): readonly ServiceRef[] =>
  index.some(ref => matchesTarget(target, ref))
    ? index.filter(ref => matchesTarget(target, ref) || matchesAsCluster(target, ref))
    : []

/** Resolves a target. If a name is both a cluster and an account, the services of both match. */
export const resolveTarget = (target: Target, index: readonly ServiceRef[]): Resolved => {
  const refs = matchingServices(target, index)
  const [first, second] = refs
  if (first === undefined) return { kind: 'none', nearestServices: nearest(target.service, index) }
  return second === undefined ? { kind: 'one', ref: first } : { kind: 'several', refs }
}

const MOST_NEAREST = 3

const nearest = (name: string, index: readonly ServiceRef[]): readonly ServiceRef[] => {
  const reach = Math.max(2, Math.floor(name.length / 3))
  return index
    .map(ref => ({ ref, apart: nameDistance(name.toLowerCase(), ref.service.toLowerCase(), reach) }))
    .filter(({ apart }) => apart <= reach)
    .toSorted((a, b) => a.apart - b.apart || (fullName(a.ref) < fullName(b.ref) ? -1 : 1))
    .slice(0, MOST_NEAREST)
    .map(({ ref }) => ref)
}

/**
 * The edit distance of two names. It is 1 if the name begins or ends with the typed text, because people often type
 * part of a name. Not exact above `reach`: names whose lengths differ by more are not compared, because a long typed name
 * and thousands of services would take seconds.
 */
const nameDistance = (typed: string, name: string, reach: number): number => {
  if (typed.length >= 3 && (name.startsWith(typed) || name.endsWith(typed))) return 1
  const isNear = (text: string): boolean => Math.abs(typed.length - text.length) <= reach
  const parts = typed.length >= 4 ? partsOf(name).filter(isNear) : []
  const whole = isNear(name) ? editDistance(typed, name) : Number.POSITIVE_INFINITY
  return Math.min(whole, ...parts.map(part => 1 + editDistance(typed, part)))
}

/** The prefixes and suffixes of a name that consist of whole words: `a-b-c` has `a`, `b-c`, `a-b`, `c`. */
const partsOf = (name: string): readonly string[] => {
  const words = name.split('-')
  return words.slice(1).flatMap((_, at) => [words.slice(0, at + 1).join('-'), words.slice(at + 1).join('-')])
}

/**
 * The number of insertions, deletions, substitutions and transpositions of adjacent characters between two texts
 * (Damerau–Levenshtein).
 */
export const editDistance = (a: string, b: string): number => {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const edited = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(isSwapped ? Math.min(edited, (before[j - 2] ?? 0) + 1) : edited)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}

/** Up to five offers. Each repeats the invocation with the full name of one matching service. */
export const targetOffers = (
  refs: readonly ServiceRef[],
  invocationFor: (ref: ServiceRef) => string,
): readonly Offer[] =>
  refs.slice(0, 5).map(ref => ({ label: fullName(ref).slice(-75), invocation: invocationFor(ref) }))
