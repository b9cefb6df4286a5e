// Lists audit records, newest first.

import { context, cut, date, list, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { AuditRecord } from './audit.ts'

export const renderAudit = (about: string, records: readonly AuditRecord[]): Rendered => ({
  text: plain([`Audit of ${about}, newest first`, ...records.map(line)].join('\n')).slice(0, 3_500),
  blocks: [
    richText(section(`*Audit of ${about.replaceAll('*', '')}*, newest first`)),
    ...records.map(record =>
      richText(section(date(record.at, '{date_short_pretty} {time_secs}'), `  ${line(record)}`), list(details(record))),
    ),
    context(`${records.length} records · each contains the hash of the one before`),
  ],
})

const line = ({ kind, actor, invocation, outcome, isBreakGlass }: AuditRecord): string =>
  `${kind}${outcome === undefined ? '' : ` *${outcome}*`}: ${actor.name} \`${cut(invocation, 200).replaceAll('`', '')}\`${isBreakGlass ? ' breaking glass' : ''}`

const details = ({
  corporateId,
  voters = [],
  configVersion,
  requestIds = [],
  text,
  sequence,
  hash,
  operation,
}: AuditRecord): readonly string[] => [
  `as ${corporateId}${voters.length === 0 ? '' : `, approved by ${voters.join(' ')}`}, configuration ${configVersion}`,
  ...(text === undefined || text === '' ? [] : [cut(text, 300)]),
  ...(requestIds.length === 0 ? [] : [`AWS request ${requestIds.join(' ')}`]),
  `record ${sequence}, ${hash.slice(0, 12)}, operation ${operation.slice(0, 12)}`,
]
