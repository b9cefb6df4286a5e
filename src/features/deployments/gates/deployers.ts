// Pure: who started a deployment, who registered what it deploys, and the persons behind pipelines. They may not approve it.

import { type Config, type Deployer, PERSON_TAG } from '../../../engine/rules/config.ts'
import { plainName } from '../../../kit/messages/text.ts'
import { accountOf } from '../../../model/account.ts'
import type { CallerAtAws, ServiceRef } from '../../../model/ecs.ts'

/**
 * `people`: corporate ids. `isKnown`: who started the deployment and who registered what it deploys are among them. `by`: in
 * words. `isRead`: all that tells was read, and CloudTrail returned a call.
 */
export type Deployers = {
  readonly by: string
  readonly people: readonly string[]
  readonly isKnown: boolean
  readonly isRead?: boolean
}

/**
 * What ECS knows of a task definition on a service before a deployment: `ran`: a deployment of it succeeded; `first`: there
 * was no deployment of it; `other`: neither is known.
 */
export type Past = 'ran' | 'first' | 'other'

/**
 * What is known of a deployment. `calls`: undefined where CloudTrail does not answer. `tags`: of the task definition. `past`:
 * undefined where ECS does not answer.
 */
export type Traces = {
  readonly ref: ServiceRef
  readonly calls: readonly CallerAtAws[] | undefined
  readonly past: Past | undefined
  readonly registeredBy?: string | undefined
  /** The calls that registered the definition, where `needsCall` says so; undefined where CloudTrail does not answer. */
  readonly registrations?: readonly CallerAtAws[] | undefined
  readonly tags: Readonly<Record<string, string>>
}

/** A principal: its ARN in IAM, and its session. */
type Principal = Omit<CallerAtAws, 'at'>

const MOST_NAME = 40

export const deployersOf = (traces: Traces, config: Config): Deployers => {
  const { calls = [], past } = traces
  const callers = calls.map(call => behind(call, { ...traces, mayTag: past === 'first' }, config, isSameRole))
  // What ran here before was let in then: only who deploys it again counts.
  const registrar = past === 'ran' ? undefined : registrarOf(traces, config)
  const people = [...callers, ...(registrar === undefined ? [] : [registrar])].flatMap(({ person }) => person ?? [])
  const isCallerKnown = callers.length > 0 && callers.every(({ person }) => person !== undefined)
  const isRegistrarKnown = past === 'ran' || registrar?.person !== undefined
  return {
    by: wordsOf(callers[0], registrar, isRegistrarKnown),
    people: [...new Set(people)],
    isKnown: isCallerKnown && isRegistrarKnown,
    isRead: callers.length > 0 && past !== undefined && isRegistrationRead(traces, config),
  }
}

/** CloudTrail returned no call. */
const UNKNOWN = 'unknown deployer'

const wordsOf = (caller: Behind | undefined, registrar: Behind | undefined, isRegistrarKnown: boolean): string => {
  if (caller === undefined) return registrar === undefined ? UNKNOWN : `${UNKNOWN} (registered by ${registrar.name})`
  if (caller.person === undefined) return `${caller.name}, person unknown`
  const known = `${caller.name} for ${caller.person}`
  return isRegistrarKnown ? known : `${known}, unknown registrar${registrar === undefined ? '' : ` ${registrar.name}`}`
}

/** Who registered the definition: by the call in CloudTrail, else as ECS names them. */
const registrarOf = (traces: Traces, config: Config): Behind | undefined => {
  const { registeredBy, registrations: [call] = [] } = traces
  if (call !== undefined) return behind(call, { ...traces, mayTag: true }, config, isSameRole)
  return registeredBy === undefined
    ? undefined
    : behind(principalOf(registeredBy), { ...traces, mayTag: true }, config, isSameName)
}

/**
 * Whether only CloudTrail knows the person who registered a definition: the one of Quarterdeck, and that of some pipelines, is
 * in the source identity, which ECS does not keep.
 */
export const needsCall = (registeredBy: string | undefined, ref: ServiceRef, config: Config): boolean => {
  if (registeredBy === undefined) return false
  const { arn } = principalOf(registeredBy)
  return (
    isQuarterdeck(arn, ref, config, isSameName) ||
    config.gates.deployers.find(({ role }) => isSameName(role, arn))?.person === 'sourceIdentity'
  )
}

const isRegistrationRead = ({ past, registeredBy, registrations, ref }: Traces, config: Config): boolean =>
  past === 'ran' || registrations !== undefined || !needsCall(registeredBy, ref, config)

type Behind = { readonly name: string; readonly person?: string }

/** `mayTag`: the tags of the definition may name the person. */
type Known = Traces & { readonly mayTag: boolean }

/** The person behind a principal. A principal that the configuration does not name has none. */
const behind = (principal: Principal, known: Known, config: Config, isSame: typeof isSameRole): Behind => {
  const name = plainName(principal.arn.split('/').at(-1) ?? '', MOST_NAME) || 'unknown'
  const own = isQuarterdeck(principal.arn, known.ref, config, isSame)
  const rule = config.gates.deployers.find(({ role }) => isSame(role, principal.arn))
  const text = own ? principal.sourceIdentity : rule && sourceOf(rule, principal, known)
  const person = text === undefined ? undefined : personNamed(text, config)
  return { name: own ? 'Quarterdeck' : name, ...(person !== undefined && { person }) }
}

const isQuarterdeck = (arn: string, ref: ServiceRef, config: Config, isSame: typeof isSameRole): boolean =>
  Object.values(accountOf(config, ref).roles).some(role => isSame(role ?? '', arn))

const sourceOf = ({ role, person = '' }: Deployer, principal: Principal, known: Known): string | undefined => {
  if (person === 'session') return principal.session
  if (person === 'sourceIdentity') return principal.sourceIdentity
  if (!person.startsWith(PERSON_TAG)) return undefined
  // A tag says who registered the definition, only where that pipeline wrote it. Who deploys it again later may be another.
  const { registeredBy, tags, mayTag } = known
  if (!mayTag || registeredBy === undefined || !isSameName(role, principalOf(registeredBy).arn)) return undefined
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

/** What requests of the gate know stays known: CloudTrail may not answer when it is asked again. */
export const withKnown = (
  { isRead = false, ...found }: Deployers,
  ...requests: readonly (Deployers | undefined)[]
): Deployers => {
  const known = requests.filter(one => one !== undefined)
  const told = known.filter(one => !one.by.startsWith(UNKNOWN))
  const best = told.find(one => !one.isKnown) ?? told[0] ?? known[0]
  if (best === undefined) return found
  // A later call that CloudTrail reports may be of somebody else.
  const { by, isKnown } = isRead ? found : best
  return { by, isKnown, people: [...new Set([found, ...known].flatMap(({ people }) => people))] }
}
