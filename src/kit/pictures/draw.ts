// Draws any kind of picture as a PNG. This module is loaded only when a picture is sent.

import type { Picture } from '../../model/ports/message.ts'
import { drawEvents } from './events.ts'
import { drawRows } from './rows.ts'
import { drawUsage } from './usage.ts'

/** Draws a picture; returns the bytes of a PNG. */
export const draw = ({ data }: Picture): Uint8Array => {
  if ('panels' in data) return drawUsage(data)
  return 'rows' in data ? drawRows(data) : drawEvents(data)
}
