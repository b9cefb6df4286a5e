// The store keys of a log follow: of its state and of its stop request.

import type { Key } from '../../model/ports/store.ts'

export const followKey = (id: string): Key => ({ pk: `follow#${id}`, sk: 'holder' })

export const stopKey = (id: string): Key => ({ pk: `follow#${id}`, sk: 'stop' })
