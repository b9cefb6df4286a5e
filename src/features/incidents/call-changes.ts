// Pure: converts API calls from CloudTrail to changes, with a description in words.

import { plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Json } from '../../model/json.ts'
import type { Change, Who } from './change.ts'
import { callLink } from './console-links.ts'
import type { CallAtAws } from './reads.ts'

export const callerOf = ({ by, via }: CallAtAws): Who => ({
  kind: 'caller',
  name: via === undefined ? by : `${by} via ${via}`,
})

/**
 * Whether Application Auto Scaling made the call. It sets the desired count with UpdateService. Its scaling activities
 * report the same change and also the cause.
 */
export const isOfAutoscaling = ({ via = '' }: CallAtAws): boolean => via.endsWith('application-autoscaling')

export const callChange = (call: CallAtAws, ref: ServiceRef): Change => {
  const what = wordsOf(call)
  return {
    at: call.at,
    what: `${call.action}${what === '' ? '' : `: ${what}`}`,
    brief: what === '' ? call.action : what,
    who: callerOf(call),
    isBad: false,
    link: callLink(ref, call.id),
    run: JSON.stringify([call.action, call.by]),
  }
}

/** The request parameters in words. Parameters that only identify the service are left out. */
const wordsOf = ({ request, also }: CallAtAws): string =>
  [...Object.entries(request).flatMap(parameter), ...also.map(name => spaced(name))].slice(0, MOST).join(', ')

const MOST = 6
const PLACE = new Set([
  ...['cluster', 'service', 'serviceName', 'resourceId', 'serviceNamespace', 'scalableDimension', 'roleARN'],
  ...['clientToken', 'policyType'],
])

const parameter = ([name, value]: readonly [string, Json]): readonly string[] => {
  if (PLACE.has(name) || value === '') return []
  if (name === 'forceNewDeployment') return value === true ? ['force new deployment'] : []
  const text = nameIn(String(value))
  return [`${spaced(name)} ${plainName(text, 80)}`]
}

/** The part of an ARN after its last slash; a text that is not an ARN is returned unchanged. */
const nameIn = (text: string): string => (text.startsWith('arn:') ? (text.split('/').at(-1) ?? text) : text)

/** A parameter name as separate words: `desiredCount` becomes `desired count`. */
const spaced = (name: string): string => plainName(name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase(), 60)
