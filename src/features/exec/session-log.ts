// Pure: whether a session would be logged. The cluster configures the destination, and the task role must be allowed to
// write to it.
import type { ExecSite, LogPlace } from './site.ts'
import { fixesOf, type TaskRole } from './task-role.ts'

type Log = Pick<ExecSite, 'log' | 'logGroup' | 'logBucket'>

const isLost = (place: LogPlace, role: TaskRole | undefined): boolean =>
  role?.denied.some(({ loses }) => loses === place) ?? false

/** The cluster's log destinations that the task role may write to. */
export const writableLogs = (
  { logGroup, logBucket }: Log,
  role: TaskRole | undefined,
): Pick<Log, 'logGroup' | 'logBucket'> => ({
  ...(logGroup !== undefined && !isLost('group', role) && { logGroup }),
  ...(logBucket !== undefined && !isLost('bucket', role) && { logBucket }),
})

const hasDestination = ({ logGroup, logBucket }: Log): boolean => (logGroup ?? logBucket) !== undefined

/** Whether the role may write to none of the cluster's log destinations. */
export const logsNothing = (log: Log, role: TaskRole): boolean =>
  hasDestination(log) && !hasDestination(writableLogs(log, role))

/** Fixes for missing log permissions, including permissions that AWS documents but its agent does not need. */
export const logFixes = (role: TaskRole): readonly string[] => [
  ...fixesOf(
    role,
    role.denied.filter(({ loses }) => loses !== undefined),
  ).map(({ what, fix }) => `${what}: ${fix}`),
  ...(role.denied.some(({ loses, by }) => loses === 'bucket' && by === 'silence') ? [UNSEEN] : []),
]

const UNSEEN = 'the bucket’s own policy may still allow it, which the IAM simulation does not check'

/** Where the session is logged, as a text on which approvals depend. */
export const logBound = (log: Log, roles: readonly TaskRole[]): string =>
  [
    log.log ?? '',
    ...roles.flatMap(role => lostPlaces(log, role).map(place => `${place} may not be written by ${role.name}`)),
  ].join(', ')

/** The lines about session logging on the card, including one for each role with missing permissions. */
export const logLines = (log: Log, roles: readonly TaskRole[]): readonly string[] => {
  if (log.log === undefined) return ['*ECS does not log the session.*']
  const isNowhere = roles.length > 0 && roles.every(role => logsNothing(log, role))
  return [...(isNowhere ? [] : [`ECS logs the session in ${log.log}.`]), ...roles.flatMap(role => lineOf(log, role))]
}

const lostPlaces = ({ logGroup, logBucket }: Log, role: TaskRole): readonly string[] => [
  ...(logGroup !== undefined && isLost('group', role) ? [`log group ${logGroup}`] : []),
  ...(logBucket !== undefined && isLost('bucket', role) ? [`bucket ${logBucket.name}`] : []),
]

const lineOf = (log: Log, role: TaskRole): readonly string[] => {
  const fixes = logFixes(role).join('; ')
  if (fixes === '') return []
  if (logsNothing(log, role)) return [`*The session would not be logged*: ${fixes}.`]
  const [lost] = lostPlaces(log, role)
  return lost === undefined
    ? [`AWS recommends more log permissions than its agent needs: ${fixes}.`]
    : [`The session would not be logged to ${lost}: ${fixes}.`]
}
