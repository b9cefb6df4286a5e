// Pure: plans the deployment of an image: a new revision that differs in this image alone, and an update of the service.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { Call, Line, NewPlan, Registration, Risk } from '../../engine/change/plan.ts'
import { withUnseen } from '../../engine/change/risk.ts'
import type { ImageScan } from '../../features/checks/posture.ts'
import type { ImageDeploy } from '../../features/deployments/deploy-image.ts'
import { imageLosses, tinyDigest } from '../../features/deployments/image-losses.ts'
import { imageTagParts } from '../../features/deployments/image-tags.ts'
import { imageText, readImage } from '../../features/deployments/image-target.ts'
import { riskOfReplacement } from '../../features/deployments/replacement.ts'
import { changeOf, unmarked } from '../../features/deployments/version-changes.ts'
import { watchOptions } from '../../features/deployments/watch/alarms.ts'
import { fullName } from '../../kit/language/target.ts'
import { shortName } from '../../kit/messages/text.ts'
import { ageWords } from '../../model/time.ts'
import { commonParts, replacedLines } from './common.ts'

/** The key of `drifts` with the number that a registration is looked for above. */
export const NEWEST_REVISION = 'newest revision of the family'

export const planImage = (state: ImageDeploy): NewPlan => {
  const { service, base, container, image, version, isNamed, newest } = state
  const { ref } = service
  const parts = imageTagParts(state.tags, riskOf(state))
  const { images: others = [], ...uncompared } = parts.binds as { readonly images?: readonly string[] }
  const common = commonParts(state)
  const change = changeOf(
    true,
    true,
  )({ container, before: state.before, after: afterOf(state), isMoved: isMoved(state) })
  return {
    ...common,
    invocation: `deploy ${fullName(ref)} ${version}${isNamed ? ` --container ${container}` : ''}${watchOptions(state.watch)}`,
    title: `Deploy *${ref.service}* ${titleOf(state)}`,
    changes: [
      change,
      { what: 'Task definition', from: `${base.family}:${base.revision}`, to: 'a new revision' },
      ...parts.changes,
    ],
    details: [
      `Image of ${container}: ${unmarked(state.before.image)} ${state.before.digest ?? ''} → ${imageText(image)}`,
      ...parts.details,
      ...common.details,
    ],
    risk: parts.risk,
    losses: replacedLines(state, [...imageLosses([lineOf(state)]), ...scanLosses(state.scan), ...parts.losses]),
    consequences: [
      `The new revision differs from ${base.family}:${base.revision} in this image alone.`,
      ...(state.isPlatformKnown ? [] : ['The platform of the image is unknown: its manifest does not say it.']),
      ...(state.scan?.kind === 'unscanned' ? [`The image has no scan: ${state.scan.why}.`] : []),
      ...common.consequences,
    ],
    calls: callsOf(state),
    binds: { ...common.binds, ...uncompared, images: [image.digest, ...others] },
    drifts: { ...common.drifts, [NEWEST_REVISION]: newest },
  }
}

const afterOf = ({ container, image }: ImageDeploy) => ({ container, image: imageText(image), digest: image.digest })

const callsOf = ({ service: { ref }, base, container, image }: ImageDeploy): readonly Call[] => {
  const { arn, hash, cpu, memory, compatibilities, tagKeys, roles } = base
  const input: Registration = {
    base: arn,
    hash,
    images: { [container]: imageText(image) },
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    compatibilities,
    tagKeys,
  }
  return [
    {
      service: 'ecs',
      action: 'RegisterTaskDefinition',
      input,
      resources: [arn.replace(/:\d+$/, ':*')],
      passes: roles,
      repeatable: false,
    },
    {
      service: 'ecs',
      action: 'UpdateService',
      input: { cluster: ref.cluster, service: ref.arn },
      takes: { field: 'taskDefinition', from: 0 },
      resources: [ref.arn],
      passes: roles,
      repeatable: true,
    },
  ]
}

const isMoved = ({ before, image }: ImageDeploy): boolean => readImage(before.image).repository !== image.repository

const isSameTag = (state: ImageDeploy): boolean =>
  !isMoved(state) && state.image.tag !== undefined && readImage(state.before.image).tag === state.image.tag

/** Tags where both have one, else digests. */
const titleOf = (state: ImageDeploy): string => {
  const [before, after] = [readImage(state.before.image).tag, state.image.tag]
  const { digest } = state.before
  if (before !== undefined && after !== undefined && before !== after) return `${tagText(before)} → ${tagText(after)}`
  return `${digest === undefined ? 'unknown digest' : tinyDigest(digest)} → ${tinyDigest(state.image.digest)}`
}

const tagText = (tag: string): string => shortName(unmarked(tag), 24)

const lineOf = (state: ImageDeploy) => {
  const { container, before, image, pushedAt, now } = state
  const age = pushedAt === undefined ? '' : `, ${ageWords(pushedAt, now)} old`
  return {
    container: unmarked(container),
    from: before.digest === undefined ? 'unknown digest' : tinyDigest(before.digest),
    to: `${tinyDigest(image.digest)}${isSameTag(state) ? ', same tag, new image' : ''}${age}`,
    ...(isMoved(state) && { movedTo: unmarked(image.repository) }),
  }
}

const scanLosses = (scan: ImageScan | undefined): readonly Line[] => {
  if (scan?.kind !== 'scanned' || scan.critical + scan.high === 0) return []
  const counts = [
    ...(scan.critical > 0 ? [`${scan.critical} critical`] : []),
    ...(scan.high > 0 ? [`${scan.high} high`] : []),
  ]
  return [
    cardLine(
      `Its scan found ${counts.join(' and ')} ${scan.critical + scan.high === 1 ? 'vulnerability' : 'vulnerabilities'}`,
    ),
  ]
}

const riskOf = (state: ImageDeploy): Risk =>
  withUnseen(
    riskOfReplacement(state.service),
    isMoved(state) ? 'Tasks start with an image of another repository' : undefined,
  )
