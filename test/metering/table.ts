// The table of what stories cost, as bench/README.md shows it.
import type { Metered } from './meter.ts'

export const BEGINS = '<!-- metered -->'
export const ENDS = '<!-- /metered -->'

export type Row = Metered & { readonly name: string }

const count = (value: number): string => value.toLocaleString('en')

export const tableOf = (rows: readonly Row[]): string =>
  [
    '| Story | Operations | Payload bytes |',
    '|---|--:|--:|',
    ...rows.map(({ name, operations, bytes }) => `| ${name} | ${count(operations)} | ${count(bytes)} |`),
  ].join('\n')

export const withTable = (page: string, rows: readonly Row[]): string =>
  page.replace(new RegExp(`${BEGINS}[^]*${ENDS}`), `${BEGINS}\n${tableOf(rows)}\n${ENDS}`)

export const namesIn = (page: string): readonly string[] => {
  const [, table = ''] = page.split(new RegExp(`${BEGINS}|${ENDS}`))
  return table
    .split('\n')
    .slice(3)
    .flatMap(line => line.split(' | ')[0]?.replace(/^\| /, '') || [])
}
