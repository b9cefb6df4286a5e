// Renders all lines as a text file.

import type { SlackFile } from '../../model/ports/slack.ts'
import type { Entries, Entry } from './entry.ts'
import type { Source } from './log-sources.ts'
import { createPrinter } from './render-lines.ts'

type Filed = {
  readonly name: string
  readonly found: Pick<Entries, 'entries'>
  readonly lines: number
  readonly from: number
  readonly zone: string
  readonly sources: readonly Source[]
  /** Whether there are more lines than the file contains. */
  readonly isCut: boolean
}

/** Converts the name of a service or log group to a valid file name. */
export const fileName = (name: string): string => name.replace(/^\//, '').replace(/[^\w.-]+/g, '-')

export const printFile = ({ name, found, lines, from, zone, sources, isCut }: Filed): SlackFile => {
  const print = createPrinter({ entries: found.entries, from, zone, sources })
  return {
    name: `${fileName(name)}.log`,
    title: `${lines.toLocaleString('en')} lines, secrets hidden${isCut ? '; incomplete: use --filter to narrow it' : ''}`,
    alt: `Lines of ${name}, as text`,
    bytes: printed(found.entries, print),
  }
}

/** The number of lines that are converted to bytes at a time, which limits the memory used. */
const BATCH = 1_000

const printed = (entries: readonly Entry[], print: (entry: Entry) => string): Buffer => {
  const parts: Buffer[] = []
  for (let at = 0; at < entries.length; at += BATCH)
    parts.push(
      Buffer.from(
        entries
          .slice(at, at + BATCH)
          .map(entry => `${print(entry)}\n`)
          .join(''),
      ),
    )
  return Buffer.concat(parts)
}
