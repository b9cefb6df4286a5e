// A fetch for scripts: waits as long as Slack asks for when a rate limit is reached, and asks nothing twice about one person.
import { TIMEOUT_MS } from './client.ts'

export type Fetch = typeof globalThis.fetch

/** Waits before a request is made again. */
export type Wait = (seconds: number, method: string) => Promise<void>

/** Slack sends Retry-After with each 429. */
const WITHOUT_RETRY_AFTER = 30

const methodOf = (url: string): string => new URL(url).pathname.split('/').at(-1) ?? ''

/** The client's own deadline would end the wait: each attempt has one for itself. */
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

/** What stays the same during a check, and is asked for each channel. */
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
