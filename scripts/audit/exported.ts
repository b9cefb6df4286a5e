// The exported audit in a folder: its records, and how they differ from those of the table.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AuditRecord, verifyChain } from '../../src/engine/audit/audit.ts'

type Exported = { readonly records: readonly AuditRecord[]; readonly problems: readonly string[] }

/**
 * Reads the records of a chain from `<folder>/audit/<chain>/*.jsonl`, and verifies them. Objects may overlap, if a run died
 * before it noted what it had exported; then they have to say the same.
 */
export const readExport = async (folder: string, chain: string): Promise<Exported> => {
  const path = join(folder, 'audit', chain)
  const files = (await readdir(path)).filter(name => name.endsWith('.jsonl')).toSorted()
  const texts = await Promise.all(files.map(name => readFile(join(path, name), 'utf8')))
  const records = new Map<number, AuditRecord>()
  const problems: string[] = []
  for (const [at, text] of texts.entries())
    for (const line of text.split('\n').filter(Boolean)) {
      const record = parse(line)
      if (record === undefined) {
        problems.push(`${files[at]}: a line is no record`)
        continue
      }
      const before = records.get(record.sequence)
      if (before !== undefined && before.hash !== record.hash)
        problems.push(`exported record ${record.sequence}: two objects differ`)
      records.set(record.sequence, before ?? record)
    }
  const sorted = [...records.values()].toSorted((a, b) => a.sequence - b.sequence)
  return { records: sorted, problems: [...problems, ...verifyChain(sorted).map(text => `exported ${text}`)] }
}

const parse = (line: string): AuditRecord | undefined => {
  try {
    const record: Partial<AuditRecord> = JSON.parse(line)
    return typeof record.sequence === 'number' && typeof record.hash === 'string' ? (record as AuditRecord) : undefined
  } catch {
    return undefined
  }
}

/** Where the table differs from the export. Records that are newer than the last export are only in the table. */
export const compareExport = (exported: readonly AuditRecord[], table: readonly AuditRecord[]): readonly string[] => {
  const inTable = new Map(table.map(record => [record.sequence, record.hash]))
  return exported.flatMap(({ sequence, hash }) => {
    const found = inTable.get(sequence)
    if (found === undefined) return [`record ${sequence}: is exported, but no longer in the table`]
    return found === hash ? [] : [`record ${sequence}: differs from the exported one`]
  })
}
