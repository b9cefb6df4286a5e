// Confirms an incident by a problem that Quarterdeck did not cause. What cannot be read confirms nothing.

import { type AuditRecord, chainKey } from '../../../engine/audit/audit.ts'
import { ease, hasVariant, signalOf, signalText } from '../../../features/incidents/incident/ease.ts'
import { type Incident, readIncident } from '../../../features/incidents/incident/incident.ts'
import type { Problem } from '../../../features/incidents/problems/problem.ts'
import { PROBLEMS } from '../../../features/incidents/problems/problem.ts'
import type { Looking } from './ports.ts'

const MOST_RECORDS = 500

export const confirm = async (incident: Incident, { config, ports }: Looking): Promise<Incident> => {
  if (!hasVariant(config) || incident.eased !== undefined || incident.closed !== undefined) return incident
  const { store } = ports
  const problems = (await store.list<Problem>(PROBLEMS)).map(({ value }) => value)
  const opener = config.people[incident.by.user]
  const openersSince = async (from: string): Promise<readonly AuditRecord[] | 'too many'> => {
    const latest = await store.list<AuditRecord>(chainKey(incident.ref.accountId), {
      newestFirst: true,
      limit: MOST_RECORDS,
    })
    const oldest = latest.at(-1)?.value.at
    if (latest.length >= MOST_RECORDS && oldest !== undefined && oldest > from) return 'too many'
    return latest.map(({ value }) => value).filter(({ corporateId }) => corporateId === opener)
  }
  const signal = opener === undefined ? undefined : await signalOf(incident, problems, openersSince, store)
  if (signal === undefined || !(await ease(incident, { why: signalText(signal, incident) }, config, ports)))
    return incident
  return (await readIncident(incident.id, store)) ?? incident
}
