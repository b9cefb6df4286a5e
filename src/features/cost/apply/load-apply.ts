// Loads what a recommended size would change: the finding of now, the definition that runs, and what autoscaling makes of it.

import type { ServiceWatch } from '../../../engine/change/records.ts'
import { watchKey } from '../../../engine/change/records.ts'
import { type LeaseBook, leasesOf } from '../../../engine/leases/book.ts'
import { bookKey } from '../../../engine/leases/book-store.ts'
import { leasesOnService } from '../../../engine/leases/origin.ts'
import { leaseLine } from '../../../engine/leases/render-leases.ts'
import type { Asker } from '../../../engine/rules/asker.ts'
import { isProduction } from '../../../engine/rules/config.ts'
import { fullName } from '../../../kit/language/target.ts'
import { timeMark } from '../../../kit/messages/markup.ts'
import { plainName } from '../../../kit/messages/text.ts'
import { accountOf } from '../../../model/account.ts'
import type { Autoscaling, Service, ServiceRef } from '../../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../../model/errors.ts'
import { FARGATE, SPOT } from '../../capacity/strategy.ts'
import {
  type Base,
  type Common,
  type Reads as DeployReads,
  loadCommon,
  unread,
} from '../../deployments/deploy-common.ts'
import { readNothing, refuseBase } from '../../deployments/deploy-image.ts'
import { loadBase } from '../../deployments/deploy-target.ts'
import { type ImageTags, imageTagsOf } from '../../deployments/image-tags.ts'
import type { AskedWatch } from '../../deployments/watch/alarms.ts'
import type { ScalingReads } from '../../scaling/reads.ts'
import type { StatusReads } from '../../status/reads.ts'
import { isStandby } from '../findings.ts'
import type { Advice, CostReads, SizeAdvice } from '../reads.ts'
import { enrolText } from '../render-findings.ts'
import { type AskedSize, type Resize, resizeOf } from './resize.ts'
import { type Tracked, trackedBy } from './tracked.ts'
import { isUnused, loadUse, stopOffer, useText } from './use.ts'

export type Apply = Common & {
  readonly advice: SizeAdvice
  readonly resize: Resize
  /** As typed. */
  readonly asked: AskedSize
  readonly tracked: readonly Tracked[]
  /** The maximum of autoscaling. */
  readonly max: number
  readonly isProduction: boolean
  readonly tags: ImageTags
  /** The highest number of a revision of the family. */
  readonly newest: number
}

type Reads = DeployReads &
  Pick<CostReads, 'adviceOn' | 'use'> &
  Pick<ScalingReads, 'autoscaling'> &
  Pick<StatusReads, 'usage'>

type Own = Pick<Asker, 'config' | 'facts' | 'store' | 'isBreakGlass'>

type Asked = AskedSize & Pick<AskedWatch, 'watch' | 'alarm'> & { readonly service: ServiceRef }

const USUAL_MINUTES = 60
/** The minutes over which usage is averaged. */
const USAGE_MINUTES = 60

export const loadApply = async (asked: Asked, read: Reads, own: Own): Promise<Apply | Refusal> => {
  const { service: ref, watch = USUAL_MINUTES, alarm, ...size } = asked
  const { config, facts, isBreakGlass } = own
  const known = { config, now: facts.now, ...(isBreakGlass === true && { isBreakGlass }) }
  const base = await loadBase({ service: ref, watch, alarm, hasLimits: true }, read, known)
  if (isRefusal(base)) return base
  const busy = refuseElsewhere(base.service) ?? refuseBase(ref.service, base.base) ?? (await refuseBusy(base, own))
  if (busy !== undefined) return busy
  const [given, autoscaling] = await Promise.all([read.adviceOn(ref), read.autoscaling(ref)])
  const advice = adviceIn(given, base.service)
  if (isRefusal(advice)) return advice
  const idle = isPlain(size) ? await refuseIdle(given, ref, autoscaling, read, facts.now) : undefined
  if (idle !== undefined) return idle
  if (advice === undefined) return refuseNothing(ref)
  const resize = resizeOf(advice, base.base, size)
  if (isRefusal(resize)) return resize
  return loadRest({ base, advice, resize, asked: size, autoscaling }, read, own)
}

type Found = Pick<Apply, 'advice' | 'resize' | 'asked'> & {
  readonly base: Base
  readonly autoscaling: Autoscaling | undefined
}

const loadRest = async (
  { base, autoscaling, ...found }: Found,
  read: Reads,
  { config, facts, isBreakGlass }: Own,
): Promise<Apply | Refusal> => {
  const { ref } = base.service
  const [common, usage, tags, newest] = await Promise.all([
    loadCommon(base, base.base, read, { config, now: facts.now, ...(isBreakGlass === true && { isBreakGlass }) }),
    autoscaling === undefined ? undefined : read.usage(ref, facts.now, USAGE_MINUTES).catch(unread),
    base.from === undefined ? readNothing(base.base) : imageTagsOf(base.from.images, read),
    read.newestRevision(ref, base.base.family),
  ])
  if (isRefusal(common)) return common
  return {
    ...common,
    ...found,
    ...{ tags, newest, tracked: trackedBy(autoscaling, usage), isProduction: isProduction(accountOf(config, ref)) },
    max: autoscaling?.max ?? base.service.desired,
  }
}

const isPlain = (size: AskedSize): boolean => Object.values(size).every(value => value === undefined)

const refuseElsewhere = ({ ref, strategy, capacity }: Service): Refusal | undefined => {
  const providers = strategy?.map(({ provider }) => provider) ?? [capacity]
  return providers.every(provider => provider === FARGATE || provider === SPOT)
    ? undefined
    : refuse(
        `*${ref.service}* does not run on Fargate: its instances decide what it costs.`,
        'Compute Optimizer recommends sizes for Fargate only.',
        [{ label: 'Compare', invocation: `cost compare ${fullName(ref)}` }],
      )
}

/** A temporary change would end on another size, and two watches could not tell whose change did harm. */
const refuseBusy = async (
  { service: { ref, createdAt } }: Base,
  { store, facts }: Own,
): Promise<Refusal | undefined> => {
  const [book, watch] = await Promise.all([
    store.get<LeaseBook>(bookKey(ref.arn)),
    store.get<ServiceWatch>(watchKey(ref.arn)),
  ])
  const [lease] = book === undefined ? [] : leasesOf(leasesOnService(book.value, createdAt))
  if (lease !== undefined)
    return refuse(
      `*${ref.service}* has a temporary change: ${leaseLine(lease)}.`,
      'Change its size when that has ended.',
      [{ label: 'Temporary Changes', invocation: 'leases' }],
    )
  if (watch === undefined || watch.value.until <= facts.now) return undefined
  return refuse(
    `*${ref.service}* is watched until ${timeMark(watch.value.until)} after another change: ${plainName(watch.value.what)}.`,
    'Wait for its end, or press Stop Watching on its card.',
  )
}

const adviceIn = (given: Advice, { ref, taskDefinition }: Service): SizeAdvice | undefined | Refusal => {
  if (given.kind === 'not enrolled') return refuse(enrolText({ ...ref, ...given }))
  const advice = given.sizes.find(({ arn }) => arn === ref.arn)
  if (advice === undefined || advice.definition === taskDefinition) return advice
  return refuse(
    `The finding is out of date: it is about \`${plainName(advice.definition)}\`, and *${ref.service}* runs \`${plainName(taskDefinition)}\`.`,
    'Compute Optimizer looks again once a day.',
    costOf(ref),
  )
}

const costOf = (ref: ServiceRef) => [{ label: 'Cost', invocation: `cost ${fullName(ref)}` }]

const refuseNothing = (ref: ServiceRef): Refusal =>
  refuse(`Compute Optimizer has no finding about *${ref.service}*.`, 'The cost of the service says why.', costOf(ref))

/** An idle service is not made smaller: it is stopped, if nothing used it. */
const refuseIdle = async (
  given: Advice,
  ref: ServiceRef,
  autoscaling: Autoscaling | undefined,
  read: Reads,
  now: string,
): Promise<Refusal | undefined> => {
  const isIdle = given.kind === 'advice' && given.idle.some(({ arn }) => arn === ref.arn)
  const detail = isIdle ? await read.serviceDetail(ref) : undefined
  if (detail === undefined) return undefined
  const name = `*${ref.service}*`
  const hint = 'To change its size instead, name it: `--cpu`, `--memory` or `--option`.'
  if (isStandby(detail.service.tags)) return refuse(`${name} is idle on purpose: its tags say that it stands by.`, hint)
  const use = await loadUse(detail, autoscaling, read, now)
  return isUnused(use)
    ? refuse(`${name} looks idle; ${useText(use)}.`, hint, [stopOffer(detail, autoscaling)])
    : refuse(`${name} has little load, but ${useText(use)}.`, hint, costOf(ref))
}
