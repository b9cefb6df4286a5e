// CPU and memory usage of a service over the last hours, in words and as a chart.
import type { PanelsPicture, Sample, Series } from '../../model/picture.ts'

/**
 * The source of the metrics: Container Insights with enhanced observability, Container Insights, or the metrics that
 * every service has.
 */
export type UsageSource = 'enhanced' | 'insights' | 'service'

export type Usage = {
  readonly source: UsageSource
  readonly cpu: Series
  readonly memory: Series
  /** The number of running tasks; absent if Container Insights does not count them or the request did not include them. */
  readonly running?: readonly Sample[]
  /** The start of the measured period, epoch milliseconds. */
  readonly from: number
  readonly until: number
}

export const SOURCES: Readonly<Record<UsageSource, string>> = {
  enhanced: 'Container Insights, enhanced',
  insights: 'Container Insights',
  service: 'ECS service metrics',
}

export const USAGE_HOURS = 3

export type Levels = { readonly now: number; readonly peak: number }

/** The levels of a series in percent; undefined if it has no data points. */
export const levelsOf = ({ average, most }: Series): Levels | undefined => {
  const last = average.at(-1)
  if (last === undefined) return undefined
  return { now: last.value, peak: Math.max(...average.map(({ value }) => value), ...most.map(({ value }) => value)) }
}

export const levelsText = (series: Series): string => {
  const levels = levelsOf(series)
  return levels === undefined ? 'no data' : `${Math.round(levels.now)}% now, ${Math.round(levels.peak)}% peak`
}

/** A chart of two panels, CPU and memory, that share a time axis. */
export const usagePicture = (title: string, where: string, usage: Usage): PanelsPicture => ({
  title,
  where,
  source: SOURCES[usage.source],
  from: usage.from,
  until: usage.until,
  panels: [
    { name: 'CPU', words: levelsText(usage.cpu), ...usage.cpu },
    { name: 'Memory', words: levelsText(usage.memory), ...usage.memory },
  ],
})
