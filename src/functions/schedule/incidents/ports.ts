// What the parts of an incident's look use.

import type { Ports } from '../../../commands/ports.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { type Incident, updateIncident } from '../../../features/incidents/incident/incident.ts'
import type { Schedule } from '../../../model/ports/functions.ts'
import type { AskOnCall } from '../../../model/ports/on-call.ts'
import type { Slack } from '../../../model/ports/slack.ts'

export type IncidentPorts = Pick<Ports, 'config' | 'store' | 'slack' | 'now' | 'readers'> & {
  readonly schedule: Schedule
  readonly pagerDuty: AskOnCall
}

export type Looking = { readonly config: Config; readonly slack: Slack; readonly ports: IncidentPorts }

/** Stores what is new of an incident. */
export const save = async (
  incident: Incident,
  added: Partial<Incident>,
  { ports }: Pick<Looking, 'ports'>,
): Promise<Incident> =>
  (await updateIncident(incident.id, current => ({ ...current, ...added }), ports.store)) ?? incident

/** Adds a line about what could not be done; each line once. */
export const addNote = (incident: Incident, note: string, looking: Pick<Looking, 'ports'>): Promise<Incident> =>
  save(incident, { notes: [...(incident.notes ?? []).filter(one => one !== note), note] }, looking)
