// Pure: API calls from CloudTrail as changes, in words.

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

/** Application Auto Scaling sets the count with UpdateService; its activities tell the same with the cause. */
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

/** The parameters in words. Those that only say which service it is are left out. */
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

/** The name at the end of an ARN. */
const nameIn = (text: string): string => (text.startsWith('arn:') ? (text.split('/').at(-1) ?? text) : text)

/** `desiredCount` as `desired count`. */
const spaced = (name: string): string => plainName(name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase(), 60)
