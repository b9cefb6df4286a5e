// Renders the canary's results as a table.
export type Row = {
  readonly check: string
  readonly expected: string
  readonly found: string
  readonly isExpected: boolean
}

const COLUMNS = ['check', 'expected', 'found'] as const

export const renderTable = (rows: readonly Row[]): string => {
  const head = { check: 'Check', expected: 'Expected', found: 'Found' }
  const widths = COLUMNS.map(column => Math.max(...[head, ...rows].map(row => row[column].length)))
  const line = (row: typeof head, mark: string) =>
    `${mark}  ${COLUMNS.map((column, at) => row[column].padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd()
  return `${[line(head, '    '), ...rows.map(row => line(row, row.isExpected ? 'ok  ' : 'FAIL'))].join('\n')}\n`
}
