// The table of what stories cost, as bench/README.md shows it.
import type { Metered } from './meter.ts'

export const BEGINS = '<!-- metered -->'
export const ENDS = '<!-- /metered -->'

export type Row = Metered & { readonly name: string }

const count = (value: number): string => value.toLocaleString('en')

const lineOf = ({ name, operations, bytes }: Row): string => `| ${name} | ${count(operations)} | ${count(bytes)} |`

/** The page with these rows in place of those of the same name. */
export const withRows = (page: string, rows: readonly Row[]): string =>
  page.replace(new RegExp(`(${BEGINS})([^]*)(${ENDS})`), (_, begins: string, table: string, ends: string) => {
    const lines = table.split('\n').map(line => {
      const row = rows.find(({ name }) => line.startsWith(`| ${name} | `))
      return row === undefined ? line : lineOf(row)
    })
    return `${begins}${lines.join('\n')}${ends}`
  })

export const namesIn = (page: string): readonly string[] => {
  const [, table = ''] = page.split(new RegExp(`${BEGINS}|${ENDS}`))
  return table
    .split('\n')
    .slice(3)
    .flatMap(line => line.split(' | ')[0]?.replace(/^\| /, '') || [])
}
