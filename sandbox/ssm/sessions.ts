// The sessions of Session Manager, including those that ended within the last 30 days.

import { randomBytes } from 'node:crypto'
import type { Clock } from '../world/clock.ts'
import type { Agent } from './agent.ts'
import type { Channel } from './channel.ts'
import type { Container } from './container.ts'
import type { Weather } from './weather.ts'

/** How long a token is valid for its one connection, in milliseconds of world time (guess: "long enough to connect"). */
const TOKEN_LIFE = 60_000

export type Session = {
  readonly id: string
  readonly account: string
  readonly region: string
  readonly container: Container
  readonly command: string
  readonly owner: string
  readonly startedAt: number
  readonly streamUrl: string
  readonly channel: Channel
  readonly weather: Weather
  agent?: Agent
  endedAt?: number
  /** The agent's reason for the failure of the session. */
  failure?: string
  token?: { readonly value: string; readonly until: number }
}

export const isOver = ({ endedAt }: Session): boolean => endedAt !== undefined

export const statusOf = (session: Session): 'Connected' | 'Connecting' | 'Terminated' | 'Failed' => {
  if (session.failure) return 'Failed'
  if (isOver(session)) return 'Terminated'
  return session.channel.isConnected ? 'Connected' : 'Connecting'
}

/** A new session id, with base-36 digits as in current ids. */
export const newSessionId = (): string =>
  `ecs-execute-command-${Array.from(randomBytes(26), byte => (byte % 36).toString(36)).join('')}`

export const createSessions = (clock: Clock) => {
  const known = new Map<string, Session>()
  return {
    add: (session: Session): void => void known.set(session.id, session),
    find: (id: string): Session | undefined => known.get(id),
    list: (): readonly Session[] => [...known.values()],
    /** Issues a new token and invalidates the previous one. */
    issueToken: (session: Session): string => {
      const value = `AAEAA${randomBytes(192).toString('base64')}`
      session.token = { value, until: clock.now() + TOKEN_LIFE }
      return value
    },
    /** Returns whether the token opens a connection. A token opens one connection, and only before the token expires. */
    redeem: (session: Session, value: string): boolean => {
      const { token } = session
      if (token === undefined || token.value !== value || token.until < clock.now()) return false
      delete session.token
      return true
    },
  }
}
