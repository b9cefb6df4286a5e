// CPU and memory of a service over the last hours: what was measured, by whom, and what it says in words.
/** Container Insights with enhanced observability, Container Insights, or the metrics that every service has. */
import type { PanelsPicture, Series } from '../../model/picture.ts'

export type UsageSource = 'enhanced' | 'insights' | 'service'

export type Usage = {
  readonly source: UsageSource
  readonly cpu: Series
  readonly memory: Series
  /** Epoch milliseconds. */
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

/** Undefined where nothing was measured. */
export const levelsOf = ({ average, most }: Series): Levels | undefined => {
  const last = average.at(-1)
  if (last === undefined) return undefined
  return { now: last.value, peak: Math.max(...average.map(({ value }) => value), ...most.map(({ value }) => value)) }
}

export const levelWords = (series: Series): string => {
  const levels = levelsOf(series)
  return levels === undefined ? 'no data' : `${Math.round(levels.now)}% now, ${Math.round(levels.peak)}% at its peak`
}

/** Two panels over one axis of time. */
export const usagePicture = (title: string, where: string, usage: Usage): PanelsPicture => ({
  title,
  where,
  source: SOURCES[usage.source],
  from: usage.from,
  until: usage.until,
  panels: [
    { name: 'CPU', words: levelWords(usage.cpu), ...usage.cpu },
    { name: 'Memory', words: levelWords(usage.memory), ...usage.memory },
  ],
})
