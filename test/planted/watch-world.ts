// Watches a world at the wire: at its end nothing that it kept may hold a planted secret.
import { ROOT } from '../../sandbox/infrastructure.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { demandMeasure } from '../engine/cards/demand-measure.ts'
import { recordGallery } from '../gallery/record.ts'
import { demandNone } from './demand-none.ts'
import { durablePlaces, type Place, slackPlaces, watchSlack } from './places.ts'
import { collectFromAws, collectFromSlack, createPlanted, plantEnvironment, plantLines } from './planted.ts'

export type WatchedWorld = {
  /** Reads everything that the world keeps, and returns what fails if a secret is in it. */
  readonly search: () => Promise<() => void>
}

export const watchWorld = (
  sandbox: Sandbox,
  place: { readonly account: string; readonly region: string },
): WatchedWorld => {
  const planted = createPlanted(sandbox)
  plantEnvironment(sandbox.fleet, planted)
  plantLines(sandbox.aws.logs, place, planted)
  collectFromAws(sandbox.aws, planted)
  const changes = watchSlack(sandbox.slack)
  recordGallery(sandbox.slack)
  return {
    search: async () => {
      const items = await sandbox.aws.items('quarterdeck')
      collectFromSlack(sandbox.slack, planted)
      return () => {
        // Earlier versions had other cards.
        if (!hasEarlierVersion(sandbox)) demandMeasure(changes())
        demandNone(
          [
            ...items.map(itemPlace),
            ...durablePlaces(sandbox.durable),
            ...sandbox.aws.scheduler.list().map(schedulePlace),
            ...sandbox.functions.logs.map(logPlace),
            ...slackPlaces(sandbox.slack, changes()),
          ],
          planted.list(),
          { hasEarlierVersion: hasEarlierVersion(sandbox) },
        )
      }
    },
  }
}

const hasEarlierVersion = ({ functions }: Sandbox): boolean =>
  [...functions.bundles.values()].some(file => !file.startsWith(`${ROOT}dist/`))

const itemPlace = (item: Awaited<ReturnType<Sandbox['aws']['items']>>[number]): Place => ({
  kind: 'store',
  where: `item ${item['pk']?.S} ${item['sk']?.S}`,
  text: JSON.stringify(item),
})

const schedulePlace = ({ name, input }: ReturnType<Sandbox['aws']['scheduler']['list']>[number]): Place => ({
  kind: 'schedules',
  where: name,
  text: JSON.stringify(input),
})

const logPlace = ({ function: of, line }: Sandbox['functions']['logs'][number]): Place => ({
  kind: 'logs',
  where: of,
  text: line,
})
