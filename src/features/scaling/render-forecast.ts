// Renders /ecs autoscale forecast: what the forecast is, how far it was off, and its chart.

import { fullName } from '../../kit/language/target.ts'
import { list, plain, richText, section, timeMark } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import { codeText } from '../../kit/messages/text.ts'
import type { Autoscaling, ScalingPolicy } from '../../model/ecs.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { tasks } from '../../model/scaling-words.ts'
import {
  type Compared,
  errorOf,
  errorText,
  forecastNow,
  forecastPicture,
  highestAhead,
  LEAST_HOURS,
} from './forecast.ts'
import type { Scaling } from './load-scaling.ts'

export const FORECAST_DAYS = 7

export type ForecastState = {
  readonly scaling: Scaling & { readonly autoscaling: Autoscaling }
  readonly policy: ScalingPolicy
  readonly compared: Compared
}

export const renderForecast = (state: ForecastState): Rendered => {
  const { scaling, compared } = state
  const { service, now } = scaling
  const highest = highestAhead(compared, now)
  const head =
    highest === undefined
      ? `*${service.ref.service}* has no forecast yet: AWS needs ${LEAST_HOURS} h of the metric`
      : `*${service.ref.service}* needs up to ${tasks(highest.value)} in the next 2 days, by the forecast`
  return {
    text: plain(head),
    ...(highest !== undefined && picturesOf(state)),
    blocks: [richText(section(head)), placeLine(service.ref), richText(list(rows(state))), choices(state)],
  }
}

const rows = ({ scaling, policy, compared }: ForecastState): readonly string[] => {
  const { service, autoscaling, now } = scaling
  const [highest, current] = [highestAhead(compared, now), forecastNow(compared, now)]
  const error = errorOf(compared)
  return [
    `Policy ${codeText(policy.name, 80)} ${policy.says}`,
    `Set to ${service.desired} now${current === undefined ? '' : `; the forecast for this hour is ${tasks(current)}`}`,
    ...(highest === undefined
      ? []
      : [`Highest: ${tasks(highest.value)} at ${timeMark(new Date(highest.at).toISOString())}`]),
    ...(highest !== undefined && highest.value > autoscaling.max ? [`*Above the maximum of ${autoscaling.max}*`] : []),
    compared.needed === undefined
      ? 'Its metric cannot be compared with the load'
      : error.hours === 0
        ? 'Nothing to compare with the load yet'
        : `Last ${FORECAST_DAYS} days: ${errorText(error)}`,
  ]
}

const picturesOf = ({ scaling, compared }: ForecastState): Pick<Rendered, 'pictures'> => {
  const { account, region, cluster, service: name } = scaling.service.ref
  const where = `${account} · ${region} · ${cluster} · last ${FORECAST_DAYS} days, next 2`
  const highest = highestAhead(compared, scaling.now)
  return {
    pictures: [
      {
        name: `${name}-forecast.png`,
        title: `${name}: forecast of tasks, and what the load needed`,
        alt: `${name}, ${where}: up to ${tasks(highest?.value ?? 0)} ahead; ${errorText(errorOf(compared))}`,
        data: forecastPicture(name, where, compared),
      },
    ],
  }
}

const choices = ({ scaling, policy }: ForecastState) => {
  const name = fullName(scaling.service.ref)
  return offerButtons([
    policy.scalesOut
      ? { label: 'Pause', invocation: `autoscale forecast pause ${name}` }
      : { label: 'Promote', invocation: `autoscale forecast promote ${name}` },
  ])
}
