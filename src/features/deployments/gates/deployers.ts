// Who started a deployment, and the person behind a pipeline. The person may not approve what they deployed.

import { type Config, type Deployer, PERSON_TAG } from '../../../engine/rules/config.ts'
import { plainName } from '../../../kit/messages/text.ts'
import { accountOf } from '../../../model/account.ts'
import type { CallerAtAws, ServiceRef } from '../../../model/ecs.ts'
import type { DeploymentRecord, TaskDefinition } from '../../../model/service-detail.ts'
import type { DeploymentReads } from '../reads.ts'

/**
 * `people`: corporate ids. `isKnown`: the person who started the deployment is among them. `by`: in words. `isRead`: CloudTrail
 * returned a call.
 */
export type Deployers = {
  readonly by: string
  readonly people: readonly string[]
  readonly isKnown: boolean
  readonly isRead?: boolean
}

/** What is known of a deployment. `calls`: undefined where CloudTrail does not answer. `tags`: of the task definition. */
export type Traces = {
  readonly ref: ServiceRef
  readonly calls: readonly CallerAtAws[] | undefined
  readonly registeredBy?: string | undefined
  readonly tags: Readonly<Record<string, string>>
}

/** A principal: its ARN in IAM, and its session. */
type Principal = Omit<CallerAtAws, 'at'>

const MOST_NAME = 40

export const deployersOf = (traces: Traces, config: Config): Deployers => {
  const { calls = [], registeredBy } = traces
  const callers = calls.map(call => behind(call, traces, config, isSameRole))
  const registrar =
    registeredBy === undefined ? undefined : behind(principalOf(registeredBy), traces, config, isSameName)
  const people = [...callers, ...(registrar === undefined ? [] : [registrar])].flatMap(({ person }) => person ?? [])
  const isKnown = callers.length > 0 && callers.every(({ person }) => person !== undefined)
  return { by: wordsOf(callers[0], registrar), people: [...new Set(people)], isKnown, isRead: callers.length > 0 }
}

const wordsOf = (caller: Behind | undefined, registrar: Behind | undefined): string => {
  if (caller !== undefined)
    return caller.person === undefined ? `${caller.name}, person unknown` : `${caller.name} for ${caller.person}`
  return registrar === undefined ? 'unknown deployer' : `unknown deployer (registered by ${registrar.name})`
}

type Behind = { readonly name: string; readonly person?: string }

/** The person behind a principal. A principal that the configuration does not name has none. */
const behind = (principal: Principal, traces: Traces, config: Config, isSame: typeof isSameRole): Behind => {
  const { ref } = traces
  const name = plainName(principal.arn.split('/').at(-1) ?? '', MOST_NAME) || 'unknown'
  const own = Object.values(accountOf(config, ref).roles).some(role => isSame(role ?? '', principal.arn))
  const rule = config.gates.deployers.find(({ role }) => isSame(role, principal.arn))
  const text = own ? principal.sourceIdentity : rule && sourceOf(rule, principal, traces)
  const person = text === undefined ? undefined : personNamed(text, config)
  return { name: own ? 'Quarterdeck' : name, ...(person !== undefined && { person }) }
}

const sourceOf = ({ role, person = '' }: Deployer, principal: Principal, traces: Traces): string | undefined => {
  if (person === 'session') return principal.session
  if (person === 'sourceIdentity') return principal.sourceIdentity
  if (!person.startsWith(PERSON_TAG)) return undefined
  // A tag says who is behind a pipeline only where that pipeline wrote it.
  const { registeredBy, tags } = traces
  if (registeredBy === undefined || !isSameName(role, principalOf(registeredBy).arn)) return undefined
  return tags[person.slice(PERSON_TAG.length)]
}

/** People are compared without case, as configurations are. */
const personNamed = (text: string, { people }: Config): string | undefined =>
  Object.values(people).find(id => id.toLowerCase() === text.toLowerCase())

const SESSION = /^arn:(aws[\w-]*):sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/

/** ECS names who registered a definition by the ARN of the session, which leaves out the role's path. */
const principalOf = (arn: string): Principal => {
  const [, partition, account, role, session] = SESSION.exec(arn) ?? []
  return role === undefined || session === undefined
    ? { arn }
    : { arn: `arn:${partition}:iam::${account}:role/${role}`, session }
}

/** `pattern`: `*` stands for any part of a name without a slash. */
const isSameRole = (pattern: string, arn: string): boolean => {
  const shape = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')
  return pattern !== '' && new RegExp(`^${shape}$`).test(arn)
}

/**
 * ECS leaves out the path of the role that registered a definition. Names of roles are unique in an account, so the name is compared,
 * but a pattern of any name says nothing without its path.
 */
const isSameName = (pattern: string, arn: string): boolean =>
  !/[:/]\*$/.test(pattern) && isSameRole(withoutPath(pattern), withoutPath(arn))

const withoutPath = (arn: string): string => arn.replace(/:role\/.*\//, ':role/')

/** What the request of the gate knows stays known: CloudTrail may not answer when it is asked again. */
export const withKnown = ({ isRead = false, ...found }: Deployers, known: Deployers | undefined): Deployers =>
  known === undefined
    ? found
    : {
        by: isRead ? found.by : known.by,
        people: [...new Set([...found.people, ...known.people])],
        // A later call that CloudTrail reports may be of somebody else.
        isKnown: isRead ? found.isKnown : known.isKnown,
      }

/** CloudTrail's times are whole seconds, and a deployment begins some seconds after its call. */
const BEFORE_MS = 20_000
const AFTER_MS = 5_000

type Reads = Pick<DeploymentReads, 'deployCalls' | 'definitionTags'>

/** Whether a rule names a tag, which is read only then. */
const usesTags = ({ gates }: Config): boolean =>
  gates.deployers.some(({ person = '' }) => person.startsWith(PERSON_TAG))

export const loadDeployers = async (
  ref: ServiceRef,
  { createdAt }: Pick<DeploymentRecord, 'createdAt'>,
  definition: Pick<TaskDefinition, 'arn' | 'registeredBy'> | undefined,
  read: Reads,
  config: Config,
): Promise<Deployers> => {
  const at = Date.parse(createdAt)
  const span = [at - BEFORE_MS, at + AFTER_MS].map(ms => new Date(ms).toISOString()) as [string, string]
  const [calls, tags] = await Promise.all([
    read.deployCalls(ref, ...span).catch(() => undefined),
    definition === undefined || !usesTags(config)
      ? {}
      : read.definitionTags(ref, definition.arn).catch((): Readonly<Record<string, string>> => ({})),
  ])
  return deployersOf({ ref, calls, tags, registeredBy: definition?.registeredBy }, config)
}
