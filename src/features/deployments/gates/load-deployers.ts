// Loads who started a deployment and who registered what it deploys, from CloudTrail and from ECS's history of the service.

import { type Config, PERSON_TAG } from '../../../engine/rules/config.ts'
import type { CallerAtAws, ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { DeploymentRecord, TaskDefinition } from '../../../model/service-detail.ts'
import type { DeploymentReads } from '../reads.ts'
import { ALL, goalsOf, type Known, NEWEST, readKnown } from '../rollback-goals.ts'
import { type Deployers, deployersOf, needsCall, type Past } from './deployers.ts'

/** CloudTrail's times are whole seconds, and a deployment begins some seconds after its call. */
const BEFORE_MS = 20_000
const AFTER_MS = 5_000

type Reads = Pick<DeploymentReads, 'deployCalls' | 'registerCalls' | 'definitionTags' | 'deployments' | 'revisions'>
type Definition = Pick<TaskDefinition, 'arn' | 'registeredBy' | 'registeredAt'>
type Deployment = Pick<DeploymentRecord, 'arn' | 'createdAt' | 'from'>

/** Whether a rule names a tag, which is read only then. */
const usesTags = ({ gates }: Config): boolean =>
  gates.deployers.some(({ person = '' }) => person.startsWith(PERSON_TAG))

export const loadDeployers = async (
  ref: ServiceRef,
  record: Deployment,
  definition: Definition | undefined,
  read: Reads,
  config: Config,
): Promise<Deployers> => {
  const at = Date.parse(record.createdAt)
  const span = [at - BEFORE_MS, at + AFTER_MS].map(ms => new Date(ms).toISOString()) as [string, string]
  const [calls, tags, past] = await Promise.all([
    read.deployCalls(ref, ...span, record.from.length === 0).catch(() => undefined),
    definition === undefined || !usesTags(config)
      ? {}
      : read.definitionTags(ref, definition.arn).catch((): Readonly<Record<string, string>> => ({})),
    definition === undefined ? ('other' as const) : loadPast(ref, record, definition, read).catch(orUnread),
  ])
  const registrations = past === 'ran' ? [] : await loadRegistrations(ref, definition, read, config)
  return deployersOf({ ref, calls, tags, past, registrations, registeredBy: definition?.registeredBy }, config)
}

const orUnread = (error: unknown): undefined => {
  if (error instanceof RemoteError) return undefined
  throw error
}

const loadRegistrations = async (
  ref: ServiceRef,
  definition: Definition | undefined,
  read: Reads,
  config: Config,
): Promise<readonly CallerAtAws[] | undefined> => {
  const { arn, registeredAt, registeredBy } = definition ?? {}
  if (arn === undefined || registeredAt === undefined || !needsCall(registeredBy, ref, config)) return []
  return read.registerCalls(ref, arn, registeredAt).catch(() => undefined)
}

/** Further deployments are read only where the newest ones do not tell. */
const loadPast = async (
  ref: ServiceRef,
  record: Deployment,
  definition: Definition,
  read: Pick<DeploymentReads, 'deployments' | 'revisions'>,
): Promise<Past> => {
  const newest = await readKnown(ref, [], NEWEST, read)
  const past = pastOf(newest, record, definition)
  return past !== 'other' || newest.isWhole ? past : pastOf(await readKnown(ref, [], ALL, read), record, definition)
}

/** A definition that was registered after the oldest of these deployments was not deployed before it. */
const pastOf = (
  { records, revisions, isWhole }: Known,
  { arn, createdAt }: Deployment,
  definition: Definition,
): Past => {
  const name = definition.arn.split('/').at(-1) ?? ''
  const upToNow = records.filter(one => one.createdAt <= createdAt)
  if (goalsOf({ records: upToNow, revisions, isWhole }).some(goal => goal.name === name)) return 'ran'
  const oldest = upToNow.at(-1)?.createdAt
  const { registeredAt } = definition
  const areAllRead = isWhole || (registeredAt !== undefined && oldest !== undefined && registeredAt > oldest)
  const before = upToNow.filter(one => one.arn !== arn)
  const isNone = before.every(({ to }) => {
    const revision = revisions.find(one => one.arn === to)
    return revision !== undefined && revision.taskDefinition !== name
  })
  return areAllRead && isNone ? 'first' : 'other'
}
