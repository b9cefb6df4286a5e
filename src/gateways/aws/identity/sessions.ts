// Caches the credentials and AWS clients of one role by account and region, and counts requests.

import type { Account } from '../../../model/account.ts'
import type { Credentials } from './credentials.ts'

export type Settings = { readonly region: string; readonly maxAttempts: number; readonly credentials: Credentials }

/** The number of requests to AWS by action, including retries. */
export type Calls = Readonly<Record<string, number>>

export type Sessions = {
  readonly calls: () => Calls
  /** Counts a request that was sent without a client created by `each`. */
  readonly count: (action: string) => void
  readonly credentials: (account: Account) => Promise<Credentials>
  /** Creates one client for each account and region, on first use. */
  readonly each: <Client>(make: (settings: Settings) => Client) => (account: Account, region: string) => Promise<Client>
}

/** Creates the sessions. `maxAttempts`: 1 for writers, because the SDK must not retry a call that is not idempotent. */
export const createSessions = (
  credentialsFor: (account: Account) => Promise<Credentials>,
  maxAttempts = 3,
): Sessions => {
  const credentialsByAccount = new Map<string, Promise<Credentials>>()
  const calls = new Map<string, number>()
  const count = (action: string): void => void calls.set(action, (calls.get(action) ?? 0) + 1)
  const credentials = (account: Account) =>
    once(credentialsByAccount, account.id, () => {
      count('AssumeRole')
      return credentialsFor(account)
    })
  return {
    calls: () => Object.fromEntries(calls),
    count,
    credentials,
    each: <Client>(make: (settings: Settings) => Client) => {
      const clients = new Map<string, Promise<Client>>()
      return (account, region) =>
        once(clients, `${account.id} ${region}`, async () =>
          counted(make({ region, maxAttempts, credentials: await credentials(account) }), count),
        )
    },
  }
}

type Watched = { readonly middlewareStack: { add: (middleware: Middleware, options: object) => void } }
type Middleware = (
  next: (args: unknown) => Promise<unknown>,
  context: { readonly commandName?: string },
) => (args: unknown) => Promise<unknown>

/**
 * Returns the client with a counter of its requests. The counter runs after the retry middleware, so it counts each attempt.
 * An object that is not an SDK client is returned unchanged.
 */
const counted = <Client>(client: Client, count: (action: string) => void): Client => {
  if (typeof client !== 'object' || client === null || !('middlewareStack' in client)) return client
  const watch: Middleware = (next, { commandName = '' }) => {
    return args => {
      count(commandName.replace(/Command$/, ''))
      return next(args)
    }
  }
  ;(client as unknown as Watched).middlewareStack.add(watch, {
    step: 'finalizeRequest',
    priority: 'low',
    name: 'counted',
  })
  return client
}

const once = <T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
  const known = made.get(key) ?? make()
  made.set(key, known)
  return known
}
