// The store keys of a follow: its state and its stop request.

import type { Key } from '../../model/ports/store.ts'

export const followKey = (id: string): Key => ({ pk: `follow#${id}`, sk: 'holder' })

export const stopKey = (id: string): Key => ({ pk: `follow#${id}`, sk: 'stop' })
