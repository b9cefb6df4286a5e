// The peers that every function behind ingress talks to, made once a container and configured by Lambda's environment.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Account } from '../config.ts'
import type { Actor } from '../model.ts'
import { createAssume } from './credentials.ts'
import { type ClientFor, createClientFor } from './ecs.ts'
import { createParameters, type Parameters } from './parameters.ts'
import { createSlack, type Slack } from './slack.ts'
import { createStore, type Store } from './store.ts'

export type Peers = {
  readonly config: Parameters['config']
  readonly slack: () => Promise<Slack>
  readonly store: Store
  /** Clients that act as this person, for this purpose, in this role. Made anew each time: credentials are not shared. */
  readonly clientFor: (actor: Actor, purpose: string, role: keyof Account['roles']) => ClientFor
}

/** `env`: TABLE, and what AWS SDKs read. */
export const createPeers = (env: NodeJS.ProcessEnv): Peers => {
  const { config, secrets } = createParameters(env)
  const assume = createAssume()
  return {
    config,
    slack: async () => createSlack((await secrets()).botToken, env),
    store: createStore(env['TABLE'] ?? '', new DynamoDBClient({})),
    clientFor: (actor, purpose, role) =>
      createClientFor(({ roles }) => assume({ roleArn: roles[role], name: `${actor.user}-${purpose}`.slice(0, 64) })),
  }
}
