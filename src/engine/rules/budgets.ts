// How much one person may request at once. Votes, Stop, Revoke, Reject, rollbacks and halts have no limit.

import { type Refusal, refuse } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Config } from './config.ts'

/** Commands that no budget stops: they end something, or undo it. */
const UNLIMITED: readonly string[] = ['halt', 'rollback', 'gate rollback']

const MINUTE_MS = 60_000
const KEPT_SECONDS = 300

/** Counts one command of this person in the current minute. A refusal once the minute has too many. */
export const spendCommand = async (
  command: string,
  corporateId: string,
  { budgets }: Pick<Config, 'budgets'>,
  { store, now }: { readonly store: Pick<Store, 'count'>; readonly now: () => string },
): Promise<Refusal | undefined> => {
  if (UNLIMITED.includes(command)) return undefined
  const at = Date.parse(now())
  const key = { pk: `budget#${corporateId}`, sk: `commands#${Math.floor(at / MINUTE_MS)}` }
  if (await store.count(key, budgets.commandsPerMinute, Math.floor(at / 1_000) + KEPT_SECONDS)) return undefined
  return refuse(`You have sent ${budgets.commandsPerMinute} commands in this minute.`, 'Wait a minute.')
}

/** The seconds in which one person's dialogs read AWS once. */
const READ_SECONDS = 3

/** Whether a dialog of this person may read AWS now. */
export const maySpendRead = (
  corporateId: string,
  { store, now }: { readonly store: Pick<Store, 'count'>; readonly now: () => string },
): Promise<boolean> => {
  const seconds = Math.floor(Date.parse(now()) / 1_000)
  const key = { pk: `budget#${corporateId}`, sk: `dialogs#${Math.floor(seconds / READ_SECONDS)}` }
  return store.count(key, 1, seconds + KEPT_SECONDS)
}

/** `waiting`: this person's requests that await approval. */
export const refuseTooManyWaiting = (
  command: string,
  waiting: number,
  { budgets }: Pick<Config, 'budgets'>,
): Refusal | undefined =>
  waiting < budgets.waiting || UNLIMITED.includes(command)
    ? undefined
    : refuse(`${waiting} of your requests await approval, and ${budgets.waiting} may.`, 'Cancel one of them first.')

/** `running`: this person's log follows. */
export const refuseTooManyFollows = (running: number, { budgets }: Pick<Config, 'budgets'>): Refusal | undefined =>
  running < budgets.follows
    ? undefined
    : refuse(`${running} of your follows are running, and ${budgets.follows} may.`, 'Stop one of them first.')
