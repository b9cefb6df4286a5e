// Exports the audit: the records that are new since the last export, as objects that nobody can change. `verify-audit`
// verifies them from outside.
import { type AuditRecord, chainKey, GENESIS, sequenceText, verifyChain } from '../../engine/audit/audit.ts'
import type { Config } from '../../engine/rules/config.ts'
import type { Store } from '../../model/ports/store.ts'

export type ExportPorts = {
  readonly config: () => Promise<Pick<Config, 'accounts'>>
  readonly store: Pick<Store, 'get' | 'create' | 'replace' | 'list'>
  /** Adds an object, unless there is one of this key: `audit/<chain>/<first>-<last>.jsonl`. */
  readonly addObject: (key: string, body: string) => Promise<void>
  readonly log?: (line: object) => void
}

/** The last record of a chain that was exported. */
type Cursor = { readonly last: number; readonly hash: string }

/** The records of one object: of one or two KB each, so that it is written in one short request. */
const MOST_RECORDS = 100
/** The objects of one chain in one run; the next hour goes on. */
const MOST_OBJECTS = 50
/** The chain of Quarterdeck's own settings. */
const HUB = 'hub'
const EXPORTED = 'exported'

/** Exports each chain, also of accounts that have left the configuration. A chain that fails does not stop the others. */
export const exportAudit = async (ports: ExportPorts): Promise<void> => {
  const { accounts } = await ports.config()
  const known = (await ports.store.list<Cursor>(EXPORTED)).map(({ key }) => key.sk)
  const chains = new Set([HUB, ...accounts.map(({ id }) => id), ...known])
  const ended = await Promise.allSettled([...chains].map(chain => exportChain(chain, ports)))
  const failed = ended.flatMap(one => (one.status === 'rejected' ? [one.reason] : []))
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} of ${chains.size} chains were not exported`)
}

const exportChain = async (chain: string, ports: ExportPorts): Promise<void> => {
  for (let objects = 0; objects < MOST_OBJECTS; objects += 1) {
    if (!(await exportNext(chain, ports))) return
  }
}

/** Exports the next records. False if there is none, or if another run was faster. */
const exportNext = async (chain: string, { store, addObject, log = print }: ExportPorts): Promise<boolean> => {
  const key = { pk: EXPORTED, sk: chain }
  const found = await store.get<Cursor>(key)
  const { last, hash } = found?.value ?? { last: 0, hash: GENESIS }
  const items = await store.list<AuditRecord>(chainKey(chain), { from: sequenceText(last + 1), limit: MOST_RECORDS })
  const records = items.map(({ value }) => value)
  const end = records.at(-1)
  if (end === undefined) return false
  for (const error of verifyChain(records, { sequence: last, hash }))
    log({ level: 'alarm', where: 'audit', chain, error })
  const body = records.map(record => `${JSON.stringify(record)}\n`).join('')
  await addObject(`audit/${chain}/${sequenceText(last + 1)}-${sequenceText(end.sequence)}.jsonl`, body)
  const next: Cursor = { last: end.sequence, hash: end.hash }
  return found === undefined ? store.create(key, next) : store.replace(key, next, found.version)
}

const print = (line: object): void => void process.stderr.write(`${JSON.stringify(line)}\n`)
