// Secrets that are kept on purpose, each with the reason. Anything else that is found fails the test.
import type { SecretKind } from './find-secrets.ts'

export type PlaceKind = 'store' | 'durable history' | 'schedules' | 'logs' | 'Slack'

export type Exemption = { readonly secret: SecretKind; readonly place: PlaceKind; readonly why: string }

export const EXEMPT: readonly Exemption[] = [
  {
    secret: 'response URL',
    place: 'durable history',
    why: 'the input of an operation: its answer to the requester is sent there, for 30 minutes and five messages at most',
  },
]
