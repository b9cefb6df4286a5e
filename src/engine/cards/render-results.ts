// Renders the results of one command in several tasks: one row for each task.

import { context, cut } from '../../kit/messages/markup.ts'
import { type Column, orDash, table } from '../../kit/messages/table.ts'
import type { Block } from '../../model/ports/message.ts'
import type { SlackFile } from '../../model/ports/slack.ts'
import type { TaskResult } from '../change/outcome.ts'

const COLUMNS: readonly Column[] = [
  { head: 'Task' },
  { head: 'Zone' },
  { head: 'Exit status' },
  { head: 'Time (s)', align: 'right' },
  { head: 'First line, or cause', isWrapped: true },
]

const LONGEST_LINE = 150

const cellsOf = ({ task, zone, status, seconds, line }: TaskResult): readonly string[] => [
  task,
  zone,
  status,
  seconds?.toFixed(1) ?? '',
  line,
]

export const renderResults = (results: readonly TaskResult[]): readonly Block[] => [
  table(
    COLUMNS,
    results.map(result => cellsOf({ ...result, line: cut(result.line, LONGEST_LINE) })),
  ),
  context('In the order of task ids, which is also the order of execution. Full output is in this thread.'),
]

/** The results as a file, if a table block has too few rows for them. */
export const fileOfResults = (results: readonly TaskResult[], service: string): SlackFile => {
  const lines = [COLUMNS.map(({ head }) => head), ...results.map(cellsOf)].map(cells => cells.map(orDash))
  const widths = COLUMNS.map((_, at) => Math.max(...lines.map(cells => cells[at]?.length ?? 0)))
  const printed = lines.map(cells =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return {
    name: `${service}-results.txt`,
    title: `Results in ${results.length} tasks of ${service}`,
    alt: `A table of ${results.length} tasks of ${service}: zone, exit status, time in seconds, and the first line of output or the reason`,
    bytes: new TextEncoder().encode(`${printed.join('\n')}\n`),
  }
}
