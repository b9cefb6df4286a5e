// Pure: plans the deployment of another revision of the family, which may change everything.

import { lineOfMany } from '../../engine/cards/card-line.ts'
import type { Line, NewPlan } from '../../engine/change/plan.ts'
import { withUnseen } from '../../engine/change/risk.ts'
import { differencesOf, isPower, isRole } from '../../features/deployments/definition-differences.ts'
import { OTHER_REPOSITORY, riskOfDifferences } from '../../features/deployments/definition-risk.ts'
import type { RevisionDeploy } from '../../features/deployments/deploy-revision.ts'
import { imageLosses } from '../../features/deployments/image-losses.ts'
import { hasOtherRepository } from '../../features/deployments/image-target.ts'
import { riskOfReplacement } from '../../features/deployments/replacement.ts'
import {
  changeOf,
  imageChangesOf,
  imageLine,
  settingText,
  withoutMarkup,
} from '../../features/deployments/version-changes.ts'
import { watchOptions } from '../../features/deployments/watch/alarms.ts'
import { fullName } from '../../kit/language/target.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { commonParts, replacedLines } from './common.ts'

/** Characters that the card has room for. */
const MOST_DETAILS = 6_000

export const planRevision = (state: RevisionDeploy): NewPlan | Refusal => {
  const { service, base, definition, name, images } = state
  const { ref } = service
  const common = commonParts(state)
  const details = detailsOf(state)
  if (details.join('\n').length > MOST_DETAILS)
    return refuse(
      `\`${withoutMarkup(name)}\` changes more than a card can show.`,
      'Deploy it with your pipeline, or in smaller steps.',
    )
  return {
    ...common,
    invocation: `deploy ${fullName(ref)} ${name}${watchOptions(state.watch)}`,
    title: `Deploy *${ref.service}*, *${withoutMarkup(`${base.family}:${base.revision}`)}* → *${withoutMarkup(name)}*`,
    changes: [
      { what: 'Task definition', from: withoutMarkup(`${base.family}:${base.revision}`), to: withoutMarkup(name) },
      ...imageChangesOf(state).map(changeOf(state.from !== undefined, true)),
      ...alsoOf(state).map(text => ({ what: `Also: ${text}`, from: '', to: '' })),
    ],
    details,
    risk: withUnseen(
      riskOfDifferences(riskOfReplacement(service), differencesIn(state)),
      hasOtherRepository(base.images, definition.images) ? OTHER_REPOSITORY : undefined,
    ),
    losses: replacedLines(state, versionLosses(state)),
    consequences: common.consequences,
    calls: [
      {
        service: 'ecs',
        action: 'UpdateService',
        input: { cluster: ref.cluster, service: ref.arn, taskDefinition: definition.arn },
        resources: [ref.arn],
        passes: definition.roles,
        repeatable: true,
      },
    ],
    binds: { ...common.binds, definition: definition.hash, images: images.map(({ digest = '' }) => digest) },
  }
}

/** Roles first, then network and capabilities, then the others. */
const differencesIn = ({ base, definition }: RevisionDeploy) => {
  const all = differencesOf(base, definition) ?? []
  return [...all.filter(isRole), ...all.filter(isPower), ...all.filter(one => !isPower(one) && !isRole(one))]
}

const alsoOf = (state: RevisionDeploy): readonly string[] => differencesIn(state).map(settingText)

const versionLosses = (state: RevisionDeploy): readonly Line[] => {
  const also = alsoOf(state)
  return [
    ...imageLosses(imageChangesOf(state).map(imageLine(state.from !== undefined))),
    ...(also.length === 0 ? [] : [lineOfMany('Also: ', also)]),
  ]
}

const detailsOf = (state: RevisionDeploy): readonly string[] => [
  ...imageChangesOf(state)
    .map(changeOf(state.from !== undefined, false))
    .map(({ what, from, to }) => `${what}: ${from} → ${to}`.replaceAll('`', '')),
  ...alsoOf(state).map(text => `Also: ${text}`),
]
