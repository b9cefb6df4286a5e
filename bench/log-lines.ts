// Generates typical log lines: mostly JSON, some with secrets.
export const GROUP = '/bench/orders-api'
export const EVENTS = 100_000
export const STREAMS = 200
export const MINUTES = 10

const hex = (n: number): string => ((n * 2_654_435_761) >>> 0).toString(16).padStart(8, '0')

export const lineOf = (n: number): string => {
  if (n % 97 === 0)
    return `WARN  retrying connection to postgres://orders:s3cr3t${n}@db.internal:5432/orders, attempt ${n % 5}`
  if (n % 31 === 0) return `ERROR job failed: upstream timed out after 5000 ms (request ${hex(n)})`
  return JSON.stringify({
    level: n % 200 === 0 ? 'error' : 'info',
    time: new Date(1_790_000_000_000 + n).toISOString(),
    service: 'orders-api',
    msg: 'request',
    route: n % 3 === 0 ? 'GET /orders/:id' : 'POST /orders',
    requestId: hex(n),
    status: n % 200 === 0 ? 504 : 200,
    ms: n % 1_000,
  })
}
