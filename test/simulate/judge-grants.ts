// Judges shell access: after a grant ends, nobody has access or an open session.
import type { Evidence, Operation } from './evidence.ts'

type GrantPeriod = { readonly operation: Operation; readonly task: string; readonly from: number; readonly due: number }

const MINUTE_MS = 60_000
/** A grant checks for a halt once a minute. */
const LOOK_MS = MINUTE_MS
/** A few attempts, each with a step's retries. */
const LONGEST_MS = 10 * MINUTE_MS

/** Grants that AWS applied; `due`: when they had to end. */
const grantsIn = (evidence: Evidence): readonly GrantPeriod[] =>
  evidence.operations.flatMap(operation => {
    const { id, grant } = operation
    const tagged = evidence.writes.some(one => one.operation === id && one.action === 'TagResource' && one.isDone)
    if (grant?.from === undefined || !tagged) return []
    const { task, from, minutes } = grant
    const halts = evidence.halts
      .filter(halt => halt.until > from && halt.until - Math.max(halt.from, from) > LOOK_MS)
      .map(halt => Math.max(halt.from, from) + LOOK_MS)
    const revoked = Object.values(evidence.chains)
      .flat()
      .filter(({ kind, operation: of }) => kind === 'lease' && of === id)
      .map(({ at }) => Date.parse(at))
    return [{ operation, task, from, due: Math.min(from + minutes * MINUTE_MS, ...halts, ...revoked) }]
  })

/** The outcome told a person to check. */
const isReported = ({ status, ending }: Operation): boolean => status === 'FAILED' || ending === 'unknown'

/** The tag is removed, or its task has stopped. */
export const grantsEnd = (evidence: Evidence): readonly string[] =>
  grantsIn(evidence)
    .filter(({ operation }) => !isReported(operation))
    .flatMap(({ operation: { id }, task, due }) => {
      const ends = evidence.writes.filter(one => one.operation === id && one.action === 'UntagResource')
      const end = ends.find(({ isDone }) => isDone)?.at
      if (end === undefined)
        return evidence.open.includes(task) ? [`${id} still grants access to ${task}`] : noAttempt(ends.length, id)
      const isExcused = evidence.hadOutage || evidence.jumps.some(jump => jump.from <= end && due <= jump.until)
      const minutes = Math.round((end - due) / MINUTE_MS)
      return isExcused || end - due <= LONGEST_MS ? [] : [`${id} granted access to ${task} ${minutes} min too long`]
    })

const noAttempt = (tries: number, id: string): readonly string[] => (tries > 0 ? [] : [`${id} never removed its tag`])

export const accessEndsWithGrant = (evidence: Evidence): readonly string[] =>
  evidence.execSessions
    .filter(({ operation }) => operation === undefined)
    .flatMap(({ id: session, task, begin, end = Number.POSITIVE_INFINITY }) => {
      const granted = grantsIn(evidence).findLast(one => one.task === task && one.from <= begin)
      if (granted === undefined) return [`${session} is in ${task} without a grant`]
      const isOut = end <= (granted.operation.endedAt ?? 0) || isReported(granted.operation)
      return isOut ? [] : [`${session} is in ${task} after the end of ${granted.operation.id}`]
    })
