// After the end of an incident: the temporary changes that are still open, and the review as a file.

import { type LeaseBook, leasesOf } from '../../../engine/leases/book.ts'
import { bookKey } from '../../../engine/leases/book-store.ts'
import { renderLeases } from '../../../engine/leases/render-leases.ts'
import type { Incident } from '../../../features/incidents/incident/incident.ts'
import { reviewFile } from '../../../features/incidents/incident/markdown.ts'
import { loadTimeline } from '../../../features/incidents/incident/timeline.ts'
import { type Looking, save } from './ports.ts'
import { isElsewhere, postOnce } from './post-once.ts'

/** A function that dies in between sends the file twice: that is better than not at all. */
export const postReview = async (incident: Incident, looking: Looking): Promise<Incident> => {
  const { closed, channel, ref } = incident
  if (closed === undefined || channel === undefined) return incident
  const { store } = looking.ports
  const book = (await store.get<LeaseBook>(bookKey(ref.arn)))?.value
  const told =
    book === undefined || leasesOf(book).length === 0
      ? incident
      : ((await postOnce('leases', renderLeases([book]), incident, looking))?.incident ?? incident)
  const file = reviewFile(told, await loadTimeline(told, store), book)
  const { slack, config } = looking
  await slack.upload({ channel: channel.id }, file).catch((error: unknown) => {
    if (!isElsewhere(error)) throw error
    return slack.upload({ channel: config.channel }, file)
  })
  return save(told, { isReviewed: true }, looking)
}
