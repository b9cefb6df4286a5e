// Trigger ids. With a trigger id, the bot can show one modal to a person, once, within 3 seconds.
import type { RealTime } from './real-time.ts'

const LIFE_MS = 3000

type Trigger = { readonly user: string; readonly at: number; used: boolean }

export type Triggers = {
  issue(user: string): string
  /** Uses up a trigger id. Returns its person, or Slack's error. */
  exchange(id: string): { readonly user: string } | { readonly error: string }
}

export const createTriggers = (real: RealTime, teamNumber = '1000000000'): Triggers => {
  const known = new Map<string, Trigger>()
  let count = 0
  return {
    issue: user => {
      count++
      const id = `${Math.floor(real.now())}.${teamNumber}.${crypto.randomUUID().replaceAll('-', '')}${count}`
      known.set(id, { user, at: real.now(), used: false })
      return id
    },
    exchange: id => {
      const trigger = known.get(id)
      if (!trigger) return { error: 'invalid_trigger_id' }
      if (trigger.used) return { error: 'exchanged_trigger_id' }
      if (real.now() - trigger.at > LIFE_MS) return { error: 'expired_trigger_id' }
      trigger.used = true
      return { user: trigger.user }
    },
  }
}
