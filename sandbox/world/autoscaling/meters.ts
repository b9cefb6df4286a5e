// The metrics of services. Each service has a load, which its tasks share. Without load or tasks there are no
// datapoints.

import type { Clock } from '../clock.ts'
import { isRunning, type Service } from '../state.ts'

export type Metric = 'cpu' | 'memory' | 'requests'

/** The value of each metric for one task that is fully busy. Memory and requests are proportional to the CPU. */
export const worth: Readonly<Record<Metric, number>> = { cpu: 100, memory: 80, requests: 1_000 }
const most: Readonly<Record<Metric, number>> = { cpu: 100, memory: 100, requests: Number.POSITIVE_INFINITY }

type Sample = { readonly at: number; readonly load: number; readonly running: number }

const KEPT = 5_000

export const runningOf = ({ tasks }: Service): number => [...tasks].filter(isRunning).length

const measured = (metric: Metric, { load, running }: Sample): number | undefined =>
  running === 0 ? undefined : Math.min(most[metric], (worth[metric] * load) / running)

type Span = { readonly from: number; readonly to: number }

const averageOf = (
  kept: readonly Sample[],
  { from, to }: Span,
  valueIn: (sample: Sample) => number | undefined,
): number | undefined => {
  let sum = 0
  let time = 0
  for (const [index, sample] of kept.entries()) {
    const duration = Math.min(kept[index + 1]?.at ?? to, to) - Math.max(sample.at, from)
    const value = valueIn(sample)
    if (duration <= 0 || value === undefined) continue
    sum += value * duration
    time += duration
  }
  return time === 0 ? undefined : sum / time
}

export type Meters = ReturnType<typeof createMeters>

export const createMeters = (clock: Clock) => {
  const samples = new Map<string, Sample[]>()

  const record = (service: Service): void => {
    const kept = samples.get(service.arn)
    const last = kept?.at(-1)
    const running = runningOf(service)
    if (kept && last && last.running !== running) add(kept, { at: clock.now(), load: last.load, running })
  }

  const add = (kept: Sample[], sample: Sample) => {
    kept.push(sample)
    if (kept.length > KEPT) kept.splice(0, kept.length - KEPT)
  }

  return {
    /**
     * Sets the load, in numbers of fully busy tasks. The first load applies to the whole time since the service was
     * created.
     */
    setLoad: (service: Service, load: number): void => {
      const kept = samples.get(service.arn) ?? []
      samples.set(service.arn, kept)
      add(kept, { at: kept.length === 0 ? service.createdAt : clock.now(), load, running: runningOf(service) })
    },
    /** Sets the earlier load, oldest first. It applies until the load is set again. */
    setHistory: (service: Service, history: readonly { readonly at: number; readonly load: number }[]): void => {
      const running = runningOf(service)
      samples.set(
        service.arn,
        history.map(({ at, load }) => ({ at, load, running })),
      )
    },
    loadOf: ({ arn }: Service): number | undefined => samples.get(arn)?.at(-1)?.load,
    /** Records the number of running tasks. Must be called after every change of this number. */
    record,
    /** The current value of a metric: percent, or for requests the number per minute and task. */
    valueOf: (service: Service, metric: Metric): number | undefined => {
      const last = samples.get(service.arn)?.at(-1)
      return last && measured(metric, { ...last, running: runningOf(service) })
    },
    /** The average of a metric over a span of time, weighted by duration. */
    average: ({ arn }: Service, metric: Metric, from: number, to: number): number | undefined =>
      averageOf(samples.get(arn) ?? [], { from, to }, sample => measured(metric, sample)),
    /** The average over a span of time, weighted by duration. The averaged value is the sum of the metric over all tasks. */
    total: ({ arn }: Service, metric: Metric, from: number, to: number): number | undefined =>
      averageOf(samples.get(arn) ?? [], { from, to }, sample => {
        const each = measured(metric, sample)
        return each === undefined ? undefined : each * sample.running
      }),
  }
}
