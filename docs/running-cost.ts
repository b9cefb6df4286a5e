// The table of docs/running-cost.md: what an installation costs idle and at 1,000 commands a day, from public prices.

const DAYS = 30
/** Of 1,000 commands a day: reads, and changes with an approval. */
const READS = 800
const CHANGES = 200
/** Requests of Slack beside the commands: clicks, forms, and each letter typed in a picker. */
const OTHERS = 2_000
/** Runs of the recurring schedules a day: index, digest, gates, problems, export. */
const JOBS = 144 + 288 + 96 + 288 + 24
/** Alarms and log metrics of infra/alarm-texts.ts and infra/log-metrics.ts. */
const ALARMS = 21
const METRICS = 6

type Line = {
  readonly what: string
  readonly how: string
  /** USD for each unit. */
  readonly price: number
  /** Units a month. */
  readonly idle: number
  /** Units a month on top of those of an idle installation. */
  readonly used: number
}

const MILLION = 1_000_000

/** Durations and counts come from bench/README.md and its runs over the sandbox, rounded up; AWS's own calls are slower. */
const LINES: readonly Line[] = [
  {
    what: 'KMS key',
    how: '1 key, USD 1 a month',
    price: 1,
    idle: 1,
    used: 0,
  },
  { what: 'CloudWatch alarms', how: `${ALARMS} alarms, USD 0.10 each`, price: 0.1, idle: ALARMS, used: 0 },
  { what: 'CloudWatch metrics', how: `${METRICS} metrics of logs, USD 0.30 each`, price: 0.3, idle: METRICS, used: 0 },
  {
    what: 'Lambda compute (arm64)',
    how: 'GB-seconds at USD 0.0000133334: jobs 1 s, ingress 0.1 s, reads 3 s, changes 10 s in all invocations, votes 0.5 s, 1 GB',
    price: 0.000_013_333_4,
    idle: JOBS * DAYS,
    used: DAYS * ((1_000 + OTHERS) * 0.1 + READS * 3 + CHANGES * (10 + 0.5)),
  },
  {
    what: 'Lambda requests',
    how: 'USD 0.20 a million: 1 a job, 2 a command, 10 more a change',
    price: 0.2 / MILLION,
    idle: JOBS * DAYS,
    used: DAYS * (OTHERS + 2_000 + CHANGES * 10),
  },
  {
    what: 'Lambda durable operations',
    how: 'USD 8 a million: 23 a change (bench/README.md)',
    price: 8 / MILLION,
    idle: 0,
    used: DAYS * CHANGES * 23,
  },
  {
    what: 'HTTP API',
    how: 'USD 1 a million requests; a function URL costs nothing',
    price: 1 / MILLION,
    idle: 0,
    used: DAYS * (1_000 + OTHERS + CHANGES),
  },
  {
    what: 'DynamoDB writes',
    how: 'USD 0.625 a million: 2 a job, 2 a read, 40 a change',
    price: 0.625 / MILLION,
    idle: JOBS * DAYS * 2,
    used: DAYS * (READS * 2 + CHANGES * 40),
  },
  {
    what: 'DynamoDB reads',
    how: 'USD 0.125 a million: 20 a job, 20 a read, 80 a change, strongly consistent',
    price: 0.125 / MILLION,
    idle: JOBS * DAYS * 20,
    used: DAYS * (READS * 20 + CHANGES * 80),
  },
  {
    what: 'Logs',
    how: 'USD 0.50 a GB: 1 KB an invocation, 4 KB an audited change',
    price: 0.5 / MILLION,
    idle: JOBS * DAYS,
    used: DAYS * (OTHERS + 2_000 + CHANGES * 14),
  },
  {
    what: 'X-Ray',
    how: 'USD 5 a million traces: 5 % of invocations and the first each second',
    price: 5 / MILLION,
    idle: JOBS * DAYS,
    used: DAYS * (OTHERS + 2_000 + CHANGES * 10),
  },
  {
    what: 'S3',
    how: 'USD 0.005 a thousand writes: one object a chain and hour with records, 2 chains',
    price: 0.005 / 1_000,
    idle: 0,
    used: DAYS * 24 * 2,
  },
]

const usd = (amount: number): string => (amount > 0 && amount < 0.01 ? '< 0.01' : amount.toFixed(2))
const total = (of: (line: Line) => number): string => usd(LINES.reduce((sum, line) => sum + line.price * of(line), 0))

export const costTable = (): string =>
  [
    '| USD a month | Idle | 1,000 commands a day | Counted as |',
    '|---|--:|--:|---|',
    ...LINES.map(
      ({ what, how, price, idle, used }) =>
        `| ${what} | ${usd(price * idle)} | ${usd(price * (idle + used))} | ${how} |`,
    ),
    `| **All** | **${total(({ idle }) => idle)}** | **${total(({ idle, used }) => idle + used)}** | |`,
  ].join('\n')
