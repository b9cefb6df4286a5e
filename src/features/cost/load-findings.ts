// Loads the findings of all services of a place: the pages of Compute Optimizer's two lists for each account and region, and
// the revisions of the services that one page shows.

import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import type { SavingKind } from '../../kit/language/kinds/saving.ts'
import { groupBy, inBatches } from '../../model/batches.ts'
import type { Service, ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Offer, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { CapacityReads } from '../capacity/reads.ts'
import { seenIndex } from '../services/compared-places.ts'
import type { Extent } from '../services/places.ts'
import type { ServiceReads } from '../services/reads.ts'
import { readTags, SERVICE_TAGS, unreadText } from '../services/service-index.ts'
import { estimateFindings } from './estimate-findings.ts'
import { type Finding, type FoundFindings, findingOf, idleFindingOf, type NotEnrolled, ranked } from './findings.ts'
import type { Advice, AdviceProblem, CostReads } from './reads.ts'
import { isAsleep, readSnoozes, type Snooze } from './snooze.ts'

export type CostFilters = {
  readonly place?: Extent | undefined
  readonly tag?: { readonly key: string; readonly value: string }
  readonly only?: SavingKind
  readonly page?: number
}

/** A finding on the page. `is`: how it compares with the service that runs now. */
export type Shown = Finding & { readonly is: 'current' | 'out of date' | 'gone' | 'not compared' }

export type CostView = {
  readonly kind: 'findings'
  /** The name of the place, or what was asked for. */
  readonly name: string
  readonly findings: readonly Finding[]
  readonly page: readonly Shown[]
  /** How many findings are on earlier and later pages. */
  readonly before: number
  readonly left: number
  /** The canonical text of the command that shows the next page. */
  readonly next?: string
  readonly only?: SavingKind
  /** The same for one kind of finding. */
  readonly narrower: readonly Offer[]
  readonly services: number
  /** The number of services that Compute Optimizer has analysed. */
  readonly analysed: number
  /** The number of findings about services that no longer exist. */
  readonly gone: number
  /** The number of findings that people put off. */
  readonly snoozed: number
  readonly notEnrolled: readonly NotEnrolled[]
  readonly unread: readonly string[]
  readonly places: number
}

type Reads = CostReads & Pick<ServiceReads, 'index' | 'servicesOf'> & Pick<CapacityReads, 'taskFit'>

/** Findings on one page, which is about a screen of a phone. */
export const PAGE = 15

export const loadFindings = async (filters: CostFilters, read: Reads, asker: Asker): Promise<CostView | Refusal> => {
  const { only, page = 1 } = filters
  const scope = await loadScope(filters, read, asker)
  if (isRefusal(scope)) return scope
  const found =
    only === 'spot' || only === 'graviton'
      ? await estimateFindings(scope.refs, only, read)
      : await adviceFindings(scope, read)
  if (isRefusal(found)) return found
  const { store, facts } = asker
  const snoozes = found.findings.length === 0 ? undefined : await readSnoozes(store)
  const all = ranked(found.findings, only).map(finding => withSnooze(finding, snoozes?.get(finding.ref.arn), facts.now))
  const findings = all.filter(({ snooze }) => snooze !== 'asleep')
  const before = (page - 1) * PAGE
  if (before > 0 && before >= findings.length) {
    const pages = Math.max(1, Math.ceil(findings.length / PAGE))
    return refuse(`There is no page ${page}.`, pages === 1 ? 'Leave out `--page`.' : `The last page is ${pages}.`)
  }
  const unread = [...scope.unread, ...found.unread]
  const shown = await compared(findings.slice(before, before + PAGE), read, unread)
  const left = Math.max(0, findings.length - before - PAGE)
  const { name, refs } = scope
  return {
    ...{ kind: 'findings', name, findings, page: shown, before, left, services: refs.length, unread },
    snoozed: all.length - findings.length,
    ...{ analysed: found.analysed, gone: found.gone, notEnrolled: found.notEnrolled, places: found.places },
    narrower: only === undefined ? narrowerThan(findings, asker) : [],
    ...(only !== undefined && { only }),
    ...(left > 0 && { next: asker.again({ page: page + 1 }) }),
  }
}

const withSnooze = (finding: Finding, snooze: Snooze | undefined, now: string): Finding =>
  snooze === undefined ? finding : { ...finding, snooze: isAsleep(snooze, now) ? 'asleep' : 'over' }

const narrowerThan = (findings: readonly Finding[], { again }: Asker): readonly Offer[] => {
  const kinds = [...new Set(findings.map(({ kind }) => kind))]
  if (kinds.length < 2) return []
  return kinds.map(only => ({ label: only === 'idle' ? 'Only Idle' : 'Only Rightsizing', invocation: again({ only }) }))
}

export type Scope = {
  readonly name: string
  readonly refs: readonly ServiceRef[]
  /** The ARNs of all services of the index, also of those that the asker may not view. */
  readonly known: ReadonlySet<string>
  readonly unread: readonly string[]
}

/** The services of the place that the asker may view, with the tag. */
const loadScope = async ({ place, tag }: CostFilters, read: Reads, asker: Asker): Promise<Scope | Refusal> => {
  const { who, config, facts, store } = asker
  const index = seenIndex(await read.index(), who.actor, asker)
  const visible =
    place?.refs ?? index.refs.filter(ref => accessOf(who.actor, 'viewer', ref, config, facts).kind === 'allowed')
  const tags = tag && readTags(await store.list(SERVICE_TAGS))
  const refs = tag === undefined ? visible : visible.filter(({ arn }) => tags?.get(arn)?.[tag.key] === tag.value)
  const unread = place === undefined ? unreadText(index) : place.unread
  if (refs.length === 0) return refuse('No service matches that you may view.', unread)
  return {
    name: place?.place.name ?? 'All services',
    refs,
    known: new Set(index.refs.map(({ arn }) => arn)),
    unread: unread === undefined ? [] : [unread],
  }
}

/** Reads each account and region. One that fails is listed; if all fail, throws the first error. */
const adviceFindings = async ({ refs, known }: Scope, read: CostReads): Promise<FoundFindings> => {
  const problems: RemoteError[] = []
  const groups = groupBy(refs, ({ accountId, region }) => `${accountId} ${region}`)
  const answers = await Promise.all(
    groups.map(async ([first]) => ({ first, advice: await read.advice(first).catch(collectInto(problems)) })),
  )
  const [problem] = problems
  if (problem !== undefined && answers.every(({ advice }) => advice === undefined)) throw problem
  const byArn = new Map(refs.map(ref => [ref.arn, ref]))
  const given = answers.flatMap(({ advice }) => (advice?.kind === 'advice' ? [advice] : []))
  const arns = new Set(given.flatMap(({ sizes, idle }) => [...sizes, ...idle].map(({ arn }) => arn)))
  return {
    findings: given.flatMap(advice => findingsIn(advice, byArn)),
    analysed: [...arns].filter(arn => byArn.has(arn)).length,
    gone: [...arns].filter(arn => !known.has(arn)).length,
    notEnrolled: notEnrolledOf(answers),
    unread: [...problems.map(({ message }) => message), ...problemsOf(given, byArn)],
    places: groups.length,
  }
}

export const findingsIn = (
  { sizes, idle }: Extract<Advice, { kind: 'advice' }>,
  byArn: ReadonlyMap<string, ServiceRef>,
): readonly Finding[] => [
  ...sizes.flatMap(advice => {
    const ref = byArn.get(advice.arn)
    return (ref && findingOf(ref, advice)) ?? []
  }),
  ...idle.flatMap(advice => {
    const ref = byArn.get(advice.arn)
    return ref === undefined ? [] : idleFindingOf(ref, advice)
  }),
]

/** Without services that the asker may not view. */
const problemsOf = (
  given: readonly { readonly problems: readonly AdviceProblem[] }[],
  byArn: ReadonlyMap<string, ServiceRef>,
): readonly string[] => {
  const seen = given.flatMap(({ problems }) => problems.filter(({ arn }) => arn === '' || byArn.has(arn)))
  return [...new Set(seen.map(({ text }) => text))]
}

/** Accounts, each once: the enrolment is of the account. */
const notEnrolledOf = (
  read: readonly { readonly first: ServiceRef; readonly advice: Advice | undefined }[],
): readonly NotEnrolled[] => {
  const found = new Map<string, NotEnrolled>()
  for (const { first, advice } of read) {
    if (advice?.kind !== 'not enrolled') continue
    const { account, accountId } = first
    const { status, reason } = advice
    found.set(accountId, { account, accountId, status, ...(reason !== undefined && { reason }) })
  }
  return [...found.values()]
}

const collectInto =
  (problems: RemoteError[]) =>
  (error: unknown): undefined => {
    if (!(error instanceof RemoteError)) throw error
    problems.push(error)
  }

/** Compares the revisions that were analysed with those that run now, for one page of findings. */
const compared = async (
  findings: readonly Finding[],
  read: Pick<ServiceReads, 'servicesOf'>,
  unread: string[],
): Promise<readonly Shown[]> => {
  const clusters = groupBy(findings, ({ ref }) => `${ref.accountId} ${ref.region} ${ref.cluster}`)
  const shown = await inBatches(clusters, async ([first, ...more]) => {
    const group = [first, ...more]
    try {
      const services = await read.servicesOf(group.map(({ ref }) => ref))
      const byArn = new Map(services.map(service => [service.ref.arn, service]))
      return group.map(finding => ({ ...finding, is: comparison(finding, byArn.get(finding.ref.arn)) }))
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      unread.push(error.message)
      return group.map(finding => ({ ...finding, is: 'not compared' as const }))
    }
  })
  const byArn = new Map(shown.flat().map(finding => [finding.ref.arn, finding]))
  return findings.flatMap(({ ref }) => byArn.get(ref.arn) ?? [])
}

const comparison = ({ definition }: Finding, service: Service | undefined): Shown['is'] => {
  if (service === undefined) return 'gone'
  return definition === undefined || definition === service.taskDefinition ? 'current' : 'out of date'
}
