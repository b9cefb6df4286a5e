// Who did what, as whom, with whose consent: records that are only ever added, each holding the hash of the one before.
import { createHash } from 'node:crypto'
import type { Actor } from '../../model/ecs.ts'
import { canonicalJson, type JsonObject } from '../../model/json.ts'
import type { Store } from '../../model/ports/store.ts'

export type AuditEntry = {
  /** Names the moment: the same id is recorded once, however often its step runs. */
  readonly id: string
  readonly kind: 'intent' | 'outcome' | 'ended' | 'setting' | 'lease'
  readonly at: string
  readonly actor: Actor
  readonly corporateId: string
  /** What was asked, in canonical text. */
  readonly invocation: string
  /** The ARN or the place that it is about. */
  readonly target: string
  readonly operation: string
  readonly configVersion: string
  readonly fingerprint?: string
  readonly voters?: readonly string[]
  readonly isBreakGlass?: true
  readonly outcome?: string
  readonly text?: string
  readonly requestIds?: readonly string[]
  /** Of a command: its sessions. */
  readonly sessions?: readonly ExecRecord[]
}

/** One session of a command; of all that it printed the SHA-256, as it came. */
export type ExecRecord = {
  readonly id: string
  readonly status?: number
  readonly sha256?: string
  readonly bytes?: number
}

export type AuditRecord = AuditEntry & { readonly sequence: number; readonly previous: string; readonly hash: string }

/** The first record has nothing before it. */
export const GENESIS = '0'.repeat(64)

export const hashOf = ({ hash: _, ...record }: AuditRecord): string =>
  createHash('sha256')
    .update(canonicalJson(record as unknown as JsonObject))
    .digest('hex')

/** One chain for each account, one for the hub's own settings. */
export const chainKey = (chain: string) => `audit#${chain}`
const sequenceKey = (chain: string, sequence: number) => ({ pk: chainKey(chain), sk: `${sequence}`.padStart(12, '0') })
/** Finds the records of one target or one operation without reading the chain. */
const pointerKey = (about: string, entry: AuditRecord) => ({ pk: `audited#${about}`, sk: `${entry.at}#${entry.id}` })

/** As many as could be added by others between two tries of one step. */
const LOOK_BACK = 50
const MOST_TRIES = 60

/** Adds a record, or finds that it is there. Throws when it cannot: without an audit record nothing happens. */
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
    for (const about of [entry.target, entry.operation]) await store.create(pointerKey(about, added), added)
    if (known === undefined) log({ level: 'audit', ...added })
    return added
  }
  throw new Error('the audit could not be written: too many at once')
}

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

const link = (entry: AuditEntry, last: AuditRecord | undefined): AuditRecord => {
  const unsealed = { ...entry, sequence: (last?.sequence ?? 0) + 1, previous: last?.hash ?? GENESIS, hash: '' }
  return { ...unsealed, hash: hashOf(unsealed) }
}

/** The last records about a service's ARN or an operation, the newest first. */
export const recordsAbout = async (
  store: Pick<Store, 'list'>,
  about: string,
  limit: number,
): Promise<readonly AuditRecord[]> =>
  (await store.list<AuditRecord>(`audited#${about}`, { newestFirst: true, limit })).map(({ value }) => value)

/** What is wrong with a chain, a line each; none when every record is as it was written and none is missing. */
export const verifyChain = (records: readonly AuditRecord[]): readonly string[] =>
  records.flatMap((entry, at) => {
    const before = records[at - 1]
    return [
      ...(entry.sequence === at + 1 ? [] : [`record ${entry.sequence}: ${at + 1} is missing before it`]),
      ...(entry.previous === (before?.hash ?? GENESIS)
        ? []
        : [`record ${entry.sequence}: does not follow the record before it`]),
      ...(entry.hash === hashOf(entry) ? [] : [`record ${entry.sequence}: was changed after it was written`]),
    ]
  })
