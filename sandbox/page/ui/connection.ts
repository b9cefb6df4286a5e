// The connection of the page to its server: a feed of changes for the person of this page, and the actions of this person.
import { isJson } from '../../slack/json.ts'
import type { Json } from '../../slack/types.ts'
import type { Pushed } from './wire.ts'

/** The id of this page's session. A reload starts a new session and, as in Slack, loses ephemeral messages. */
const session = crypto.randomUUID()

/**
 * Reads the page key. The first document in this browser contains the key. It is then stored for this origin (with its port), for
 * reloads and other tabs.
 */
const readKey = (): string => {
  const given = document.querySelector('meta[name="quarterdeck-page"]')?.getAttribute('content')
  if (given) localStorage.setItem('quarterdeck-page', given)
  return given ?? localStorage.getItem('quarterdeck-page') ?? ''
}

const key = readKey()

export const fileUrl = (id: string, fileKey: string): string => `/ui/files/${encodeURIComponent(id)}?key=${fileKey}`

/** Why the feed is broken. `refused`: the sandbox does not accept this page. `silent`: the sandbox does not answer. */
export type Broken = 'refused' | 'silent'

export const listen = (
  user: string,
  heard: (pushed: Pushed) => void,
  broken: (why: Broken | undefined) => void,
): (() => void) => {
  const query = new URLSearchParams({ user, session, key })
  const source = new EventSource(`/ui/events?${query}`)
  source.onmessage = event => {
    broken(undefined)
    heard(JSON.parse(String(event.data)) as Pushed)
  }
  // The stream is closed if the server refuses it. After a lost connection, the browser connects again by itself.
  source.onerror = () => broken(source.readyState === EventSource.CLOSED ? 'refused' : 'silent')
  return () => source.close()
}

export const post = async (path: string, body: Json): Promise<Json> => {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-quarterdeck-page': key },
    body: JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  if (!isJson(answer)) throw new Error('The sandbox’s answer is not JSON')
  if (answer['ok'] !== true)
    throw new Error(typeof answer['error'] === 'string' ? answer['error'] : 'The request failed')
  return answer
}
