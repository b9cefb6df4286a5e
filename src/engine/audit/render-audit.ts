// Lists audit records, newest first: one line an operation, or all records of one operation.

import { context, cut, date, list, plain, richText, section, withButton } from '../../kit/messages/markup.ts'
import { clickable } from '../../kit/messages/render-refusal.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { AuditRecord } from './audit.ts'

/** The records of each operation, the operation with the newest record first. */
export const operationsIn = (records: readonly AuditRecord[]): readonly (readonly AuditRecord[])[] => {
  const byOperation = new Map<string, AuditRecord[]>()
  for (const record of records)
    byOperation.set(record.operation, [...(byOperation.get(record.operation) ?? []), record])
  return [...byOperation.values()]
}

/** `most`: operations. `more`: the line that shows more of them. */
export type AuditShown = {
  readonly about: string
  readonly records: readonly AuditRecord[]
  readonly most: number
  readonly more?: string
}

export const renderAudit = ({ about, records, most, more }: AuditShown): Rendered => {
  const shown = operationsIn(records).slice(0, most)
  const title = `*Audit of ${about.replaceAll('*', '')}*, newest first`
  const message: Rendered = {
    text: plain([title, ...shown.map(one => wordsOf(one))].join('\n')).slice(0, 3_500),
    blocks: [
      richText(section(title)),
      ...shown.map(one => richText(section(...rowOf(one)))),
      context(
        '`audit` with the id of an operation shows its records, each with the hash of the one before.'.replaceAll(
          '`',
          '',
        ),
      ),
    ],
  }
  const [offer] = more === undefined ? [] : clickable([{ label: 'More', invocation: more }])
  return offer === undefined
    ? message
    : withButton(message, { label: offer.label, action: 'run:more', value: offer.invocation })
}

/** An operation in one line: when, how it ended, who asked for what, who approved, and its id. */
const rowOf = (records: readonly AuditRecord[]): readonly (string | JsonObject)[] => {
  const [newest] = records
  if (newest === undefined) return []
  return [
    date(newest.at, '{date_short_pretty} {time}'),
    `  ${wordsOf(records)}`,
    ...approversOf(records).flatMap((voter, at) => [at === 0 ? ', approved by ' : ' and ', person(voter)]),
    ` · ${newest.operation.slice(0, 12).replace(/[*`]/g, '')}`,
  ]
}

const wordsOf = (records: readonly AuditRecord[]): string => {
  const outcome = records.find(one => one.outcome !== undefined)?.outcome ?? records[0]?.kind ?? ''
  const asked = records.at(-1)
  return asked === undefined
    ? ''
    : `*${outcome}*: ${nameOf(asked)} ${code(asked.invocation)}${asked.isBreakGlass ? ' breaking glass' : ''}${settingText(asked)}`
}

/** What a setting came to; a change says it by its line. */
const settingText = ({ kind, text = '' }: AuditRecord): string =>
  kind === 'setting' && text !== '' ? `, ${cut(text, 200)}` : ''

const approversOf = (records: readonly AuditRecord[]): readonly string[] =>
  records.find(({ voters = [] }) => voters.length > 0)?.voters ?? []

/** Slack shows the name of the person. In an ephemeral answer a mention notifies nobody. */
const person = (voter: string): JsonObject =>
  /^[UW][A-Z0-9]{2,}$/.test(voter) ? { type: 'user', user_id: voter } : { type: 'text', text: cut(voter, 60) }

const nameOf = ({ actor }: AuditRecord): string => actor.name.replace(/[*`\n]/g, '')

const code = (invocation: string): string => `\`${cut(invocation, 200).replaceAll('`', '')}\``

/** All records of the operations whose ids begin with `about`, with AWS's request ids and the hashes. */
export const renderOperation = (about: string, records: readonly AuditRecord[]): Rendered => ({
  text: plain([`Audit of ${about}, newest first`, ...records.map(line)].join('\n')).slice(0, 3_500),
  blocks: [
    richText(section(`*Audit of ${about.replaceAll('*', '')}*, newest first`)),
    ...records.slice(0, MOST_RECORDS).map(record =>
      richText(section(date(record.at, '{date_short_pretty} {time_secs}'), `  ${line(record)}`), {
        ...list([]),
        elements: details(record).map(parts => section(...parts)),
      }),
    ),
    context(`${records.length} records · each contains the hash of the one before`),
  ],
})

const MOST_RECORDS = 30

const line = (record: AuditRecord): string => {
  const { kind, outcome, isBreakGlass } = record
  return `${kind}${outcome === undefined ? '' : ` *${outcome}*`}: ${nameOf(record)} ${code(record.invocation)}${isBreakGlass ? ' breaking glass' : ''}`
}

const details = ({
  corporateId,
  voters = [],
  configVersion,
  requestIds = [],
  text,
  sequence,
  hash,
  operation,
}: AuditRecord): readonly (readonly (string | JsonObject)[])[] => [
  [
    `as ${corporateId}`,
    ...voters.flatMap((voter, at) => [at === 0 ? ', approved by ' : ' and ', person(voter)]),
    `, configuration ${configVersion}`,
  ],
  ...(text === undefined || text === '' ? [] : [[cut(text, 300)]]),
  ...(requestIds.length === 0 ? [] : [[`AWS request ${requestIds.join(' ')}`]]),
  [`record ${sequence}, ${hash.slice(0, 12)}, operation ${operation}`],
]
