// All findings as a CSV file (RFC 4180), one row a service.

import type { SlackFile } from '../../model/ports/slack.ts'
import type { Finding } from './findings.ts'
import type { CostView } from './load-findings.ts'

const HEAD = [
  ...['account', 'account_id', 'region', 'cluster', 'service', 'finding', 'what'],
  ...['saving_a_month', 'saving_after_discounts', 'currency', 'risk', 'effort', 'owner', 'analysed_revision'],
]

export const fileOfFindings = ({ findings, name }: CostView): SlackFile | undefined => {
  if (findings.length === 0) return undefined
  const rows = [HEAD, ...findings.map(cellsOf)].map(cells => cells.map(cellText).join(','))
  return {
    name: 'cost.csv',
    title: `${name}: ${findings.length.toLocaleString('en')} findings`,
    alt: `Findings of ${name}, one row a service`,
    bytes: Buffer.from(`${rows.join('\r\n')}\r\n`),
  }
}

const cellsOf = (finding: Finding): readonly string[] => {
  const { ref, saving, savingAfter, owner = '', definition = '' } = finding
  return [
    ...[ref.account, ref.accountId, ref.region, ref.cluster, ref.service, finding.kind, finding.what],
    saving?.money.amount.toFixed(2) ?? '',
    savingAfter?.money.amount.toFixed(2) ?? '',
    saving?.money.currency ?? '',
    ...[finding.risk, finding.effort, owner, definition],
  ]
}

/** A spreadsheet would run a cell that begins like a formula: it gets an apostrophe. */
const cellText = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
