// What the store holds of a log follow: its state, and that it is to stop.

import type { Key } from '../../model/ports/store.ts'

/** `holder`: everything about it; `stop`: that it is to end. */
export const followKey = (id: string): Key => ({ pk: `follow#${id}`, sk: 'holder' })

export const stopKey = (id: string): Key => ({ pk: `follow#${id}`, sk: 'stop' })
