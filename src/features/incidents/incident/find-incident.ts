// Finds the incident that a line means: by its id, else the newest of the channel; and those that are open.

import type { Store } from '../../../model/ports/store.ts'
import { type Incident, incidentsIn, incidentWithId, openIncidents } from './incident.ts'

type Asked = { readonly channel: string; readonly id: string | undefined }

/** `maySee`: whether the asker may view the service: an incident of another does not exist for them. */
export const findIncidents = async (
  { channel, id }: Asked,
  maySee: (incident: Incident) => boolean,
  store: Pick<Store, 'get' | 'list'>,
): Promise<{ readonly own: Incident | undefined; readonly open: readonly Incident[] }> => {
  if (id !== undefined) {
    const found = await incidentWithId(id, store)
    return { own: found !== undefined && maySee(found) ? found : undefined, open: [] }
  }
  const here = (await incidentsIn(channel, store)).filter(maySee)
  const own = here.find(({ closed }) => closed === undefined) ?? here[0]
  return { own, open: own === undefined ? (await openIncidents(store)).filter(maySee) : [] }
}
