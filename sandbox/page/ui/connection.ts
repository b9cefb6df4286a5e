// The connection of the page to its server: one feed of changes for the person of this page, and that person's actions.
import { isJson } from '../../slack/json.ts'
import type { Json } from '../../slack/types.ts'
import type { Pushed } from './wire.ts'

const token = document.querySelector('meta[name="quarterdeck-token"]')?.getAttribute('content') ?? ''

/** The id of this page's session. It changes on a reload, which loses ephemeral messages, as in Slack. */
const session = crypto.randomUUID()

export const fileUrl = (id: string): string => `/ui/files/${encodeURIComponent(id)}?token=${token}`

export const listen = (
  user: string,
  heard: (pushed: Pushed) => void,
  broken: (isBroken: boolean) => void,
): (() => void) => {
  const query = new URLSearchParams({ token, user, session })
  const source = new EventSource(`/ui/events?${query}`)
  source.onmessage = event => {
    broken(false)
    heard(JSON.parse(String(event.data)) as Pushed)
  }
  source.onerror = () => broken(true)
  return () => source.close()
}

export const post = async (path: string, body: Json): Promise<Json> => {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-quarterdeck-token': token },
    body: JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  if (!isJson(answer)) throw new Error('The sandbox’s answer is not JSON')
  if (answer['ok'] !== true)
    throw new Error(typeof answer['error'] === 'string' ? answer['error'] : 'The request failed')
  return answer
}
