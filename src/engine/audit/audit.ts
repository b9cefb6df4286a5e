// The audit: who changed what, in which role, and who approved it. Records are append-only; each contains the hash of
// the previous one.
import { createHash } from 'node:crypto'
import type { Actor } from '../../model/ecs.ts'
import { canonicalJson, type JsonObject } from '../../model/json.ts'
import type { Store } from '../../model/ports/store.ts'

export type AuditEntry = {
  /** Unique for each event of an operation. An id is recorded only once, even if its step is retried. */
  readonly id: string
  readonly kind: 'intent' | 'outcome' | 'ended' | 'setting' | 'lease'
  readonly at: string
  readonly actor: Actor
  readonly corporateId: string
  /** The canonical text of the command. */
  readonly invocation: string
  /** The ARN of the changed service, the name of the changed place, or the text of a change set. */
  readonly target: string
  /** The ARNs of the services of a change set. */
  readonly services?: readonly string[]
  readonly operation: string
  readonly configVersion: string
  readonly fingerprint?: string
  /** Of an intent: the counts that the service had before the change, by the names in the plan's `amounts`. */
  readonly amounts?: Readonly<Record<string, number>>
  readonly voters?: readonly string[]
  readonly isBreakGlass?: true
  readonly outcome?: string
  readonly text?: string
  readonly requestIds?: readonly string[]
  /** The sessions in which the change ran a command. */
  readonly sessions?: readonly ExecRecord[]
}

/**
 * One session in which a command ran. `sha256`: the hash of the output before redaction. `bytes`: the length of the
 * output.
 */
export type ExecRecord = {
  readonly id: string
  readonly status?: number
  readonly sha256?: string
  readonly bytes?: number
}

export type AuditRecord = AuditEntry & { readonly sequence: number; readonly previous: string; readonly hash: string }

/** The value of `previous` in the first record of a chain. */
export const GENESIS = '0'.repeat(64)

export const hashOf = ({ hash: _, ...record }: AuditRecord): string =>
  createHash('sha256')
    .update(canonicalJson(record as unknown as JsonObject))
    .digest('hex')

/** The partition key of a chain. There is one chain for each account, and one for Quarterdeck's own settings. */
export const chainKey = (chain: string) => `audit#${chain}`
/** A sequence number as the sort key of its record. */
export const sequenceText = (sequence: number): string => `${sequence}`.padStart(12, '0')
const sequenceKey = (chain: string, sequence: number) => ({ pk: chainKey(chain), sk: sequenceText(sequence) })
/** The partition key of the index items, which list the records of one target (a service by its ARN) or one operation. */
export const recordKey = (about: string): string => `audited#${about}`
/** The characters of an operation's id that cards print, and by which its records are found. */
const shortId = (operation: string): string => operation.slice(0, 12)
const pointerKey = (about: string, entry: AuditRecord) => ({ pk: recordKey(about), sk: `${entry.at}#${entry.id}` })

/**
 * The number of latest records that are searched for an id. More than other operations can add between two tries of one
 * step.
 */
const LOOK_BACK = 50
const MOST_TRIES = 60

/**
 * Appends a record, or returns the existing one with this id. Throws if the record cannot be written, so that the
 * change does not happen.
 */
export const record = async (store: Store, chain: string, entry: AuditEntry, log = print): Promise<AuditRecord> => {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const latest = await store.list<AuditRecord>(chainKey(chain), {
      newestFirst: true,
      limit: tries === 0 ? LOOK_BACK : 1,
    })
    const known = latest.find(({ value }) => value.id === entry.id)?.value
    const last = latest[0]?.value
    const added = known ?? link(entry, last)
    if (known === undefined && !(await store.create(sequenceKey(chain, added.sequence), added))) continue
    await Promise.all(
      [entry.target, shortId(entry.operation)].map(about => store.create(pointerKey(about, added), added)),
    )
    if (known === undefined) log({ level: 'audit', ...added })
    return added
  }
  throw new Error(`could not write the audit: ${MOST_TRIES} conflicting writes`)
}

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

const link = (entry: AuditEntry, last: AuditRecord | undefined): AuditRecord => {
  const unsealed = { ...entry, sequence: (last?.sequence ?? 0) + 1, previous: last?.hash ?? GENESIS, hash: '' }
  return { ...unsealed, hash: hashOf(unsealed) }
}

/** The latest records about a service (by ARN) or another target, newest first. */
export const recordsAbout = async (
  store: Pick<Store, 'list'>,
  about: string,
  limit: number,
): Promise<readonly AuditRecord[]> =>
  (await store.list<AuditRecord>(recordKey(about), { newestFirst: true, limit })).map(({ value }) => value)

/** The characters of a whole id; the services of a change set have longer ids, which begin with that of the set. */
const WHOLE_ID = 40
/** A change set has two records for each of its services. */
const MOST_OF_SET = 200

/**
 * The latest records of the operations whose ids begin with `id`, newest first. Cards print 12 characters; fewer find nothing.
 * Earlier versions kept the records under the whole id.
 */
export const recordsOf = async (
  store: Pick<Store, 'list'>,
  id: string,
  limit: number,
): Promise<readonly AuditRecord[]> => {
  const records = await recordsAbout(store, shortId(id), MOST_OF_SET)
  const older = id === shortId(id) ? [] : await recordsAbout(store, id, MOST_OF_SET)
  const found = [...records, ...older]
  return found
    .filter(({ operation }) => (id.length < WHOLE_ID ? operation.startsWith(id) : operation === id))
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, limit)
}

/** The records about a service (by ARN) since a time (ISO 8601), oldest first. */
export const recordsSince = async (
  store: Pick<Store, 'list'>,
  about: string,
  since: string,
): Promise<readonly AuditRecord[]> =>
  (await store.list<AuditRecord>(recordKey(about), { from: since })).map(({ value }) => value)

/**
 * The faults of a chain, one text each. Empty if no record was changed, moved or removed. `after`: the record before the
 * first one, if that is not the first of the chain.
 */
export const verifyChain = (
  records: readonly AuditRecord[],
  after: Pick<AuditRecord, 'sequence' | 'hash'> = { sequence: 0, hash: GENESIS },
): readonly string[] =>
  records.flatMap((entry, at) => {
    const before = records[at - 1] ?? after
    const expected = after.sequence + at + 1
    return [
      ...(entry.sequence === expected ? [] : [`record ${entry.sequence}: ${expected} is missing before it`]),
      ...(entry.previous === before.hash ? [] : [`record ${entry.sequence}: does not follow the record before it`]),
      ...(entry.hash === hashOf(entry) ? [] : [`record ${entry.sequence}: was changed after it was written`]),
    ]
  })
