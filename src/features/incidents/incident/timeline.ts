// The timeline of an incident, from the audit: what Quarterdeck did on the incident's service, and what people noted.

import { type AuditRecord, recordsSince } from '../../../engine/audit/audit.ts'
import { withoutMarkup } from '../../../kit/messages/markup.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { Store } from '../../../model/ports/store.ts'
import type { Who } from '../change.ts'
import { executionsIn, operationChange, personOf } from '../operation-changes.ts'
import type { Incident } from './incident.ts'

/** One line of a timeline. `what`: plain text. `isBad`: whether the action failed. */
export type TimelineEntry = {
  readonly at: string
  readonly what: string
  readonly who?: Who
  readonly isBad: boolean
}

/** The audit has records of a change that ended within this time after the incident. */
const AFTER_MS = 60_000
const LONGEST = 400

/** From the opening to the end, oldest first. */
export const loadTimeline = async (
  incident: Incident,
  store: Pick<Store, 'list'>,
): Promise<readonly TimelineEntry[]> => {
  const records = await recordsSince(store, incident.ref.arn, incident.at)
  const { closed } = incident
  const until = closed === undefined ? undefined : new Date(Date.parse(closed.at) + AFTER_MS).toISOString()
  const entries = timelineOf(
    records.filter(({ at }) => until === undefined || at <= until),
    incident,
  )
  const { began } = incident
  return began === undefined ? entries : [{ at: began, what: 'The problem began.', isBad: false }, ...entries]
}

/**
 * Pure: converts audit records to the lines of a timeline. `records`: the records of the incident's service, oldest
 * first.
 */
export const timelineOf = (records: readonly AuditRecord[], { ref }: Incident): readonly TimelineEntry[] => {
  const settings = records.filter(({ kind }) => kind === 'setting')
  const changes = records.filter(({ kind }) => kind !== 'setting')
  const begun = new Set(changes.flatMap(({ kind, operation }) => (kind === 'intent' ? [operation] : [])))
  const neverRun = changes.filter(
    ({ kind, operation, outcome }) => kind === 'ended' && outcome !== 'unknown' && !begun.has(operation),
  )
  return [
    ...settings.map(({ at, text = '' }) => ({ at, what: line(text), isBad: false })),
    ...executionsIn(changes).map(execution => {
      const { at, what, who, isBad } = operationChange(execution, ref)
      return { at, what, who, isBad }
    }),
    ...neverRun.map(record => ({
      at: record.at,
      what: line(`/ecs ${record.invocation} · ${record.outcome ?? 'ended'}`),
      who: personOf(record),
      isBad: false,
    })),
  ].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

const line = (text: string): string => plainName(withoutMarkup(text), LONGEST)

/** Who did it, without approvers; undefined for a line that names its person. */
export const whoText = (who: Who | undefined): string | undefined => {
  if (who === undefined || who.kind === 'unknown') return undefined
  if (who.kind !== 'person') return plainName(who.name, 80)
  return `${plainName(who.name, 60)}${who.isBreakGlass ? ', breaking glass' : ''}`
}

/**
 * The times to acknowledge, to mitigate and to resolve, in words. They are counted from the beginning of the problem,
 * if it is known.
 */
export type Times = {
  readonly from: string
  readonly isFromProblem: boolean
  readonly acknowledged?: string
  readonly mitigated?: string
  readonly resolved?: string
}

export const timesOf = ({ at, began, acknowledged, mitigated, closed }: Incident): Times => {
  const from = began ?? at
  return {
    from,
    isFromProblem: began !== undefined,
    ...(acknowledged && { acknowledged: tookText(from, acknowledged.at) }),
    ...(mitigated && { mitigated: tookText(from, mitigated.at) }),
    ...(closed && { resolved: tookText(from, closed.at) }),
  }
}

/** The time between two moments in words: `44 s`, `12 min`, `3 h 5 min`. */
export const tookText = (from: string, to: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`
}
