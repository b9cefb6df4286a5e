// Secrets that are kept on purpose, each with the reason. Anything else that is found fails the test.
import type { SecretKind } from './find-secrets.ts'

export type PlaceKind = 'store' | 'durable history' | 'schedules' | 'logs' | 'Slack'

export type Exemption = {
  readonly secret: SecretKind
  readonly place: PlaceKind
  readonly why: string
  /** Only in worlds that run bundles of an earlier version. */
  readonly isEarlierVersion?: true
}

export const EXEMPT: readonly Exemption[] = [
  {
    secret: 'response URL',
    place: 'durable history',
    why: 'the input of an operation: its answer to the requester is sent there, for 30 minutes and five messages at most',
  },
  {
    secret: 'response URL',
    place: 'store',
    why: 'earlier versions stored it with the request of an operation; this version does not read it',
    isEarlierVersion: true,
  },
]
