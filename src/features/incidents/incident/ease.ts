// Confirms an incident, so that the approval rules for incidents hold: recorded in the audit first, once a day for a service.

import { type AuditRecord, record, recordsSince } from '../../../engine/audit/audit.ts'
import { SYSTEM } from '../../../engine/rules/asker.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { MOST_MINUTES } from '../../../engine/rules/incidents/incident-rule.ts'
import { type Eased, INCIDENTS, type OpenIncident, openKey } from '../../../engine/rules/incidents/open-incidents.ts'
import { timeMark } from '../../../kit/messages/markup.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { Key, Store } from '../../../model/ports/store.ts'
import type { Problem } from '../problems/problem.ts'
import { type Incident, updateIncident } from './incident.ts'

const MINUTE_MS = 60_000
const DAY_SECONDS = 86_400

export const hasVariant = ({ consent }: Config): boolean => consent.some(({ incident }) => incident !== undefined)

/** A service has one such time a day: closing and opening again renews nothing. */
const dayKey = ({ ref }: Incident): Key => ({ pk: INCIDENTS, sk: `eased#${ref.arn}` })

type Ports = { readonly store: Store; readonly now: () => string }

/**
 * Lets the rules hold from now on, if they do not yet. `why`: the end of a sentence. Returns false where the incident is over, and where
 * the service has had its time.
 */
export const ease = async (
  incident: Incident,
  { why, responder }: { readonly why: string; readonly responder?: string },
  config: Config,
  { store, now }: Ports,
): Promise<boolean> => {
  const minutes = Math.min(MOST_MINUTES, config.incidents.longestMinutes)
  const until = new Date(Date.parse(incident.at) + minutes * MINUTE_MS).toISOString()
  const open = await store.get<OpenIncident>(openKey(incident.ref))
  if (open?.value.incident !== incident.id || open.value.isClaimed === true || now() >= until) return false
  if (open.value.eased !== undefined) return keep(open.value.eased)
  const day = Math.floor(Date.parse(now()) / 1_000) + DAY_SECONDS
  const isFirst = await store.create(dayKey(incident), { incident: incident.id }, day)
  const holder = isFirst ? incident.id : (await store.get<{ incident: string }>(dayKey(incident)))?.value.incident
  if (holder !== incident.id) return false
  const eased: Eased = { since: now(), until, ...(responder !== undefined && { responder }) }
  await record(store, incident.ref.accountId, {
    ...{ id: `${incident.id}-eased`, kind: 'setting', at: now(), actor: SYSTEM.actor, corporateId: SYSTEM.corporateId },
    ...{ invocation: 'incident', target: incident.ref.arn, operation: incident.id, configVersion: config.version },
    text: `The approval rules for incidents hold until ${timeMark(until)}: ${why}.`,
  })
  return (await store.replace(open.key, { ...open.value, eased }, open.version)) && keep(eased)

  /** For the card and the review. */
  async function keep(held: Eased): Promise<boolean> {
    await updateIncident(incident.id, current => ({ ...current, eased: current.eased ?? held }), store)
    return true
  }
}

/** What happened this long before a problem may have caused it. */
const BEFORE_MS = 60 * MINUTE_MS

/** Alarms also watch for what is usual, such as few requests; retirements and Spot interruptions come by themselves. */
const SIGNALS: readonly Problem['cause']['kind'][] = ['service', 'registry', 'capacity', 'zone']

/**
 * An open problem of the service that Quarterdeck did not cause: from an hour before its first sign to its last, Quarterdeck changed
 * nothing of the service, and the opener nothing of the account. `openersSince`: the audit's records of the opener.
 */
export const signalOf = async (
  { ref }: Incident,
  problems: readonly Problem[],
  openersSince: (from: string) => Promise<readonly AuditRecord[] | 'too many'>,
  store: Pick<Store, 'list'>,
): Promise<Problem | undefined> => {
  for (const problem of problems) {
    const part = problem.parts[ref.arn]
    if (problem.state !== 'open' || part === undefined || !SIGNALS.includes(problem.cause.kind)) continue
    const from = new Date(Date.parse(part.first) - BEFORE_MS).toISOString()
    const isCause = ({ kind, at, outcome }: AuditRecord): boolean =>
      kind !== 'setting' && (kind !== 'ended' || outcome === 'unknown') && at >= from && at <= part.last
    const own = (await recordsSince(store, ref.arn, from)).some(isCause)
    const openers = own ? 'too many' : await openersSince(from)
    if (openers !== 'too many' && !openers.some(isCause)) return problem
  }
  return undefined
}

/** `the problem “out of memory”`, in plain words. */
export const signalText = ({ parts }: Problem, { ref }: Incident): string =>
  `a problem that Quarterdeck did not cause (${plainName(parts[ref.arn]?.words ?? 'open', 80)})`
