// Judges commands in containers: started once, ended with their operations, and reported truthfully.
import type { Evidence } from './evidence.ts'

const isBeginning = ({ action }: Evidence['writes'][number]): boolean => action === 'ExecuteCommand'

export const commandsBeginOnce = ({ operations, writes }: Evidence): readonly string[] =>
  operations.flatMap(({ id }) => {
    const tasks = writes.filter(write => write.operation === id && isBeginning(write)).map(({ input }) => input['task'])
    return tasks.length > new Set(tasks).size ? [`${id} sent ExecuteCommand ${tasks.length} times`] : []
  })

export const noSessionIsLeft = ({ execSessions, operations, hadOutage }: Evidence): readonly string[] =>
  execSessions.flatMap(({ operation: id, id: session, end, isOnFile }) => {
    const operation = operations.find(one => one.id === id)
    if (operation === undefined) return []
    if (end !== undefined && end <= (operation.endedAt ?? 0)) return []
    // When the answer was lost, the session's id is unknown: the outcome tells a person to check.
    const isReported = operation.status === 'FAILED' || operation.ending === 'unknown'
    return isReported && (hadOutage || !isOnFile)
      ? []
      : [`${session} of ${id} (${operation.line}) was open after its operation ended`]
  })

/** The exit status that the outcome must show; simulated commands always exit with it. */
const statusOf = (line: string): number => Number(/ -- exit (\d)$/.exec(line)?.[1] ?? 0)

export const statusIsNeverGuessed = (evidence: Evidence): readonly string[] =>
  evidence.operations
    .filter(({ line }) => line.includes(' -- '))
    .flatMap(({ id, line, ending }) => {
      const status = statusOf(line)
      const card = evidence.posted.findLast(({ operation }) => operation === id)?.text ?? ''
      const [, reportedStatus] = /It ended with status (\d+)/.exec(card) ?? []
      if (ending === 'done' && status !== 0) return [`${id} (${line}) was reported as done`]
      return reportedStatus === undefined || Number(reportedStatus) === status
        ? []
        : [`${id} (${line}) was reported with status ${reportedStatus}`]
    })
