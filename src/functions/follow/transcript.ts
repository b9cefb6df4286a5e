// Uploads all lines of a log follow as a file. They are read again, so that lines are included that Live Tail or the
// message left out.

import type { Readers } from '../../commands/readers.ts'
import type { Config } from '../../engine/rules/config.ts'
import { byGroup } from '../../features/logs/load-service-logs.ts'
import { readEntries } from '../../features/logs/log-entries.ts'
import type { Source } from '../../features/logs/log-sources.ts'
import type { SessionLines } from '../../features/logs/log-types.ts'
import { redactionOptions } from '../../features/logs/redaction.ts'
import { printFile } from '../../features/logs/render-file.ts'
import type { Slack } from '../../model/ports/slack.ts'
import type { Follow } from './follow.ts'

/** The maximum number of lines: more than the pages of FilterLogEvents return. */
const MAX_LINES = 100_000

export const uploadTranscript = async (
  follow: Follow,
  sources: readonly Source[],
  { read, sessions }: { readonly read: Pick<Readers, 'logLines'>; readonly sessions: SessionLines },
  config: Config,
  slack: Slack,
): Promise<void> => {
  const { of, posted, since, filter, zone, end } = follow
  const name = 'service' in of ? of.service : of.group
  const groups = 'service' in of ? [...byGroup(sources).values()] : [{ ...of, streams: [] }]
  const until = Date.parse(end?.at ?? follow.endsAt)
  const query = { since, until, limit: MAX_LINES, oldestFirst: true as const, ...(filter !== undefined && { filter }) }
  const answers = await Promise.all(
    groups.map(group => read.logLines({ accountId: of.accountId, service: name }, { ...group, ...query, sessions })),
  )
  const lines = answers.flatMap(answer => (answer.kind === 'lines' ? answer.lines : []))
  if (lines.length === 0) return
  const isCut = answers.some(answer => answer.kind === 'lines' && answer.isPartial)
  const found = readEntries(
    lines.toSorted((a, b) => a.at - b.at),
    redactionOptions({ config }),
  )
  await slack.upload(
    { channel: posted.channel, thread: posted.ts },
    printFile({ name, found, lines: lines.length, from: since, zone, sources, isCut }),
  )
}
