// Watches a story: at its end nothing that it kept may hold a planted secret.
import type { Durable } from '../../sandbox/lambda/durable/engine.ts'
import type { Slack } from '../../sandbox/slack/slack.ts'
import type { Fleet } from '../../sandbox/world/fleet.ts'
import type { Logs } from '../../sandbox/world/logs.ts'
import { demandMeasure } from '../engine/cards/demand-measure.ts'
import { HUB } from '../world/driving.ts'
import { demandNone } from './demand-none.ts'
import { durablePlaces, slackPlaces, watchSlack } from './places.ts'
import { collectFromSlack, createPlanted, plantEnvironment, plantLines } from './planted.ts'

type Story = {
  readonly fleet: Fleet
  readonly aws: { readonly logs: Logs }
  readonly slack: Slack
  readonly durable: Durable
  readonly secrets: { readonly signingSecret: string; readonly botToken: string }
  readonly functions: { readonly logs: readonly string[] }
  /** Every item of the table, with its key. */
  readonly store: { readonly raw: () => readonly string[] }
}

export const watchStory = ({
  fleet,
  aws,
  slack,
  durable,
  secrets,
  functions,
  store,
}: Story): { readonly demand: () => void } => {
  const planted = createPlanted(secrets)
  plantEnvironment(fleet, planted)
  plantLines(aws.logs, HUB, planted)
  const changes = watchSlack(slack)
  return {
    demand: () => {
      demandMeasure(changes())
      collectFromSlack(slack, planted)
      demandNone(
        [
          ...store.raw().map(text => ({ kind: 'store' as const, where: text.slice(0, 80), text })),
          ...durablePlaces(durable),
          ...functions.logs.map(text => ({ kind: 'logs' as const, where: 'a function', text })),
          ...slackPlaces(slack, changes()),
        ],
        planted.list(),
      )
    },
  }
}
