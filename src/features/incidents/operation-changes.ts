// Pure: converts Quarterdeck's operations on a service, as the audit records them, to changes: who requested, who
// approved, and the outcome.

import type { AuditRecord } from '../../engine/audit/audit.ts'
import { fullName } from '../../kit/language/target.ts'
import { cut, withoutMarkup } from '../../kit/messages/markup.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Change, Who } from './change.ts'

/**
 * One execution of an operation. A temporary change has two executions: the change and its revert. `until`: when the
 * execution ended.
 */
export type Execution = {
  readonly operation: string
  readonly at: string
  readonly until?: string
  readonly record: AuditRecord
  readonly end?: AuditRecord
}

/**
 * Finds the executions in audit records. `records` and the result: oldest first. An outcome record without an intent
 * record also counts as an execution. An `ended` record without an intent record, such as that of a rejected request,
 * counts only if its outcome is unknown, because otherwise nothing was changed.
 */
export const executionsIn = (records: readonly AuditRecord[]): readonly Execution[] => {
  const found: Execution[] = []
  for (const record of records) {
    const { kind, operation, at } = record
    // Setting records, such as what people say about an incident, do not change the service.
    if (kind === 'setting') continue
    const open = found.findLastIndex(one => one.operation === operation && one.end === undefined)
    const begun = found[open]
    const isEnd = kind === 'outcome' || kind === 'ended'
    if (isEnd && begun?.record.kind === 'intent') found[open] = { ...begun, until: at, end: record }
    else if (kind !== 'ended' || record.outcome === 'unknown') found.push({ operation, at, record })
  }
  return found
}

/** The verbs that start a deployment. */
const DEPLOYS = /^(?:restart|rollback|deploy|capacity|exec enable)\b/

/** The assumed duration of an execution whose end is not known. */
const OPEN_MS = 120_000
const SLACK_MS = 2_000

/** Whether the execution was running at the time `time` (ISO 8601) and its verb starts a deployment. */
export const mayHaveDeployed = ({ at, until, record }: Execution, time: string): boolean => {
  const [begin, end] = [Date.parse(at), until === undefined ? Date.parse(at) + OPEN_MS : Date.parse(until)]
  const then = Date.parse(time)
  return (
    record.kind === 'intent' && DEPLOYS.test(record.invocation) && then >= begin - SLACK_MS && then <= end + SLACK_MS
  )
}

export const personOf = ({ actor, voters = [], isBreakGlass }: AuditRecord): Who => ({
  kind: 'person',
  name: actor.name,
  approvers: voters.filter(voter => voter !== actor.user),
  isBreakGlass: isBreakGlass === true,
})

const BAD = new Set(['failed', 'unknown'])

export const operationChange = ({ at, record, end }: Execution, ref: ServiceRef): Change => {
  const last = end ?? record
  const line = plainName(record.invocation.replaceAll(fullName(ref), ref.service), 120)
  const isBad = BAD.has(last.outcome ?? '')
  const text = isBad || record.kind === 'lease' ? plainName(withoutMarkup(last.text ?? ''), 160) : ''
  const status = last.outcome ?? (record.kind === 'intent' ? 'no outcome recorded yet' : '')
  const ending = [status, text].filter(part => part !== '').join(': ')
  return {
    at,
    what: `/ecs ${line}${beforeText(record)}${ending === '' ? '' : ` · ${ending}`}`,
    brief: `${cut(line, 60)}${isBad ? ` ${status}` : ''}`,
    who: personOf(record),
    isBad,
  }
}

/** The values before the operation, in parentheses, such as ` (tasks was 4)`; empty if none are recorded. */
const beforeText = ({ amounts = {} }: AuditRecord): string => {
  const known = Object.entries(amounts)
  if (known.length === 0) return ''
  const [[name = '', value] = []] = known
  if (known.length === 1 && value !== undefined) return ` (${plainName(name, 30)} was ${value})`
  return ` (${known.map(([one, count]) => `${plainName(one, 30)} was ${count}`).join(', ')})`
}
