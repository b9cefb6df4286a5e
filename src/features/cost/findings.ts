// Pure: what Compute Optimizer found, as one row a service, ranked by money.

import type { SavingKind } from '../../kit/language/kinds/saving.ts'
import { fullName } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { sizeProblem } from './fargate-sizes.ts'
import { dollars } from './prices.ts'
import type { IdleAdvice, Money, Projected, Saving, Size, SizeAdvice } from './reads.ts'

export type Finding = {
  readonly ref: ServiceRef
  readonly kind: SavingKind
  /** Plain text, without names from AWS. */
  readonly what: string
  readonly saving?: Saving
  readonly savingAfter?: Saving
  /** `low`, `medium`, `high`, or what a person checks first. */
  readonly risk: string
  readonly effort: string
  /** From the tag `owner`, else `team`: untrusted text. */
  readonly owner?: string
  /** The task definition that was analysed, as AWS names it; absent for idle services and estimates. */
  readonly definition?: string
  /** A person put it off, until a time that may be over. */
  readonly snooze?: 'asleep' | 'over'
}

/** An account that is not enrolled in Compute Optimizer. `status`: `Inactive`, `Pending` or `Failed`. */
export type NotEnrolled = {
  readonly account: string
  readonly accountId: string
  readonly status: string
  readonly reason?: string
}

/** What was read of a place. `analysed`: services about which something is known. `gone`: findings about deleted services. */
export type FoundFindings = {
  readonly findings: readonly Finding[]
  readonly analysed: number
  readonly gone: number
  readonly notEnrolled: readonly NotEnrolled[]
  readonly unread: readonly string[]
  readonly places: number
}

/** The finding of one kind for a service; undefined if there is nothing to change. */
export const findingOf = (ref: ServiceRef, advice: SizeAdvice): Finding | undefined => {
  const [option] = advice.options
  if (option === undefined || advice.finding === 'Optimized') return undefined
  const problem = sizeProblem(option)
  return {
    ref,
    kind: 'rightsizing',
    what: `${sizeText(advice)} → ${sizeText(option)}`,
    risk:
      problem ?? (advice.finding === 'Underprovisioned' ? 'too small now' : riskOf(option.cpuPeak, option.memoryPeak)),
    effort: 'new revision',
    definition: advice.definition,
    ...(problem === undefined && savingsOf(option)),
    ...ownerOf(advice.tags),
  }
}

type Saved = Pick<Finding, 'saving' | 'savingAfter'>

const savingsOf = ({ saving, savingAfter }: Saved): Saved => {
  const [before, after] = [capped(saving), capped(savingAfter)]
  return { ...(before !== undefined && { saving: before }), ...(after !== undefined && { savingAfter: after }) }
}

/** A saving is more than nothing, and never more than the service costs, which its percentage says. */
export const capped = (saving: Saving | undefined): Saving | undefined => {
  const { money, percent: share } = saving ?? {}
  if (saving === undefined || money === undefined || !(money.amount > 0)) return undefined
  if (share === undefined || share <= 100) return saving
  return { money: { ...money, amount: (money.amount * 100) / share }, percent: 100 }
}

export const idleFindingOf = (ref: ServiceRef, { saving, savingAfter, tags, cpuPeak }: IdleAdvice): Finding => ({
  ref,
  kind: 'idle',
  what: cpuPeak === undefined ? 'Idle' : `Idle: CPU peak ${percent(cpuPeak)}`,
  risk: isStandby(tags) ? 'standby: keep' : 'check its use',
  effort: 'scale to 0',
  ...savingsOf({ ...(saving && { saving }), ...(savingAfter && { savingAfter }) }),
  ...ownerOf(tags),
})

/** A tag says that the service stands by for a disaster: it is idle on purpose. */
export const isStandby = (tags: Readonly<Record<string, string>>): boolean =>
  Object.entries(tags).some(([key, value]) =>
    isStandbyWord(key) ? !/^(false|no|0)$/i.test(value) : isStandbyWord(value),
  )

const isStandbyWord = (text: string): boolean => /^(dr|standby|disaster-recovery)$/i.test(text.trim())

/** The tag `owner`, else `team`, in any case. */
export const ownerOf = (tags: Readonly<Record<string, string>>): { readonly owner?: string } => {
  const found = ['owner', 'team']
    .flatMap(name => Object.entries(tags).filter(([key]) => key.toLowerCase() === name))
    .find(([, value]) => value.trim() !== '')
  return found === undefined ? {} : { owner: found[1] }
}

/** The risk of a recommended size, by its projected peak. */
export const riskOf = (...peaks: readonly (Projected | undefined)[]): string => {
  const known = peaks.flatMap(peak => peak?.high ?? [])
  if (known.length === 0) return 'unknown'
  const most = Math.max(...known)
  return most >= 90 ? 'high' : most >= 75 ? 'medium' : 'low'
}

/**
 * One finding a service: of those that are wanted, the one that saves most. Amounts of two currencies are not compared: the
 * currency of most findings comes first.
 */
export const ranked = (findings: readonly Finding[], only?: SavingKind): readonly Finding[] => {
  const best = new Map<string, Finding>()
  for (const finding of findings) {
    if (only !== undefined && finding.kind !== only) continue
    const known = best.get(finding.ref.arn)
    if (known === undefined || amountOf(finding) > amountOf(known)) best.set(finding.ref.arn, finding)
  }
  const currencies = currenciesOf([...best.values()])
  const placeOf = ({ saving }: Finding): number =>
    saving === undefined ? currencies.length : currencies.indexOf(saving.money.currency)
  return [...best.values()].toSorted(
    (a, b) => placeOf(a) - placeOf(b) || amountOf(b) - amountOf(a) || (fullName(a.ref) < fullName(b.ref) ? -1 : 1),
  )
}

const amountOf = ({ saving }: Finding): number => saving?.money.amount ?? -1

const currenciesOf = (findings: readonly Finding[]): readonly string[] => {
  const counts = new Map<string, number>()
  for (const { saving } of findings)
    if (saving !== undefined) counts.set(saving.money.currency, (counts.get(saving.money.currency) ?? 0) + 1)
  return [...counts].toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)).map(([currency]) => currency)
}

/** The sums by currency, the currency of most findings first; undefined if no saving is known. */
export const totalText = (
  findings: readonly Finding[],
  savingOf: (finding: Finding) => Saving | undefined,
): string | undefined => {
  const sums = currenciesOf(findings).flatMap(currency => {
    const amounts = findings.flatMap(finding => {
      const { money } = savingOf(finding) ?? {}
      return money?.currency === currency ? money.amount : []
    })
    const amount = amounts.reduce((all, one) => all + one, 0)
    return amounts.length === 0 ? [] : moneyText({ currency, amount })
  })
  return sums.length === 0 ? undefined : sums.join(' and ')
}

/** `$12.30`, or `CNY 12.30`: another currency is shown as it is. */
export const moneyText = ({ currency, amount }: Money): string => {
  const text = dollars(amount)
  const sign = amount < 0 ? '−' : ''
  return currency === 'USD'
    ? `${sign}${text}`
    : `${currency.replace(/[^A-Z]/g, '').slice(0, 3)} ${sign}${text.slice(1)}`
}

/** `0.5 vCPU, 1 GB`. */
export const sizeText = ({ cpu, memory }: Size): string =>
  `${Number((cpu / 1_024).toFixed(3))} vCPU, ${Number((memory / 1_024).toFixed(2))} GB`

/** `0.4 %`, `41 %`. */
export const percent = (value: number): string => `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`
