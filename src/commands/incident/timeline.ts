// /ecs incident timeline: what was done and noted during an incident; without one, the incidents that are open.

import type { LeaseBook } from '../../engine/leases/book.ts'
import { bookKey } from '../../engine/leases/book-store.ts'
import { accessOf } from '../../engine/rules/access.ts'
import { findIncidents } from '../../features/incidents/incident/find-incident.ts'
import type { Incident } from '../../features/incidents/incident/incident.ts'
import { reviewFile } from '../../features/incidents/incident/markdown.ts'
import {
  renderOpenIncidents,
  renderTimeline,
  type TimelineState,
} from '../../features/incidents/incident/render-timeline.ts'
import { loadTimeline } from '../../features/incidents/incident/timeline.ts'
import { refuse } from '../../model/errors.ts'
import { query } from '../command.ts'

type State = (TimelineState & { readonly book: LeaseBook | undefined }) | readonly Incident[]

export const incidentTimeline = query({
  name: 'incident timeline',
  summary: 'Show what was done and noted during an incident, or the open incidents',
  args: { incident: { kind: 'printed', optional: true } },
  options: { file: { kind: 'flag', hint: 'as a Markdown file in your direct messages' } },
  examples: ['incident timeline', 'incident timeline 8fac260597f6 --file'],
  reads: [],
  load: async ({ incident: id }, _read, { store, channel, who, config, facts }) => {
    const maySee = ({ ref }: Incident): boolean => accessOf(who.actor, 'viewer', ref, config, facts).kind === 'allowed'
    const { own, open } = await findIncidents({ channel, id }, maySee, store)
    if (id !== undefined && own === undefined)
      return refuse('No incident has that id.', '`/ecs incident timeline` lists the open ones.')
    if (own === undefined) return open
    const book = (await store.get<LeaseBook>(bookKey(own.ref.arn)))?.value
    return { incident: own, entries: await loadTimeline(own, store), book }
  },
  render: (state: State) => ('incident' in state ? renderTimeline(state) : renderOpenIncidents(state)),
  file: (state: State, { file }) =>
    file === true && 'incident' in state ? reviewFile(state.incident, state.entries, state.book) : undefined,
})
