// The store keys of log follows: of the state, of the stop request, and of the list of one person's running follows.

import type { Key } from '../../model/ports/store.ts'

export const followKey = (id: string): Key => ({ pk: `follow#${id}`, sk: 'holder' })

export const stopKey = (id: string): Key => ({ pk: `follow#${id}`, sk: 'stop' })

/** The partition that lists the running follows of one person, by Slack user id. */
export const runningFollows = (user: string): string => `follows#${user}`

export const runningKey = (user: string, id: string): Key => ({ pk: runningFollows(user), sk: id })
