// Locks that people put on places: finds the lock that covers a service, and describes a lock in words.

import { codeText, plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { ANY_SERVICE } from './access.ts'
import type { PlaceLock, RuleInputs } from './rule-inputs.ts'

/** The first lock on the service, its cluster or its account. */
export const placeLockOn = (ref: ServiceRef, { placeLocks }: Pick<RuleInputs, 'placeLocks'>): PlaceLock | undefined =>
  placeLocks.find(lock => covers(lock, ref))

/** The characters of a reason that a person wrote. */
export const MOST_REASON = 500

/** A lock in words, without a full stop at the end. */
export const placeLockText = ({ name, by, reason, until }: PlaceLock): string =>
  `*${name}* is locked by ${plainName(by.name)}${until === undefined ? '' : ` until ${until.slice(0, 16).replace('T', ' ')} UTC`}: ${codeText(reason, MOST_REASON)}`

const covers = ({ scope }: PlaceLock, ref: ServiceRef): boolean =>
  scope.accountId === ref.accountId &&
  (scope.region === undefined || scope.region === ref.region) &&
  (scope.cluster === undefined || scope.cluster === ref.cluster) &&
  (scope.service === undefined || scope.service === ref.service || ref.service === ANY_SERVICE)
