// Renders /ecs deployments: when each started, what it changed, how it ended, and why it was rolled back.

import { fullName } from '../../kit/language/target.ts'
import { context, cut, date, firstThatFit, literal, plain, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import { humanCode, plainName } from '../../kit/messages/text.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { DeploymentRecord } from '../../model/service-detail.ts'
import { changesOf, type History, MOST } from './load-history.ts'
import { type Goal, goalsOf, isInProgress } from './rollback-goals.ts'
import { keepsOldTasks, movesTraffic, stageParts } from './stages.ts'

export const renderHistory = (state: History): Rendered => {
  const { ref, deployments } = state
  const [newest] = deployments
  const head =
    newest === undefined
      ? `*${ref.service}* has no deployment within ECS’s 90 days`
      : `*${ref.service}*: the last deployment ${OUTCOMES[newest.status] ?? humanCode(newest.status)}`
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      placeLine(ref),
      ...(deployments.length === 0 ? [] : [richText(...firstThatFit(deployments.map(record => line(record, state))))]),
      context(
        `${wayBack(state)
          .map(({ note }) => `${note} `)
          .join(
            '',
          )}${deployments.length < MOST ? '' : `The newest ${MOST} deployments. `}ECS keeps deployments for 90 days.`,
      ),
      offerButtons([
        ...wayBack(state).map(({ label }) => ({ label, invocation: `rollback ${fullName(ref)}` })),
        { label: 'Status', invocation: `status ${fullName(ref)}` },
        { label: 'Events', invocation: `events ${fullName(ref)}` },
      ]),
    ],
  }
}

type WayBack = { readonly label: string; readonly note: string }

/**
 * Stop and Roll Back are the same command, which stops a deployment in progress and deploys an older revision after its end. None
 * while ECS rolls back, or where nothing else ran.
 */
const wayBack = ({ deployments, revisions }: History): readonly WayBack[] => {
  const [newest] = deployments
  const goals = goalsOf({ records: deployments, revisions, isWhole: deployments.length < MOST })
  if (newest === undefined || !goals.some(isOtherThan(newest, revisions))) return []
  if (isInProgress(newest))
    return [{ label: 'Stop', note: keepsOldTasks(newest) ? 'Stop moves traffic back at once.' : STOP_REPLACES }]
  if (newest.finishedAt === undefined) return []
  return [
    {
      label: 'Roll Back',
      note: movesTraffic(newest.strategy) ? ROLL_BACK_IN_STAGES : 'Roll Back is a new deployment.',
    },
  ]
}

/** A stopped deployment goes back to another revision; a new deployment needs another task definition. */
const isOtherThan =
  (newest: DeploymentRecord, revisions: History['revisions']) =>
  ({ name, revision }: Goal): boolean => {
    const current = revisionAfter(newest)
    return isInProgress(newest)
      ? revision.arn !== newest.to
      : name !== revisions.find(({ arn }) => arn === current)?.taskDefinition
  }

/** The ARN of the revision that runs after a deployment that has ended. */
const revisionAfter = ({ to, rollback }: DeploymentRecord): string => rollback?.to ?? to

const STOP_REPLACES = 'Stop rolls back: it replaces the new tasks.'
const ROLL_BACK_IN_STAGES = 'Roll Back is a new deployment, through all stages.'

/** The states of a service deployment in words (ECS developer guide, service deployment states). */
const OUTCOMES: Readonly<Record<string, string>> = {
  PENDING: 'is pending',
  IN_PROGRESS: 'is in progress',
  SUCCESSFUL: 'was successful',
  STOPPED: 'was stopped',
  STOP_REQUESTED: 'is being stopped',
  ROLLBACK_REQUESTED: 'is about to roll back',
  ROLLBACK_IN_PROGRESS: 'is rolling back',
  ROLLBACK_SUCCESSFUL: 'failed and was rolled back',
  ROLLBACK_FAILED: 'failed, and so did its rollback',
}

const line = (record: DeploymentRecord, { revisions, now }: History): JsonObject => {
  const { status, createdAt, counts, rollback } = record
  const changes = changesOf(record, revisions)
  const after = revisions.find(({ arn }) => arn === record.to)
  const what =
    changes.length > 0
      ? changes.map(change => plainName(change)).join(', ')
      : `${plainName(after?.taskDefinition || 'an unknown version')}, nothing changed`
  const parts = [
    `${OUTCOMES[status] ?? (humanCode(status) || 'has an unknown state')}${took(record)}`,
    `${record.from.length === 0 ? plainName(after?.taskDefinition || 'the first') : what}`,
    humanCode(record.strategy),
    ...(record.finishedAt !== undefined || counts === undefined
      ? []
      : [`${counts.running}/${counts.requested} running`]),
    ...stageParts(record, after?.taskDefinition ?? '', now),
    ...(rollback === undefined ? [] : [`rolled back: ${plainName(rollback.reason, 200)}`]),
  ]
  return section(date(createdAt, '{date_short_pretty} {time}'), literal(`  ${cut(parts.join(' · '), 500)}\n`))
}

const took = ({ startedAt, createdAt, finishedAt }: DeploymentRecord): string => {
  if (finishedAt === undefined) return ''
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt ?? createdAt)) / 1_000)
  if (seconds <= 0) return ''
  return seconds < 120 ? ` in ${seconds} s` : ` in ${Math.round(seconds / 60)} min`
}
