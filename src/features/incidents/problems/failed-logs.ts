// Reads the last log lines of a task that failed, with secrets hidden.

import type { Config } from '../../../engine/rules/config.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { readEntries } from '../../logs/log-entries.ts'
import type { LogReads } from '../../logs/reads.ts'
import { redactionOptions } from '../../logs/redaction.ts'
import type { FailedTask } from './problem.ts'

export type FailedLines = {
  /** The most informative lines: lines with errors, or, if there are none, the last lines. At most three. */
  readonly decisive: readonly string[]
  readonly all: readonly string[]
}

const MOST_READ = 200
const MOST_SHOWN = 50
const MOST_DECISIVE = 3

export const loadFailedLines = async (
  ref: ServiceRef,
  failed: FailedTask,
  read: Pick<LogReads, 'logTask' | 'logLines'>,
  config: Config,
): Promise<FailedLines> => {
  const [prefix = ''] = ref.arn.split(':service/')
  const task = await read.logTask(ref, `${prefix}:task/${ref.cluster}/${failed.id}`)
  const containers = task?.containers ?? []
  const container = containers.find(({ name }) => name === failed.container) ?? containers[0]
  if (container?.destination.kind !== 'cloudwatch') return NONE
  const { group, region, stream } = container.destination
  const answer = await read.logLines(ref, {
    ...{ group, region, streams: [stream], since: Date.parse(failed.createdAt), limit: MOST_READ },
    sessions: 'left out',
  })
  if (answer.kind !== 'lines') return NONE
  const { entries } = readEntries(answer.lines, redactionOptions({ config }))
  const errors = entries.filter(({ level }) => level === 'error')
  const decisive = (errors.length > 0 ? errors : entries).slice(-MOST_DECISIVE)
  return { decisive: decisive.map(({ text }) => text), all: entries.slice(-MOST_SHOWN).map(({ text }) => text) }
}

const NONE: FailedLines = { decisive: [], all: [] }
