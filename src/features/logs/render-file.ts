// Lines as a file: all of them, as they are shown.

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
  /** There is more than this. */
  readonly isCut: boolean
}

/** Of a service or a group, as a file may be called. */
export const fileName = (name: string): string => name.replace(/^\//, '').replace(/[^\w.-]+/g, '-')

export const printFile = ({ name, found, lines, from, zone, sources, isCut }: Filed): SlackFile => {
  const print = createPrinter({ entries: found.entries, from, zone, sources })
  return {
    name: `${fileName(name)}.log`,
    title: `${lines.toLocaleString('en')} lines, secrets hidden${isCut ? '; there are more than these: narrow it with --filter' : ''}`,
    alt: `Lines of ${name}, as text`,
    bytes: printed(found.entries, print),
  }
}

/** So many lines are text at once: the rest is bytes already. */
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
