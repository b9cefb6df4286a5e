// /ecs autoscale forecast: the forecast of a service's predictive policy, against the load.

import { loadForecast } from '../../../features/scaling/forecast.ts'
import { loadScaling } from '../../../features/scaling/load-scaling.ts'
import { FORECAST_DAYS, type ForecastState, renderForecast } from '../../../features/scaling/render-forecast.ts'
import { isRefusal, type Refusal } from '../../../model/errors.ts'
import { query } from '../../command.ts'
import { FORECAST_READS, SCALING_READS } from '../reads.ts'
import { forecastOf } from './policy.ts'

export const forecast = query({
  name: 'autoscale forecast',
  summary: 'Show the forecast of tasks, against the load',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['autoscale forecast checkout'],
  reads: [...SCALING_READS, ...FORECAST_READS],
  load: async ({ service }, read, asker): Promise<ForecastState | Refusal> => {
    const scaling = await loadScaling(service, read, asker)
    if (isRefusal(scaling)) return scaling
    const found = forecastOf(scaling)
    if (isRefusal(found)) return found
    const compared = await loadForecast(service, found.policy, read, { now: scaling.now, days: FORECAST_DAYS })
    return { scaling: { ...scaling, autoscaling: found.autoscaling }, policy: found.policy, compared }
  },
  render: (state: ForecastState) => renderForecast(state),
  hasPictures: true,
})
