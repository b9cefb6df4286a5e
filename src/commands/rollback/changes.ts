// What a rollback changes: the task definition, each image that differs, and under "Also" everything else.

import { lineOfMany } from '../../engine/cards/card-line.ts'
import type { Change, Line } from '../../engine/change/plan.ts'
import { type Difference, differencesOf, isRole } from '../../features/deployments/definition-differences.ts'
import { imageLosses } from '../../features/deployments/image-losses.ts'
import type { Rollback } from '../../features/deployments/rollback-target.ts'
import {
  changeOf,
  imageChangesOf,
  imageLine,
  isKnownToDiffer,
  settingText,
  withoutMarkup,
} from '../../features/deployments/version-changes.ts'

/** Settings on the card; the details have all of them. */
const MOST_ALSO = 6

/** "Also": roles first, then the settings of the service, then the other ones of the task definition. */
const alsoOf = (state: Rollback): readonly string[] => {
  const definition = differencesOf(state.before, state.definition)
  const service = serviceDifferencesOf(state)
  return [
    ...(definition ?? []).filter(isRole).map(settingText),
    ...(service?.map(settingText) ?? ['settings of the service could not be compared']),
    ...(definition?.filter(one => !isRole(one)).map(settingText) ?? ['other settings could not be compared']),
  ]
}

/**
 * The settings of the service that change: a stopped deployment takes back all of its revision, a new deployment only the
 * task definition. Undefined where they cannot be compared.
 */
export const serviceDifferencesOf = ({ from, to, stops }: Rollback): readonly Difference[] | undefined =>
  stops === undefined ? [] : differencesOf(from, to.revision)

/** The changed images, and in one line the other settings. */
export const versionLosses = (state: Rollback): readonly Line[] => {
  const also = alsoOf(state)
  return [
    ...imageLosses(imageChangesOf(state).map(imageLine(state.from !== undefined))),
    ...(also.length === 0 ? [] : [lineOfMany('Also: ', also)]),
  ]
}

const hasSameDefinition = ({ service, from, to, stops }: Rollback): boolean =>
  stops !== undefined && (from?.taskDefinition ?? service.taskDefinition) === to.name

/** Whether the deployment that is stopped changed only settings of the service, such as its network. */
export const isOfSettings = (state: Rollback): boolean =>
  hasSameDefinition(state) && (serviceDifferencesOf(state) ?? []).length > 0

/** Whether the deployment that is stopped is a restart: it has the task definition and the settings that ran before. */
export const isRestart = (state: Rollback): boolean => hasSameDefinition(state) && !isOfSettings(state)

/** Whether the version that is stopped is the one that runs again. A tag may have been pushed again before a restart. */
export const versionOf = (state: Rollback): 'same' | 'other' | 'uncompared' => {
  if (!hasSameDefinition(state)) return 'other'
  const images = imageChangesOf(state)
  if (images.some(isKnownToDiffer)) return 'other'
  return state.from === undefined || images.length > 0 ? 'uncompared' : 'same'
}

/** The task definition, each image that differs, and "Also". */
export const changesOf = (state: Rollback): readonly Change[] => {
  const { service, from, to } = state
  const also = alsoOf(state)
  const more = also.length - MOST_ALSO
  const name = withoutMarkup(to.name)
  return [
    hasSameDefinition(state)
      ? { what: `${isRestart(state) ? 'Restart' : 'Deployment'} of \`${name}\``, from: 'in progress', to: 'stopped' }
      : {
          what: 'Task definition',
          from: withoutMarkup(from?.taskDefinition ?? service.taskDefinition),
          to: name,
        },
    ...imageChangesOf(state).map(changeOf(from !== undefined, true)),
    ...also.slice(0, MOST_ALSO).map(text => ({ what: `Also: ${text}`, from: '', to: '' })),
    ...(more > 0 ? [{ what: `Also: ${more} more, listed under Details`, from: '', to: '' }] : []),
  ]
}

/** All images in full, and all settings that change. */
export const detailsOf = (state: Rollback): readonly string[] => [
  ...imageChangesOf(state)
    .map(changeOf(state.from !== undefined, false))
    .map(({ what, from, to }) => `${what}: ${from} → ${to}`.replaceAll('`', '')),
  ...alsoOf(state).map(text => `Also: ${text}`),
]
