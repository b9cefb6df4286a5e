// Checks a request to follow logs before the follow starts, so that the asker is told about problems at once.
import type { Asker } from '../../engine/rules/asker.ts'
import type { GroupRef, GroupTarget } from '../../kit/language/log-target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { straightQuotes } from './filter-pattern.ts'
import { loadLogs } from './load-logs.ts'
import type { LogsAsked } from './logs-request.ts'
import type { LogReads, SessionGroupReads } from './reads.ts'

type Reads = Pick<LogReads, 'logTasks' | 'logLines' | 'sessionGroups'> & SessionGroupReads

export type FollowAsked = {
  readonly of: ServiceRef | GroupRef
  readonly zone: string
  readonly filter?: string
  readonly container?: string
  readonly task?: string
  readonly minutes: number
  /** How far back the follow starts, in milliseconds. */
  readonly sinceMs: number
  /** Whether the follow is posted to the channel instead of the asker's direct messages. */
  readonly isShared: boolean
}

const MOST_MINUTES = 60
/** How far back a follow starts by default, in minutes. */
const USUAL_SINCE_MINUTES = 1

type Asked = LogsAsked & {
  readonly service: ServiceRef | GroupTarget
  readonly follow?: number
  readonly share?: true
}

/** The log follow to start; undefined without `--follow`. */
export const askToFollow = async (
  { service, follow, share, ...asked }: Asked,
  read: Reads,
  asker: Asker,
): Promise<FollowAsked | Refusal | undefined> => {
  if (follow === undefined) return undefined
  if (asked.around !== undefined || asked.previous)
    return refuse('`--follow` shows new lines.', 'Leave out `--around` and `--previous`.')
  if (follow > MOST_MINUTES) return refuse('A follow lasts at most 1 hour.', 'Start another one when it ends.')
  const since = asked.since ?? USUAL_SINCE_MINUTES
  const state = await loadLogs(service, { ...asked, since, ...(share && { share }) }, { read, asker })
  if (isRefusal(state)) return state
  const now = Date.parse(asker.facts.now)
  const { account, accountId, region, name } = state.place
  return {
    of: 'service' in service ? service : { account, accountId, region, group: name },
    zone: state.zone,
    minutes: follow,
    sinceMs: now - state.span.from,
    isShared: share ?? false,
    ...(asked.filter !== undefined && { filter: straightQuotes(asked.filter) }),
    ...(asked.container !== undefined && { container: asked.container }),
    ...(asked.task !== undefined && { task: asked.task }),
  }
}
