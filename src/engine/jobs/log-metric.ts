// Logs a number as one JSON line, which a metric filter counts (infra/log-metrics.ts).

/** `card`: milliseconds from the start of an operation to its card. `waiting`: requests that wait for approval. */
export type MetricName = 'card' | 'waiting'

export const logMetric = (name: MetricName, value: number): void =>
  void process.stdout.write(`${JSON.stringify({ level: 'metric', name, value })}\n`)
