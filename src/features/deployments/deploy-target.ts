// Loads what a deployment runs: an image in a new revision of the current task definition, or another revision of its family.

import { fullName } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import { accountOf } from '../../model/account.ts'
import type { Service, ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { Base, Known, Reads } from './deploy-common.ts'
import { type ImageDeploy, loadImage } from './deploy-image.ts'
import { loadRevision, type RevisionDeploy } from './deploy-revision.ts'
import { wantedIn } from './image-target.ts'
import { loadPreempted, type Preempted } from './in-progress.ts'
import { refuseDeployment } from './replacement.ts'
import { type AskedWatch, loadWatch } from './watch/alarms.ts'

export type Deploy = ImageDeploy | RevisionDeploy

type Asked = AskedWatch & {
  readonly service: ServiceRef
  readonly version: string
  readonly container?: string | undefined
}

export const loadDeploy = async (asked: Asked, read: Reads, known: Known): Promise<Deploy | Refusal> => {
  const { version } = asked
  const wanted = wantedIn(version)
  if (isRefusal(wanted)) return wanted
  const base = await loadBase(asked, read, known)
  if (isRefusal(base)) return base
  return wanted.kind === 'revision'
    ? loadRevision(base, wanted.name, read, known)
    : loadImage(base, wanted, asked, read, known)
}

/** What a new revision is made of, and what watches it. */
export const loadBase = async (
  asked: AskedWatch & { readonly service: ServiceRef },
  read: Reads,
  known: Known,
): Promise<Base | Refusal> => {
  const { service: ref } = asked
  if (accountOf(known.config, ref).roles.deployer === undefined)
    return refuse(
      `Deployments need a deployer role in ${ref.account}, and the configuration has none.`,
      'Ask your administrator to add `deployer` under the account’s `roles`.',
    )
  const detail = await read.serviceDetail(ref)
  if (detail === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const { service } = detail
  const preempted = await loadPreempted(service, known, read)
  const refusal = refuseService(service, preempted)
  if (refusal !== undefined) return refusal
  const [base, [from]] = await Promise.all([
    read.definitionBase(ref, service.taskDefinition),
    read.revisions(ref, detail.revisions.slice(0, 1)),
  ])
  if (base === undefined) return refuse(`ECS does not have \`${plainName(service.taskDefinition)}\` any more.`)
  const watch = await loadWatch(asked, { detail, base, from }, read)
  if (isRefusal(watch)) return watch
  return { service, base, from, ...(preempted !== undefined && { preempted }), ...(watch !== undefined && { watch }) }
}

const refuseService = (service: Service, preempted: Preempted | undefined): Refusal | undefined =>
  service.isExpress
    ? refuse(
        `*${service.ref.service}* is an Express service: ECS manages its task definitions.`,
        'Update its image in the console, or with your pipeline.',
      )
    : refuseDeployment(service, 'deployed', preempted)
