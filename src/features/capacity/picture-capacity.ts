// The picture of a service's capacity: where its tasks run, beside where a new deployment would start them.

import type { Rendered } from '../../model/ports/message.ts'
import type { Capacity } from './load-capacity.ts'
import { isCertain, predictSplit, providerText, splitText, tasksIn } from './strategy.ts'

/** The maximum number of providers in a strategy. Source: ECS API reference, UpdateService. */
const MOST_ROWS = 20

/** None for a launch type, which has no split, and where not all tasks were read. */
export const picturesOf = ({ service, split, isPartial }: Capacity): Pick<Rendered, 'pictures'> => {
  const { ref, strategy = [] } = service.detail.service
  const count = tasksIn(split)
  if (strategy.length === 0 || count === 0 || isPartial) return {}
  const predicted = predictSplit(strategy, count)
  const where = `${ref.account} · ${ref.region} · ${ref.cluster}`
  const about = isCertain(strategy) ? '' : 'about '
  const rows = [...new Set([...predicted.keys(), ...split.keys()])].map(provider => ({
    label: providerText(provider),
    values: [split.get(provider) ?? 0, predicted.get(provider) ?? 0] as const,
  }))
  return {
    pictures: [
      {
        name: `${ref.service}-capacity.png`,
        title: `${ref.service}: tasks by capacity provider`,
        alt: `${ref.service}, ${where}: runs ${splitText(split)}; a new deployment would give ${about}${splitText(predicted)}`,
        data: {
          title: ref.service,
          where,
          series: ['Tasks now', 'Tasks of a new deployment'],
          rows: rows.toSorted((a, b) => b.values[0] - a.values[0]).slice(0, MOST_ROWS),
          note: `New deployment: by the strategy${about === '' ? '' : ', each ±1'}`,
        },
      },
    ],
  }
}
