// A fetch for scripts. At a rate limit, it waits as long as Slack says. It requests the facts about a person only once.
import { TIMEOUT_MS } from './client.ts'

export type Fetch = typeof globalThis.fetch

/** Waits `seconds` before a request of `method` is repeated. */
export type Wait = (seconds: number, method: string) => Promise<void>

/** The seconds to wait if a 429 has no Retry-After header. Slack sends this header with each 429. */
const WITHOUT_RETRY_AFTER = 30

const methodOf = (url: string): string => new URL(url).pathname.split('/').at(-1) ?? ''

/** Creates the fetch. Each attempt has its own timeout. A timeout of the client would include the time of waiting. */
export const patientFetch =
  (wait: Wait, fetch: Fetch = globalThis.fetch): Fetch =>
  async (url, init) => {
    for (;;) {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
      if (response.status !== 429) return response
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
      await wait(seconds > 0 ? seconds : WITHOUT_RETRY_AFTER, methodOf(String(url)))
    }
  }

/** The methods whose answers are cached: the answers do not change during a check, and each channel needs them. */
const REMEMBERED = ['auth.test', 'users.info']

export const rememberingFetch = (fetch: Fetch): Fetch => {
  const texts = new Map<string, string>()
  return async (url, init) => {
    const method = methodOf(String(url))
    if (!REMEMBERED.includes(method)) return fetch(url, init)
    const key = `${method} ${init?.body}`
    const known = texts.get(key)
    if (known !== undefined) return new Response(known)
    const response = await fetch(url, init)
    const text = await response.text()
    if (response.status === 200) texts.set(key, text)
    return new Response(text, { status: response.status, headers: response.headers })
  }
}
