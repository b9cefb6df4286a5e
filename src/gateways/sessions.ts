// Sessions of one role in many accounts: credentials, and what every AWS client is made with, each made when first needed.
import type { Account } from '../config.ts'
import type { Credentials } from './credentials.ts'

export type Settings = { readonly region: string; readonly maxAttempts: number; readonly credentials: Credentials }

export type Sessions = {
  readonly credentials: (account: Account) => Promise<Credentials>
  /** One client for each account and region. */
  readonly each: <Client>(make: (settings: Settings) => Client) => (account: Account, region: string) => Promise<Client>
}

/** `maxAttempts`: 1 for writers, because the SDK would repeat on its own what must not be repeated; the story decides that. */
export const createSessions = (
  credentialsFor: (account: Account) => Promise<Credentials>,
  maxAttempts = 3,
): Sessions => {
  const held = new Map<string, Promise<Credentials>>()
  const credentials = (account: Account) => once(held, account.id, () => credentialsFor(account))
  return {
    credentials,
    each: <Client>(make: (settings: Settings) => Client) => {
      const clients = new Map<string, Promise<Client>>()
      return (account, region) =>
        once(clients, `${account.id} ${region}`, async () =>
          make({ region, maxAttempts, credentials: await credentials(account) }),
        )
    },
  }
}

const once = <T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
  const known = made.get(key) ?? make()
  made.set(key, known)
  return known
}
