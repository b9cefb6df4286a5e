// The log streams of a follow. For a service they are the streams of its tasks, which change during the follow.

import type { Readers } from '../../commands/readers.ts'
import { byGroup, type Group } from '../../features/logs/load-service-logs.ts'
import { chooseSources, type Source } from '../../features/logs/log-sources.ts'
import { wholeId } from '../../features/services/find-task.ts'
import { isRefusal } from '../../model/errors.ts'
import type { Follow } from './follow.ts'

/** The interval at which the service's tasks are listed. */
const REFRESH_MS = 30_000

export const createSources = (follow: Follow, read: Pick<Readers, 'logTasks'>) => {
  const { of } = follow
  const sources = new Map<string, Source>()
  let groups: readonly Group[] = []
  let refreshAt = 0
  let isPartial = false
  const current = async (): Promise<readonly Group[]> => {
    if (!('service' in of)) return [{ ...of, streams: [] }]
    const found = await read.logTasks(of, wholeId(follow.task))
    isPartial = found.isPartial
    const chosen = chooseSources(of, found.tasks, { ...follow, span: { from: follow.since, words: 'the last hour' } })
    // A refusal is ignored, because a service may temporarily have no tasks.
    if (!isRefusal(chosen)) for (const source of chosen.sources) sources.set(source.stream, source)
    return [...byGroup([...sources.values()]).values()]
  }
  return {
    ref: { accountId: of.accountId, service: 'service' in of ? of.service : of.group },
    groups: () => groups,
    sources: () => [...sources.values()],
    /** Whether the service has more tasks than are followed. */
    isPartial: () => isPartial,
    /** Lists the streams again; returns true if the log groups have changed. */
    refresh: async (at: number): Promise<boolean> => {
      if (at < refreshAt) return false
      const found = await current()
      refreshAt = at + REFRESH_MS
      const isChanged = JSON.stringify(found) !== JSON.stringify(groups)
      groups = found
      return isChanged
    },
    /** Forgets the streams, so that the next refresh returns all of them as new. */
    forget: (): void => {
      groups = []
      refreshAt = 0
    },
  }
}
