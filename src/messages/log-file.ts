// Lines as a file: all of them, as they are shown.

import type { SlackFile } from '../gateways/upload.ts'
import type { Entries } from '../log-entries.ts'
import type { Source } from '../log-sources.ts'
import { createPrinter } from './log-lines.ts'

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

export const printFile = ({ name, found, lines, from, zone, sources, isCut }: Filed): SlackFile => {
  const print = createPrinter({ entries: found.entries, from, zone, sources })
  return {
    name: `${name.replace(/^\//, '').replace(/[^\w.-]+/g, '-')}.log`,
    title: `${lines.toLocaleString('en')} lines, secrets hidden${isCut ? '; there are more than these: narrow it with --filter' : ''}`,
    alt: `Lines of ${name}, as text`,
    bytes: Buffer.from(`${found.entries.map(print).join('\n')}\n`),
  }
}
