// What the teller knows during one look: subscriptions, problems and the cards that tell them.

import type { Ports } from '../../../commands/ports.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { PROBLEMS, type Problem, problemKey } from '../../../features/incidents/problems/problem.ts'
import { SUBSCRIPTIONS, type Subscription } from '../../../features/incidents/problems/subscription.ts'
import type { Schedule } from '../../../model/ports/functions.ts'
import type { Item } from '../../../model/ports/store.ts'

export type TellerPorts = Pick<Ports, 'config' | 'store' | 'slack' | 'now' | 'readers'> & {
  readonly schedule: Schedule
  readonly pause: (ms: number) => Promise<unknown>
}

/** `version`: 0 for a problem that is not stored yet. */
export type Kept = { readonly problem: Problem; readonly version: number }

export type Board = {
  readonly config: Config
  readonly subscriptions: readonly Item<Subscription>[]
  /** By their ids. */
  readonly problems: Map<string, Kept>
}

/** What one teller remembers: who is active in Slack. */
export type Memo = { readonly active: Map<string, Promise<boolean>> }

export const loadBoard = async ({ config, store }: TellerPorts): Promise<Board> => {
  const [known, subscriptions, problems] = await Promise.all([
    config(),
    store.list<Subscription>(SUBSCRIPTIONS),
    store.list<Problem>(PROBLEMS),
  ])
  return {
    config: known,
    subscriptions,
    problems: new Map(problems.map(({ value, version }) => [value.id, { problem: value, version }])),
  }
}

export const hasSubscriptions = ({ config, subscriptions }: Board): boolean =>
  config.subscriptions.length + subscriptions.length > 0

const HOUR_SECONDS = 3_600

/** When a stored problem expires, in epoch seconds. */
const untilOf = ({ state, last }: Problem, now: string): number => {
  const at = Math.floor(Date.parse(now) / 1_000)
  if (state === 'watched') return Math.floor(Date.parse(last) / 1_000) + 2 * HOUR_SECONDS
  return at + (state === 'open' ? 30 * 24 : 6) * HOUR_SECONDS
}

/** Stores a changed problem; false if another teller has changed it. */
export const saveProblem = async (
  problem: Problem,
  { problems }: Board,
  { store, now }: Pick<TellerPorts, 'store' | 'now'>,
): Promise<boolean> => {
  const version = problems.get(problem.id)?.version ?? 0
  const until = untilOf(problem, now())
  const isStored =
    version === 0
      ? await store.create(problemKey(problem), problem, until)
      : await store.replace(problemKey(problem), problem, version, until)
  if (isStored) problems.set(problem.id, { problem, version: version + 1 })
  return isStored
}

export const openProblems = ({ problems }: Board): readonly Problem[] =>
  [...problems.values()].map(({ problem }) => problem).filter(({ state }) => state === 'open')
