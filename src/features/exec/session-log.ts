// Whether the log of a session would really be kept: the cluster says where, and the task role writes it.
import type { ExecSite, LogPlace } from './site.ts'
import { mendsOf, type TaskRole } from './task-role.ts'

type Log = Pick<ExecSite, 'log' | 'logGroup' | 'logBucket'>

const isLost = (place: LogPlace, role: TaskRole | undefined): boolean =>
  role?.denied.some(({ loses }) => loses === place) ?? false

/** Those of the cluster's own places that its role may write to. */
export const keptIn = (
  { logGroup, logBucket }: Log,
  role: TaskRole | undefined,
): Pick<Log, 'logGroup' | 'logBucket'> => ({
  ...(logGroup !== undefined && !isLost('group', role) && { logGroup }),
  ...(logBucket !== undefined && !isLost('bucket', role) && { logBucket }),
})

const namesItsOwn = ({ logGroup, logBucket }: Log): boolean => (logGroup ?? logBucket) !== undefined

/** It may write to none of the places that there are. */
export const keepsNothing = (log: Log, role: TaskRole): boolean => namesItsOwn(log) && !namesItsOwn(keptIn(log, role))

/** Also what AWS asks for and its agent does without: who mends the one mends the other. */
export const mendsOfLog = (role: TaskRole): readonly string[] => [
  ...mendsOf(
    role,
    role.denied.filter(({ loses }) => loses !== undefined),
  ).map(({ what, fix }) => `${what}: ${fix}`),
  ...(role.denied.some(({ loses, by }) => loses === 'bucket' && by === 'silence') ? [UNSEEN] : []),
]

const UNSEEN = 'a policy of the bucket itself may still allow it, which a simulation does not see'

/** Consent binds to it. */
export const logBound = (log: Log, roles: readonly TaskRole[]): string =>
  [
    log.log ?? '',
    ...roles.flatMap(role => lostPlaces(log, role).map(place => `${place} may not be written by ${role.name}`)),
  ].join(', ')

/** What the card says of it, each of its roles by itself. */
export const logLines = (log: Log, roles: readonly TaskRole[]): readonly string[] => {
  if (log.log === undefined) return ['*Amazon ECS keeps no log of it.*']
  const isNowhere = roles.length > 0 && roles.every(role => keepsNothing(log, role))
  return [
    ...(isNowhere ? [] : [`Amazon ECS keeps what happens in ${log.log}.`]),
    ...roles.flatMap(role => lineOf(log, role)),
  ]
}

const lostPlaces = ({ logGroup, logBucket }: Log, role: TaskRole): readonly string[] => [
  ...(logGroup !== undefined && isLost('group', role) ? [`log group ${logGroup}`] : []),
  ...(logBucket !== undefined && isLost('bucket', role) ? [`bucket ${logBucket.name}`] : []),
]

const lineOf = (log: Log, role: TaskRole): readonly string[] => {
  const mends = mendsOfLog(role).join('; ')
  if (mends === '') return []
  if (keepsNothing(log, role)) return [`*Nothing of this session would be kept*: ${mends}.`]
  const [lost] = lostPlaces(log, role)
  return lost === undefined
    ? [`AWS asks for more than what its agent is known to need for the log: ${mends}.`]
    : [`Nothing of this session would reach ${lost}: ${mends}.`]
}
