// Whether something can be followed: what is said of it at once is not found out minutes later.
import type { Asker } from '../../engine/rules/asker.ts'
import type { GroupRef, GroupTarget } from '../../kit/language/log-target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { type LogsAsked, loadLogs, straight } from './load-logs.ts'
import type { LogReads } from './reads.ts'

type Reads = Pick<LogReads, 'logTasks' | 'logLines'>

export type FollowAsked = {
  readonly of: ServiceRef | GroupRef
  readonly zone: string
  readonly filter?: string
  readonly container?: string
  readonly task?: string
  readonly minutes: number
  /** How far back it begins. */
  readonly sinceMs: number
  /** To the channel where it was asked, not to the asker alone. */
  readonly isShared: boolean
}

const MOST_MINUTES = 60
/** What was written just before is where one begins to read. */
const USUAL_SINCE_MINUTES = 1

type Asked = LogsAsked & {
  readonly service: ServiceRef | GroupTarget
  readonly follow?: number
  readonly share?: true
}

export const askToFollow = async (
  { service, follow, share, ...asked }: Asked,
  read: Reads,
  own: Asker,
): Promise<FollowAsked | Refusal | undefined> => {
  if (follow === undefined) return undefined
  if (asked.around !== undefined || asked.previous)
    return refuse('`--follow` is about what comes.', 'Leave `--around` and `--previous` out.')
  if (follow > MOST_MINUTES) return refuse('A follow lasts at most an hour.', 'Ask again when it is over.')
  const since = asked.since ?? USUAL_SINCE_MINUTES
  const state = await loadLogs(service, { ...asked, since }, { read, own })
  if (isRefusal(state)) return state
  const { account, accountId, region, name } = state.place
  return {
    of: 'service' in service ? service : { account, accountId, region, group: name },
    zone: state.zone,
    minutes: follow,
    sinceMs: since * 60_000,
    isShared: share ?? false,
    ...(asked.filter !== undefined && { filter: straight(asked.filter) }),
    ...(asked.container !== undefined && { container: asked.container }),
    ...(asked.task !== undefined && { task: asked.task }),
  }
}
