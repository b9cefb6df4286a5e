// Confirms an incident. From then on, the approval rules for incidents apply. The confirmation is recorded in the audit
// first, and is possible once a day per service.

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

/**
 * The key of the item that limits a service to one confirmed incident a day. Closing the incident and opening another
 * one does not renew the time.
 */
const dayKey = ({ ref }: Incident): Key => ({ pk: INCIDENTS, sk: `eased#${ref.arn}` })

type Ports = { readonly store: Store; readonly now: () => string }

/**
 * Applies the approval rules for incidents from now on, unless they apply already. `why`: the reason, as the end of a
 * sentence. Returns false if the incident is no longer open, if its maximum time is over, or if another incident of the
 * service was confirmed on the same day.
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

  /** Copies the times into the incident, because the card and the review show them. */
  async function keep(held: Eased): Promise<boolean> {
    await updateIncident(incident.id, current => ({ ...current, eased: current.eased ?? held }), store)
    return true
  }
}

/** How long before the first sign of a problem a change may have been made that caused the problem. */
const BEFORE_MS = 60 * MINUTE_MS

/**
 * The causes of problems that can confirm an incident. Alarms are not among them, because an alarm may also report a
 * usual state, such as few requests. Retirements and Spot interruptions are not among them, because they also occur
 * without an incident.
 */
const SIGNALS: readonly Problem['cause']['kind'][] = ['service', 'registry', 'capacity', 'zone']

/**
 * Finds an open problem of the service that Quarterdeck did not cause. From an hour before the problem's first sign
 * until its last sign, Quarterdeck made no change to the service, and the person who opened the incident made no change
 * in the account. `openersSince`: reads the audit records of that person.
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

/** The problem in plain words, as the reason of the confirmation. */
export const signalText = ({ parts }: Problem, { ref }: Incident): string =>
  `a problem that Quarterdeck did not cause (${plainName(parts[ref.arn]?.words ?? 'open', 80)})`
