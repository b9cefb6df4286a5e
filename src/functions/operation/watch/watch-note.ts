// The note that a service is watched after a deployment: another change of size is refused until its end.

import { type ServiceWatch, watchKey } from '../../../engine/change/records.ts'
import { withoutMarkup } from '../../../kit/messages/markup.ts'
import type { Story } from '../story.ts'

/** A newer watch takes the note over. The note of a dead execution goes by itself. `until`: ISO 8601. */
export const noteWatch = async ({ job, ports: { store }, face: { plan } }: Story, until: string): Promise<void> => {
  const key = watchKey(plan.target.arn)
  const note: ServiceWatch = { operation: job.id, what: withoutMarkup(plan.title), until }
  const seconds = Math.ceil(Date.parse(until) / 1_000)
  const before = await store.get<ServiceWatch>(key)
  if (before === undefined) await store.create(key, note, seconds)
  else await store.replace(key, note, before.version, seconds)
}

export const forgetWatch = async ({ job, ports: { store }, face: { plan } }: Story): Promise<void> => {
  const note = await store.get<ServiceWatch>(watchKey(plan.target.arn))
  if (note?.value.operation === job.id) await store.remove(note.key, note.version)
}
