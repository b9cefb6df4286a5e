// Reads from the call log what changed in AWS and in the store, and who changed it.

import type { LoggedCall } from '../../sandbox/aws/wire/call-log.ts'
import type { Approval } from '../../src/engine/change/approval.ts'
import type { ServiceMutex } from '../../src/engine/change/records.ts'
import type { LeaseBook } from '../../src/engine/leases/book.ts'
import type { Holding } from '../../src/engine/leases/holding.ts'
import type { PlaceLock } from '../../src/engine/rules/rule-inputs.ts'
import type { ActiveLease, Value, Write } from './evidence.ts'
import type { Watch } from './watch-state.ts'

const CHANGES = [
  'UpdateService',
  'RegisterScalableTarget',
  'StopServiceDeployment',
  'ExecuteCommand',
  'TagResource',
  'UntagResource',
  'TerminateSession',
] as const

export const noteCall = (call: LoggedCall, seen: Watch): void => {
  seen.calls += 1
  if (call.service === 'dynamodb') noteItem(call, seen)
  if (CHANGES.some(action => action === call.action)) noteChange(writeOf(call, seen), seen)
  seen.scale.noteOrder(call.id)
}

const noteChange = (write: Write, seen: Watch): void => {
  seen.writes.push(write)
  if (write.isDone) seen.scale.noteWrite(write)
}

const writeOf = (call: LoggedCall, seen: Watch): Write => {
  const [, role = '', operation = ''] =
    /assumed-role\/quarterdeck-(\w+)\/[UW][A-Z0-9]+-([0-9a-f]{40})$/.exec(call.arn) ?? []
  const { id: order, at, action } = call
  const input = call.input as Write['input']
  return { order, at, operation, action, role, place: placeIn(call, seen), input, isDone: isDone(call) }
}

/** `account/region/cluster/service`, from each call's own parameters. */
const placeIn = ({ account, region, input }: LoggedCall, { scale }: Watch): string => {
  const { service, serviceDeploymentArn, ResourceId, ...rest } = input as Readonly<Record<string, unknown>>
  const task = rest['task'] ?? rest['resourceArn']
  if (task !== undefined) return scale.placeOfTask(String(task).split('/').at(-1) ?? '')
  if (ResourceId !== undefined) return `${account}/${region}/${String(ResourceId).replace(/^service\//, '')}`
  return placeOfArn(String(service ?? serviceDeploymentArn))
}

/** The place of a service's ARN, or of a resource of a service. */
const placeOfArn = (arn: string): string => {
  const [, , , region, account, rest = ''] = arn.split(':')
  const [, cluster, service] = rest.split('/')
  return `${account}/${region}/${cluster}/${service}`
}

/** AWS applied it: its answer says so, or was lost. */
const isDone = ({ status, fault = '', errorCode }: LoggedCall): boolean =>
  status === 200 || (fault.startsWith('after') && errorCode === undefined)

type Attributes = Readonly<Record<string, { readonly S?: string; readonly N?: string } | undefined>>

const noteItem = (call: LoggedCall, seen: Watch): void => {
  const { Item, Key } = call.input as { readonly Item?: Attributes; readonly Key?: Attributes }
  const attributes = Item ?? Key ?? {}
  const [pk, sk] = [attributes['pk']?.S ?? '', attributes['sk']?.S ?? '']
  if (call.action === 'DeleteItem') noteRemoval({ pk, sk }, call, seen)
  if (call.action !== 'PutItem' || !isDone(call)) return
  const value: unknown = readValue(attributes['value']?.S)
  const { id: order, at } = call
  if (pk.startsWith('audit#')) seen.auditWrites.push({ order, id: (value as { id: string }).id })
  if (pk === 'leases') seen.books.push({ order, place: placeOfArn(sk), leases: heldIn(value as LeaseBook) })
  if (pk.startsWith('lock#'))
    seen.lockChanges.push({
      order,
      at,
      place: placeOfArn(pk.slice('lock#'.length)),
      operation: (value as ServiceMutex).operation,
      until: Number(attributes['until']?.N) * 1_000,
    })
  if (call.status !== 200) return
  if (sk === 'approval') seen.approvals.push(value as Approval)
  if (pk === 'halt') seen.halts.push({ from: at, until: Number.POSITIVE_INFINITY })
  if (pk === 'holds') seen.holds.push({ from: at, ...holdOf(value as PlaceLock) })
}

/** The log cuts texts over four thousand characters; the simulation reads none of those. */
const readValue = (text = 'null'): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

const QUANTITIES = { count: 'count', floor: 'bounds', suspension: 'suspended' } as const

/** The simulation draws no temporary change of capacity. */
export type Drawn = Exclude<Holding, { kind: 'capacity' }>

const heldIn = ({ held }: LeaseBook): readonly ActiveLease[] =>
  Object.values(held).flatMap(({ leases }) =>
    leases.flatMap(({ operation, holding, until, endedBy, left }) =>
      holding.kind === 'capacity'
        ? []
        : [
            {
              operation,
              ...leaseIn(holding),
              until: Date.parse(until),
              ...(endedBy !== undefined && { endedBy: endedBy.user }),
              isLeft: left !== undefined,
            },
          ],
    ),
  )

/** For bounds, only the minimum. */
const holdingIn = (holding: Drawn): Value => {
  switch (holding.kind) {
    case 'count':
      return [holding.tasks]
    case 'floor':
      return [holding.min]
    case 'suspension':
      return [holding.in, holding.out, holding.scheduled].map(Number)
  }
}

export const leaseIn = (holding: Drawn) => ({
  quantity: QUANTITIES[holding.kind],
  holding: holdingIn(holding),
})

const holdOf = ({ name, scope, until }: PlaceLock) => ({
  name,
  scope,
  until: until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until),
})

/** A removal ends a lock here even when its answer was lost: lenient, not strict. */
const noteRemoval = ({ pk, sk }: { pk: string; sk: string }, call: LoggedCall, seen: Watch): void => {
  const { id: order, at } = call
  const spans = pk === 'halt' ? seen.halts : pk === 'holds' ? seen.holds.filter(({ name }) => name === sk) : []
  for (const span of spans) span.until = Math.min(span.until, at)
  if (!isDone(call)) return
  if (pk === 'leases') seen.books.push({ order, place: placeOfArn(sk), leases: [] })
  if (pk.startsWith('lock#')) seen.lockChanges.push({ order, at, place: placeOfArn(pk.slice('lock#'.length)) })
}
