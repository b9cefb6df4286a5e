// Gathers the evidence after a run: executions, store, audit, call log and logs.
import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { localUser } from '../../sandbox/aws/wire/credentials.ts'
import type { Execution } from '../../sandbox/lambda/durable/engine.ts'
import { HUB, type Sandbox } from '../../sandbox/sandbox.ts'
import type { AuditRecord } from '../../src/engine/audit/audit.ts'
import type { Face } from '../../src/engine/cards/card.ts'
import type { Approval } from '../../src/engine/change/approval.ts'
import { GRANT_TAG } from '../../src/features/exec/grant.ts'
import type { Evidence, Operation } from './evidence.ts'
import { postedIn } from './watch.ts'
import { type Drawn, leaseIn } from './watch-calls.ts'
import type { Watch } from './watch-state.ts'

type Item = { readonly pk: string; readonly sk: string; readonly until?: number; readonly value: unknown }

export const gather = async (sandbox: Sandbox, seen: Watch): Promise<Evidence> => {
  sandbox.aws.faults.clear()
  const items = await readTable(sandbox)
  const operations = [...sandbox.durable.executions.values()].map(execution => operationOf(execution, items))
  const {
    writes,
    books,
    lockChanges,
    auditWrites,
    approvals,
    inForce,
    halts,
    holds,
    jumps,
    deniedRequests,
    takenOffers,
    archived,
    hadOutage,
  } = seen
  const refused = sandbox.slack.calls.filter(
    ({ method, answer }) => method === 'chat.update' && answer['error'] === 'ratelimited',
  )
  return {
    operations,
    writes,
    history: seen.scale.history,
    books,
    lockChanges,
    execSessions: execSessionsIn(sandbox, seen, items),
    open: openIn(sandbox),
    auditWrites,
    approvals,
    inForce,
    halts,
    holds,
    jumps,
    deniedRequests,
    takenOffers,
    archived: [...archived],
    hadOutage,
    posted: postedIn(seen),
    chains: chainsOf(items),
    locks: items.filter(({ pk, until }) => pk.startsWith('lock#') && isThere(until, sandbox)).map(({ pk }) => pk),
    visibleTexts: [...seen.visibleTexts, ...sandbox.functions.logs.map(({ line }) => line)],
    secrets: [sandbox.botToken, sandbox.signingSecret, ...operations.flatMap(({ callbackIds }) => callbackIds)],
    overdrawn: Math.max(0, refused.length - seen.limits),
  }
}

/** Each command line contains a unique word, which identifies its session. */
const execSessionsIn = ({ aws }: Sandbox, { writes }: Watch, items: readonly Item[]): Evidence['execSessions'] =>
  aws.exec.sessions.list().map(({ id, command, container, startedAt, endedAt }) => {
    const operation = writes.find(({ input }) => input['command'] === command)?.operation
    return {
      id,
      task: container.task.id,
      begin: startedAt,
      isOnFile: items.some(({ pk }) => pk === `exec#${id}`),
      ...(endedAt !== undefined && { end: endedAt }),
      ...(operation !== undefined && { operation }),
    }
  })

const openIn = ({ fleet }: Sandbox): readonly string[] =>
  [...fleet.site(HUB).clusters.values()]
    .flatMap(({ tasks }) => [...tasks.values()])
    .filter(({ tags, lastStatus }) => GRANT_TAG in tags && lastStatus !== 'STOPPED')
    .map(({ id }) => id)

const isThere = (until: number | undefined, { clock }: Sandbox): boolean =>
  until === undefined || until > clock.now() / 1000

const localClient = ({ aws }: Sandbox): DynamoDBClient => {
  const { accessKeyId, secretAccessKey } = localUser
  return new DynamoDBClient({ endpoint: aws.url, region: HUB.region, credentials: { accessKeyId, secretAccessKey } })
}

/** Ends every halt and every lock by a person, as an administrator. */
export const endHaltsAndLocks = async (sandbox: Sandbox): Promise<void> => {
  const items = await readTable(sandbox)
  const client = localClient(sandbox)
  for (const { pk, sk } of items)
    if (pk === 'halt' || pk === 'holds')
      await client.send(new DeleteItemCommand({ TableName: 'quarterdeck', Key: { pk: { S: pk }, sk: { S: sk } } }))
  client.destroy()
}

const readTable = async (sandbox: Sandbox): Promise<readonly Item[]> => {
  const client = localClient(sandbox)
  const items: Item[] = []
  let from: Record<string, { S: string }> | undefined
  do {
    const page = await client.send(
      new ScanCommand({ TableName: 'quarterdeck', ...(from && { ExclusiveStartKey: from }) }),
    )
    for (const { pk, sk, until, value } of page.Items ?? [])
      items.push({
        pk: pk?.S ?? '',
        sk: sk?.S ?? '',
        value: JSON.parse(value?.S ?? 'null'),
        ...(until?.N !== undefined && { until: Number(until.N) }),
      })
    from = page.LastEvaluatedKey as typeof from
  } while (from !== undefined)
  client.destroy()
  return items
}

const chainsOf = (items: readonly Item[]): Evidence['chains'] => {
  const chains: Record<string, AuditRecord[]> = {}
  for (const { pk, value } of items) {
    const [, chain] = /^audit#(.*)$/.exec(pk) ?? []
    if (chain !== undefined) chains[chain] = [...(chains[chain] ?? []), value as AuditRecord]
  }
  for (const records of Object.values(chains)) records.sort((a, b) => a.sequence - b.sequence)
  return chains
}

type Job = { readonly line: string; readonly actor: { readonly user: string } }

const operationOf = (execution: Execution, items: readonly Item[]): Operation => {
  const { name, payload, status, result, error, operations } = execution
  const job = JSON.parse(payload) as Job
  const stored = (sk: string) => items.find(item => item.pk === `operation#${name}` && item.sk === sk)?.value
  const plan = (stored('face') as Face | undefined)?.plan
  const approval = stored('approval') as Approval | undefined
  const steps = [...operations.values()]
  const endedAt = Math.max(...steps.map(({ EndTimestamp = 0 }) => EndTimestamp))
  const endOf = (step: string) => steps.find(({ Name }) => Name === step)?.EndTimestamp
  const [recheckedAt, wokenAt, settledAt, grantedAt] = ['re-check', 'read the decision', 'settle', 'granted'].map(endOf)
  return {
    id: name,
    user: job.actor.user,
    line: job.line,
    status,
    endedAt,
    callbackIds: steps.flatMap(({ CallbackDetails }) => (CallbackDetails ? [CallbackDetails.CallbackId] : [])),
    ...(result !== undefined && { ending: String(JSON.parse(result)) }),
    ...(error !== undefined && { error: JSON.stringify(error) }),
    ...(recheckedAt !== undefined && { recheckedAt }),
    ...(wokenAt !== undefined && { wokenAt }),
    ...(settledAt !== undefined && { settledAt }),
    ...(approval !== undefined && { approval }),
    ...(plan !== undefined && { planned: plan.calls.map(({ input }) => input) }),
    ...(plan?.lease !== undefined && { lease: leaseIn(plan.lease.holding as Drawn) }),
    ...(plan?.grant !== undefined && {
      grant: {
        task: plan.grant.task,
        minutes: plan.grant.minutes,
        ...(grantedAt !== undefined && { from: grantedAt }),
      },
    }),
    decidedAt: steps.flatMap(({ Name = '', EndTimestamp }) =>
      /^put back \d+: decide$/.test(Name) && EndTimestamp !== undefined ? [EndTimestamp] : [],
    ),
  }
}
